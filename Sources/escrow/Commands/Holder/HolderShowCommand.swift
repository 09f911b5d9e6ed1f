import ArgumentParser
import KeyEscrow

struct HolderShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the public half of a holder's keys.")

  @Argument(help: ArgumentHelp("The holder's directory, or its holder.json.", valueName: "D"))
  var directory: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    try Report(try HolderDirectory.record(at: directory)).print(json: report.json)
  }
}
