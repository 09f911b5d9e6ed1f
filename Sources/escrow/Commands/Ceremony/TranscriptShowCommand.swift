import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

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
