import LibCrypto
import ArgumentParser
import KeyEscrow
import SecretSharing

struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Take out of a store what one holder needs to answer a warrant, and nothing of anybody else.")

  @OptionGroup var options: WarrantOptions

  @Option(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @Option(help: ArgumentHelp("The holder it is for.", valueName: "ID"), transform: ArgumentText.holder)
  var holder: HolderID

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The extract.", valueName: "E"))
  var output: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.read(options.warrant)
    // Nothing is opened here, but nobody's records are worth gathering for a warrant that nobody may answer.
    _ = try WarrantFile.verifyForRecovery(warrant, name: options.name, roster: roster)
    if output != "-" { try OutputFile.requireAbsent(output) }
    let location = StoreLocation(store)
    let database = try location.openForReading()
    let key = try location.key(of: database)
    let spool = try UnlinkedSpool(beside: output == "-" ? store : output)
    var progress = ProgressLine("extracting", unit: "records")
    var records: UInt64 = 0
    let front: [UInt8]
    do {
      front = try Extract.write(
        for: warrant, holder: holder, roster: roster, from: database, spool: spool, signedBy: key,
        now: try Timestamp.now()
      ) { count in
        records = count
        progress.show(count)
      }
    } catch { throw Failure(error, at: store) }
    try spool.write(front: front, to: output)
    var report = Report()
    report.add("warrant", warrant.digest.hex)
    report.add("holder", holder.description)
    report.add("records", records)
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}
