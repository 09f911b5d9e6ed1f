import ArgumentParser
import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

struct DrillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drill",
    abstract: "Show that a roster's keys work: every authorised set opens a test deposit, and no other does.",
    discussion: """
      The holders come in turn, each with its own directory and passphrase. Random test keys are deposited in a scratch \
      store; for each minimal authorised set a test warrant is signed by that set's judges and answered by its holders. \
      Nothing of it is kept but the report, which every holder signs.
      Under a roster that names a transparency log, every test warrant is logged first, in --log, and every answer \
      after: the warrants and their proofs, which open the sealed entries, stay in --evidence, and the answers among \
      their holders' answers, where they count for the month.
      """)

  @OptionGroup var roster: RosterOptions

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("A holder's directory; once for each.", valueName: "D"))
  var holder: [String] = []

  @Option(
    help: ArgumentHelp("Who receives the shares; the last holder who is no judge.", valueName: "ID"),
    transform: ArgumentText.holder)
  var recipient: HolderID?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The report.", valueName: "REPORT"))
  var output: String?

  @Option(help: ArgumentHelp("The directory of the log that the roster names.", valueName: "LOGDIR"))
  var log: String?

  @Option(help: ArgumentHelp("The log's signer key; LOGDIR.keys/log.key.", valueName: "FILE"))
  var logKey: String?

  @Option(
    help: ArgumentHelp("Where logged test warrants and their proofs stay; made.", valueName: "DIR"))
  var evidence: String?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (log == nil) == (evidence == nil), logKey == nil || log != nil else {
      throw ValidationError("--log and --evidence go together, and --log-key with them.")
    }
  }

  func run() throws {
    let roster = try roster.load()
    if let output, output != "-" { try OutputFile.requireAbsent(output) }
    guard roster.body.log != nil || log == nil else {
      throw Failure.usage("--log: the roster names no transparency log; leave it out")
    }
    let drill = try Drill(
      roster: roster, directories: holder, recipient: recipient, log: { try openLog($0) })
    let signed = try drill.run()
    if let output { try DocumentFile.write(signed.bytes, to: output) }
    let found = signed.report
    var report = Report()
    report.add("report", signed.digest.hex)
    report.add("roster", found.roster.hex)
    report.add("performed", found.performed)
    report.add("keys", found.keys)
    report.add("recovered", found.recovered.map { Words.list($0) })
    report.add("refused", found.refused.map { Words.list($0) })
    report.add("complete", found.isComplete)
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }

  // Nothing under the roster is answered without its log, and a drill is no exception.
  private func openLog(_ named: RosterLog) throws -> DrillLog {
    guard let log, let evidence else {
      throw Failure.refused(
        "the roster names the transparency log \(named.identity.origin), and its test warrants are logged as others"
          + " are: name its directory with --log, and with --evidence where they and their proofs shall stay")
    }
    return try DrillLog(log, key: logKey, evidence: evidence, named: named)
  }
}
