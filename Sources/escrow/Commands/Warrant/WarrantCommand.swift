import ArgumentParser

struct WarrantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "warrant", abstract: "What judges order: which keys, for whom, why, until when.",
    subcommands: [
      WarrantDraftCommand.self, WarrantSignCommand.self, WarrantShowCommand.self, WarrantVerifyCommand.self,
      WarrantLogCommand.self, WarrantRevokeCommand.self,
    ])
}
