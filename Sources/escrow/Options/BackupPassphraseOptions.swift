import ArgumentParser
import SecretMemory

/// The passphrase of a backup, which SLIP-39 adds to the mnemonics.
struct BackupPassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Read the backup's passphrase from this file; one line feed at its end is dropped.", valueName: "F"))
  var passphraseFile: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the backup's passphrase from this open descriptor.", valueName: "N"))
  var passphraseDescriptor: CInt?

  func validate() throws { try source.validate() }

  private var source: PassphraseSource {
    PassphraseSource(file: passphraseFile, descriptor: passphraseDescriptor)
  }

  /// The passphrase; empty when none was named, as the standard has it.
  func read() throws(Failure) -> SecretBytes {
    if let passphrase = try source.read() { return passphrase }
    return try SecretFile.allocate(0)
  }
}
