import ArgumentParser

struct DepositorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "depositor", abstract: "A depositor's key.", subcommands: [DepositorNewCommand.self])
}
