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

  func validate() throws {
    guard passphraseFile == nil || passphraseDescriptor == nil else {
      throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
    }
    if let passphraseDescriptor, passphraseDescriptor < 0 {
      throw ValidationError("--passphrase-fd is a number from 0.")
    }
  }

  /// The passphrase; empty when none was named, as the standard has it.
  func read() throws(Failure) -> SecretBytes {
    if let passphraseFile { return try SecretFile.passphrase(path: passphraseFile) }
    if let passphraseDescriptor { return try SecretFile.passphrase(descriptor: passphraseDescriptor) }
    return try SecretFile.allocate(0)
  }
}
