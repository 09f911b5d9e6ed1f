import ArgumentParser
import KeyEscrow
import LibCrypto
import Mnemonics
import TransparencyLog

struct CeremonyTranscriptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transcript", abstract: "Read, verify and redact the record of a ceremony.",
    subcommands: [TranscriptShowCommand.self, TranscriptVerifyCommand.self, TranscriptRedactCommand.self])
}

struct TranscriptShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a transcript says, without relying on it.")

  @Argument(help: ArgumentHelp("The transcript.", valueName: "T"))
  var transcript: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let transcript = try TranscriptFile.read(transcript)
    var report = Report()
    report.add("transcript", transcript.digest.hex)
    report.add("roster", transcript.roster.hex)
    report.add(
      "steps",
      transcript.statements.map { Report($0, disclosed: transcript.disclosed) })
    // Names only: whether the signatures are theirs is what `verify` finds out.
    report.add("signatureLines", transcript.signatureNames)
    try report.print(json: self.report.json)
  }
}

struct TranscriptVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that a transcript holds together, and say what it proves.",
    discussion:
      "Nothing but the transcript is needed. With --roster, the roster must be the one that it made.")

  @Argument(help: ArgumentHelp("The transcript.", valueName: "T"))
  var transcript: String

  @Option(help: ArgumentHelp("The roster that the ceremony made.", valueName: "R"))
  var roster: String?

  @OptionGroup var report: ReportOptions

  func run() throws {
    let name = DocumentFile.name(of: transcript)
    let verified = try locating(name) { try TranscriptFile.read(transcript).verified() }
    if let roster {
      let other = try RosterFile.load(roster, after: [])
      guard other.id == verified.roster else {
        throw Failure.verification("\(roster): is not the roster that \(name) made, \(verified.roster)")
      }
    }
    var report = Report()
    report.add("transcript", verified.digest.hex)
    report.add("words", PGPWords.words(of: verified.digest).joined(separator: " "))
    report.add("roster", verified.roster.hex)
    report.add("steps", verified.statements.count)
    report.add("rehearsal", verified.isRehearsal)
    if let first = verified.statements.first { report.add("from", first.done) }
    if let last = verified.statements.last { report.add("to", last.done) }
    report.add("keys", verified.statements.compactMap { $0.broughtKey?.vkey })
    report.add("redacted", verified.redactedInWords)
    report.add("proves", verified.proves)
    report.add("doesNotProve", verified.doesNotProve)
    try report.print(json: self.report.json)
  }
}

struct TranscriptRedactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact", abstract: "Take texts out of a transcript; it still verifies.",
    discussion: """
      Fields are person, location, plan and exception. Whoever has the transcript before can show them again; nobody \
      can guess them. Take out plan as well when the plan names persons: its digest would let them be guessed.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("What to take out; repeat.", valueName: "person|location|plan|exception"))
  var field: [String] = []

  @Option(help: ArgumentHelp("In this step only.", valueName: "N"))
  var step: Int?

  @Argument(help: ArgumentHelp("The transcript.", valueName: "T"))
  var transcript: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The transcript without them.", valueName: "T2"))
  var output: String

  func validate() throws {
    guard !field.isEmpty else { throw ValidationError("Name a --field to take out.") }
    for name in field where !["person", "location", "plan", "exception"].contains(name) {
      throw ValidationError("--field is person, location, plan or exception.")
    }
  }

  func run() throws {
    if output != "-" { try OutputFile.requireAbsent(output) }
    let read = try TranscriptFile.read(transcript)
    let redacted = read.redacted { number, name in
      (step == nil || step == number) && field.contains { name == $0 || name.hasPrefix("\($0).") }
    }
    let count = read.disclosed.count - redacted.disclosed.count
    guard count > 0 else {
      throw Failure.usage("\(DocumentFile.name(of: transcript)): holds nothing of this to take out")
    }
    try DocumentFile.write(redacted.bytes, to: output)
    Terminal.note("took out \(count) texts; keep the whole transcript where it belongs")
  }
}

extension Report {
  fileprivate init(_ statement: CeremonyStatement, disclosed: [(step: Int, name: String, value: String)]) {
    add("number", statement.number)
    add("step", statement.step.title)
    add("done", statement.done)
    add("confirmed", statement.confirmation.rawValue)
    add("command", statement.command)
    add("tool", "\(statement.tool.version), commit \(statement.tool.commit.prefix(12))")
    add("toolDigest", statement.tool.digest.hex)
    if let key = statement.broughtKey { add("vkey", key.vkey) }
    add("inputs", statement.inputs.map { "\($0.name) \($0.digest)" })
    add("outputs", statement.attachments.map { "\($0.name) \($0.digest)" })
    add(
      "texts",
      statement.commitments.map { commitment in
        let text = disclosed.first { $0.step == statement.number && $0.name == commitment.name }?.value
        return "\(commitment.name): \(text ?? "(taken out)")"
      })
  }
}
