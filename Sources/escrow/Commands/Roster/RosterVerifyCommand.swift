import ArgumentParser
import KeyEscrow

struct RosterVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that every holder signed a roster, and that it follows its predecessor.")

  @Argument(help: ArgumentHelp("The roster.", valueName: "R"))
  var roster: String

  @Option(
    name: [.customLong("previous"), .customLong("previous-roster")],
    help: ArgumentHelp(
      "A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "OLD"))
  var previous: [String] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    let verified = try RosterFile.load(roster, after: previous)
    try Report(verified.body, id: verified.id, signers: verified.holders.map(\.id)).print(json: report.json)
  }
}
