import ArgumentParser

/// The passphrase of the key files of a holder, beside that of a backup.
struct KeyPassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the passphrase of the key files from this file.", valueName: "F"))
  var keyPassphraseFile: String?

  @Option(
    name: .customLong("key-passphrase-fd"),
    help: ArgumentHelp("Read the passphrase of the key files from this open descriptor.", valueName: "N"))
  var keyPassphraseDescriptor: CInt?

  func validate() throws {
    guard keyPassphraseFile == nil || keyPassphraseDescriptor == nil else {
      throw ValidationError("Give --key-passphrase-file or --key-passphrase-fd, not both.")
    }
    if let keyPassphraseDescriptor, keyPassphraseDescriptor < 0 {
      throw ValidationError("--key-passphrase-fd is a number from 0.")
    }
  }

  var passphrase: Passphrase { Passphrase(file: keyPassphraseFile, descriptor: keyPassphraseDescriptor) }
}
