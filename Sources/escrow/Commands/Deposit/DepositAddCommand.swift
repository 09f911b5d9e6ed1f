import TransparencyLog
import SecretMemory
import ArgumentParser
import KeyEscrow

struct DepositAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Deposit keys; what `escrow deposit` does when no subcommand is named.",
    discussion: """
      A file is read to its end before anything is deposited, and so are the first 65,536 lines of a pipe: a bad line \
      there deposits nothing. A bad line further on in a pipe ends the run, and says how many records before it are \
      deposited.
      """)

  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The store; made when it is not there.", valueName: "S"))
  var store: String

  @Option(
    help: ArgumentHelp(
      "The depositor's directory; without it a key is made for this run only.", valueName: "D"))
  var depositor: String?

  @Option(help: ArgumentHelp("How many keys one deposit holds, up to 4096.", valueName: "N"))
  var batch = 1024

  @Flag(help: "For tests only: no real warrant ever opens these keys.")
  var test = false

  @Argument(help: ArgumentHelp("The key lines; - is standard input.", valueName: "FILE"))
  var file = "-"

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (1...DepositHeader.maximumKeys).contains(batch) else {
      throw ValidationError("--batch is a number from 1 to \(DepositHeader.maximumKeys).")
    }
  }

  func run() throws {
    let roster = try roster.load()
    let directory = depositor.map { DepositorDirectory($0) }
    let key = try directory?.open(passphrase.passphrase) ?? Depositor.generate()
    let verifierKey = key.verifierKey
    try directory?.pin(roster)
    let lock = try directory?.lock(under: roster)
    var reader = try KeyLineReader.open(file)
    if reader.canRewind { try Self.check(&reader) }
    var records = try KeyRecords(batch: batch)
    var hasMore = try records.fill(from: &reader)
    let state = try directory?.state(under: roster)
    var run = DepositRun(
      roster: roster, store: try StoreLocation(store).openForDeposits(), depositor: key, state: state,
      batch: batch, isTest: test)
    try run.deposit(&records)
    while hasMore {
      do { hasMore = try records.fill(from: &reader) } catch {
        throw Failure(
          error.status,
          "\(error.sentence ?? ""); \(run.records) records before it are deposited, and nothing from there on"
        )
      }
      try run.deposit(&records)
    }
    try run.close()
    _ = consume lock
    var report = run.report
    report.add("depositor", verifierKey.vkey)
    report.add("oneTimeDepositor", directory == nil)
    try report.print(json: self.report.json)
  }

  // Reads every line once, so that nothing is deposited from a file with a bad one.
  private static func check(_ reader: inout KeyLineReader) throws(Failure) {
    var key = try SecretFile.allocate(KeyBatch.keyByteCount)
    var progress = ProgressLine("reading", unit: "lines")
    while true {
      let locator = try key.withMutableBytes { key throws(Failure) in try reader.next(key: &key) }
      guard locator != nil else { return try reader.rewind() }
      progress.show(reader.line)
    }
  }
}
