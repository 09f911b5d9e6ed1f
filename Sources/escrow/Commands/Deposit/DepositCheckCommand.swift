import SecretMemory
import LibCrypto
import ArgumentParser
import EscrowStore
import KeyEscrow

struct DepositCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check, as a member who knows the keys, that they are deposited rightly.")

  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @Argument(help: ArgumentHelp("The key lines; - is standard input.", valueName: "FILE"))
  var file = "-"

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    let database = try StoreLocation(store).openForReading()
    var reader = try KeyLineReader.open(file)
    var key = try SecretFile.allocate(KeyBatch.keyByteCount)
    var check = MemberCheck(roster: roster)
    var progress = ProgressLine("checking")
    var bad: [Report] = []
    while let locator = try key.withMutableBytes({ key throws(Failure) in try reader.next(key: &key) }) {
      do throws(EscrowError) {
        try key.withBytes { key throws(EscrowError) in
          try check.check(locator, uniformKey: key, in: database)
        }
      } catch {
        guard error.exitStatus != .internalFailure else { throw Failure(error, at: store) }
        Terminal.note(
          "line \(reader.line): conversation \(locator.conversation) epoch \(locator.epoch): \(error.sentence)"
        )
        bad.append(Self.describe(error, of: locator, line: reader.line))
      }
      progress.show(reader.line)
    }
    var report = Report()
    report.add("records", reader.line)
    report.add("good", reader.line - UInt64(bad.count))
    report.add("bad", bad)
    try report.print(json: self.report.json)
    if !bad.isEmpty { throw Failure(.verificationFailed) }
  }

  private static func describe(_ error: EscrowError, of locator: RecordLocator, line: UInt64) -> Report {
    var report = Report()
    report.add("line", line)
    report.add("conversation", locator.conversation.hex)
    report.add("epoch", locator.epoch)
    report.add("reason", error.sentence)
    return report
  }
}
