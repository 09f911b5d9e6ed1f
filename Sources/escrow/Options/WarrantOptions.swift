import ArgumentParser
import KeyEscrow

/// The warrant that a command acts under, and the roster it is for.
struct WarrantOptions: ParsableArguments {
  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  var name: String { DocumentFile.name(of: warrant) }
}
