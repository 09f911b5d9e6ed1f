import ArgumentParser
import KeyEscrow

struct RosterEntryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entry",
    abstract: "Write the log's entry of a signed roster.",
    discussion: "Nobody signs it: whoever has the roster compares its id. `log append` logs it.")

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The entry.", valueName: "F"))
  var output: String

  @Argument(help: ArgumentHelp("The roster.", valueName: "R"))
  var roster: String

  @Option(
    help: ArgumentHelp("A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  func run() throws {
    let verified = try RosterFile.load(roster, after: previousRoster)
    let entry = try locating(DocumentFile.name(of: roster)) { try UnverifiedLogEntry(RosterEntry(verified)) }
    try DocumentFile.write(entry.bytes, to: output)
  }
}
