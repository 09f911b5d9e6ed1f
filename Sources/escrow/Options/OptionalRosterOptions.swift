import ArgumentParser
import KeyEscrow

/// A roster that a command can do without.
struct OptionalRosterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A roster that every holder signed.", valueName: "R"))
  var roster: String?

  @Option(
    help: ArgumentHelp(
      "A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  func load() throws(Failure) -> Roster? {
    guard let roster else { return nil }
    return try RosterFile.load(roster, after: previousRoster)
  }
}
