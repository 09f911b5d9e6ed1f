import ArgumentParser

struct RosterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roster", abstract: "Who holds shares, and which of them together may open what.",
    subcommands: [
      RosterEntryCommand.self,
      RosterNewCommand.self, RosterSignCommand.self, RosterVerifyCommand.self, RosterShowCommand.self,
    ])
}
