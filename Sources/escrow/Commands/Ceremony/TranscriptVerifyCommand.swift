import ArgumentParser
import KeyEscrow
import LibCrypto
import Mnemonics
import TransparencyLog

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
