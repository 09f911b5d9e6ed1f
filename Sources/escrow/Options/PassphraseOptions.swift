import ArgumentParser

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the key's passphrase from this file.", valueName: "F"))
  var passphraseFile: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the key's passphrase from this open descriptor.", valueName: "N"))
  var passphraseDescriptor: CInt?

  func validate() throws {
    guard passphraseFile == nil || passphraseDescriptor == nil else {
      throw ValidationError("Give --passphrase-file or --passphrase-fd, not both.")
    }
    if let passphraseDescriptor, passphraseDescriptor < 0 {
      throw ValidationError("--passphrase-fd is a number from 0.")
    }
  }

  var passphrase: Passphrase { Passphrase(file: passphraseFile, descriptor: passphraseDescriptor) }
}
