import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Access policies.", subcommands: [PolicyExplainCommand.self])
}
