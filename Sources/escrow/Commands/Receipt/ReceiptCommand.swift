import ArgumentParser

struct ReceiptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt",
    abstract: "What remains of a warrant and its answers, checked by whoever is concerned.",
    subcommands: [ReceiptVerifyCommand.self])
}
