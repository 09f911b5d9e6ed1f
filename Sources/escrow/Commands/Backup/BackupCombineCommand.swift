import ArgumentParser
import KeyEscrow
import Mnemonics
import SecretMemory

struct BackupCombineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "combine",
    abstract: "Put mnemonics together: one a line on standard input.",
    discussion: """
      Prints the secret in hexadecimal, or restores a holder's directory with --restore. Every passphrase gives a \
      secret, and a wrong one another; --restore compares the keys with their public half, so a wrong one is found. \
      Exits 5 when mnemonics are missing, wrong, or do not belong together, and says which.
      """)

  @Option(help: ArgumentHelp("Make this holder directory anew from the keys.", valueName: "D"))
  var restore: String?

  @OptionGroup var record: HolderRecordOptions
  @OptionGroup var passphrase: BackupPassphraseOptions
  @OptionGroup var keyPassphrase: KeyPassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard restore == nil || record.record != nil || record.id != nil else {
      throw ValidationError(
        "--restore needs the holder's public half: --record F, or --roster R with --id ID.")
    }
  }

  func run() throws {
    let expected = try record.load()
    let directory = restore.map { HolderDirectory($0) }
    let passphrase = try passphrase.read()
    let set = try locating("standard input") { try MnemonicSet(try MnemonicInput.read("-")) }
    let secret = try locating("standard input") {
      try MnemonicDecryption.secret(of: set, passphrase: passphrase)
    }
    if let directory, let expected {
      try HolderBackup.restore(secret, as: expected, to: directory, keyPassphrase.passphrase)
      return try Report(expected).print(json: report.json)
    }
    if let expected { try HolderBackup.check(secret, is: expected) }
    try print(secret)
  }

  private func print(_ secret: borrowing SecretBytes) throws {
    var text = try SecretText()
    if report.json { try text.append("{\"secret\":\"") }
    try secret.withBytes { secret throws(SecretMemoryError) in try text.append(hexadecimal: secret) }
    try text.append(report.json ? "\"}\n" : "\n")
    try text.withBytes { text throws(Failure) in try Terminal.output(text) }
  }
}
