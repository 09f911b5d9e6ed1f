import ArgumentParser

struct HolderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holder", abstract: "A holder's keys.",
    subcommands: [HolderNewCommand.self, HolderShowCommand.self, HolderRebuildCommand.self])
}
