import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct LogUnsealCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unseal",
    abstract:
      "Publish the opening of a warrant's sealed entry, once the time that the warrant names has passed.",
    discussion: """
      Anybody can then tell that the entry is the warrant's whose digest it names, and who has the warrant's text, that \
      it is that text's. Say with --notified when the persons concerned were told.
      """)

  @OptionGroup var warrant: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(
    help: ArgumentHelp("When the persons concerned were notified.", valueName: "T"),
    transform: ArgumentText.time)
  var notified: Timestamp?

  @Option(help: ArgumentHelp("The log's signer key; LOGDIR.keys/log.key.", valueName: "FILE"))
  var key: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write the entry here for the log's operator, in place of appending it.", valueName: "F"))
  var output: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (log == nil) != (output == nil) else { throw ValidationError("Give LOGDIR, or -o.") }
  }

  func run() throws {
    let (logged, _) = try LoggedWarrantFile.load(warrant, proof)
    let now = try Timestamp.now()
    if let notified, notified > now {
      throw Failure.usage("--notified \(notified) is yet to come; it is \(now)")
    }
    let entry = try locating(warrant.name) {
      try UnverifiedLogEntry(UnsealingEntry(unsealing: logged, notified: notified, now: now))
    }
    var report = Report()
    report.add("warrant", logged.warrant.hex)
    report.add("logIndex", logged.index)
    try EntryDestination(log: log, key: key, output: output, identity: logged.logged.checkpoint.signed.log)
      .put(entry, report: &report, json: self.report.json)
  }
}
