import ArgumentParser

struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "The store of deposits.",
    subcommands: [StoreEntryCommand.self, StoreInfoCommand.self, StoreVerifyCommand.self])
}
