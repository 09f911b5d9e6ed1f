import LibCrypto
import ArgumentParser
import EscrowStore
import KeyEscrow

struct StoreInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what a store holds, in numbers.")

  @Argument(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let database = try StoreLocation(store).openForReading()
    let summary = try locating(store) { try database.summary() }
    var report = Report()
    report.add("schemaVersion", summary.schemaVersion)
    report.add("sessions", summary.sessions)
    report.add("deposits", summary.deposits)
    report.add("records", summary.records)
    report.add("byteCount", summary.byteCount)
    if let deposited = summary.deposited {
      report.add("depositedFrom", deposited.lowerBound)
      report.add("depositedTo", deposited.upperBound)
    }
    if let key = summary.storeKey { report.add("store", key) }
    report.add("rosters", summary.rosters.map(\.hex))
    try report.print(json: self.report.json)
  }
}
