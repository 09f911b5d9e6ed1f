import ArgumentParser

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "A holder's keys on paper, as mnemonics that m of n officers put together (SLIP-39).",
    subcommands: [BackupSplitCommand.self, BackupCombineCommand.self, BackupVerifyCommand.self])
}
