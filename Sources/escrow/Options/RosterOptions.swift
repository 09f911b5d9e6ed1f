import ArgumentParser
import KeyEscrow

/// The roster a command relies on.
struct RosterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The roster that every holder signed.", valueName: "R"))
  var roster: String

  @Option(
    help: ArgumentHelp(
      "A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  /// The roster, verified.
  func load() throws(Failure) -> Roster { try RosterFile.load(roster, after: previousRoster) }
}
