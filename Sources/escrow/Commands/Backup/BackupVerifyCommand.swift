import ArgumentParser
import KeyEscrow
import Mnemonics
import SecretSharing

struct BackupVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check sheets or mnemonics without printing anything secret.",
    discussion: """
      Every checksum, that all belong to one backup, that enough are here, that those beyond that agree with the \
      others, and with --record or --roster that they give that holder's keys. Exits 5 when more are needed, or \
      some are wrong.
      """)

  @Argument(
    help: ArgumentHelp(
      "Sheets, or files of one mnemonic a line; - or none for standard input.", valueName: "FILE"))
  var files: [String] = []

  @OptionGroup var record: HolderRecordOptions
  @OptionGroup var passphrase: BackupPassphraseOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let expected = try record.load()
    var shares: [MnemonicShare] = []
    for file in files.isEmpty ? ["-"] : files { shares += try MnemonicInput.read(file) }
    let set = try MnemonicSet(shares)
    let fault = try Self.shortage(of: set)
    if let expected, fault == nil { try compare(set, with: expected) }
    try describe(set, shares: shares.count, holder: fault == nil ? expected : nil).print(json: report.json)
    if let fault { throw Failure(fault) }
  }

  /// Why the set is too small, when it is; nil when it gives a secret.
  private static func shortage(of set: MnemonicSet) throws(MnemonicError) -> MnemonicError? {
    do {
      _ = try set.recover().iterations
      return nil
    } catch {
      guard error.isIncomplete else { throw error }
      return error
    }
  }

  private func compare(_ set: MnemonicSet, with record: HolderRecord) throws {
    let secret = try MnemonicDecryption.secret(of: set, passphrase: try passphrase.read())
    try HolderBackup.check(secret, is: record)
  }

  private func describe(_ set: MnemonicSet, shares: Int, holder: HolderRecord?) -> Report {
    var report = Report()
    report.add("identifier", Int(set.header.identifier))
    report.add("extendable", set.header.isExtendable)
    report.add("iterationExponent", set.header.iterationExponent)
    report.add("groupThreshold", set.header.groupThreshold)
    report.add("groupCount", set.header.groupCount)
    report.add("shares", shares)
    report.add("groups", set.groups.map { Self.describe($0) })
    report.add("complete", set.isComplete)
    if let holder { report.add("holder", holder.id.description) }
    return report
  }

  private static func describe(_ group: MnemonicSet.Group) -> Report {
    var report = Report()
    report.add("group", group.index + 1)
    report.add("threshold", group.threshold)
    report.add("members", .list(group.members.map { .number(UInt64($0 + 1)) }))
    report.add("complete", group.isComplete)
    return report
  }
}
