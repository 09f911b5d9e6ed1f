import ArgumentParser

struct RosterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roster", abstract: "Who holds shares, and which of them together may open what.",
    subcommands: [
      RosterNewCommand.self, RosterSignCommand.self, RosterVerifyCommand.self, RosterShowCommand.self,
    ])
}
