import ArgumentParser
import KeyEscrow

struct RosterShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a roster says and who signed it, without relying on it.")

  @Argument(help: ArgumentHelp("The roster.", valueName: "R"))
  var roster: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let shown = try RosterFile.read(roster)
    let signers = try locating(DocumentFile.name(of: roster)) { try shown.signers() }
    Terminal.remember(shown.body)
    try Report(shown.body, id: shown.id, signers: signers).print(json: report.json)
  }
}
