import ArgumentParser

struct DepositCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deposit",
    abstract: "Split conversation keys among the holders, seal the shares, and store them.",
    usage: "escrow deposit --roster R --store S [--depositor D] [FILE|-]",
    discussion: """
      Without a subcommand, `escrow deposit --roster R --store S [--depositor D] [FILE|-]` deposits the keys of FILE, \
      or of standard input: one JSON object a line, \
      {"conversation":"<64 hex>","epoch":<n>,"key":"<64 hex>"}. See `escrow deposit add --help`.
      """,
    subcommands: [DepositAddCommand.self, DepositCheckCommand.self, DepositAuditCommand.self],
    defaultSubcommand: DepositAddCommand.self)
}
