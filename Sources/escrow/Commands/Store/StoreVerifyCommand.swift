import SecretSharing
import ArgumentParser
import EscrowStore
import KeyEscrow

struct StoreVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check everything in a store that can be checked without a private key.")

  @Argument(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @Option(
    help: ArgumentHelp("Also require that every session is with the holders of this roster.", valueName: "R"))
  var roster: String?

  @Option(
    help: ArgumentHelp("A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.map { try RosterFile.load($0, after: previousRoster) }
    let database = try StoreLocation(store).openForReading()
    var progress = ProgressLine("verifying", unit: "deposits")
    let result = try locating(store) {
      try database.verify(roster: roster) { done, _ in progress.show(done) }
    }
    for finding in result.findings { Terminal.note("\(store): \(finding)") }
    var report = Report()
    report.add("sessions", result.sessions)
    report.add("deposits", result.deposits)
    report.add("records", result.records)
    report.add("findings", result.findings.map(\.description))
    report.add("findingsAreComplete", !result.isTruncated)
    try report.print(json: self.report.json)
    if !result.isClean { throw Failure(.verificationFailed) }
  }
}
