import ArgumentParser

/// The passphrase of the key files of a holder, beside that of a backup.
struct KeyPassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the passphrase of the key files from this file.", valueName: "F"))
  var keyPassphraseFile: String?

  @Option(
    name: .customLong("key-passphrase-fd"),
    help: ArgumentHelp("Read the passphrase of the key files from this open descriptor.", valueName: "N"))
  var keyPassphraseDescriptor: CInt?

  func validate() throws { try source.validate() }

  private var source: PassphraseSource {
    PassphraseSource(option: "--key-passphrase", file: keyPassphraseFile, descriptor: keyPassphraseDescriptor)
  }

  var passphrase: Passphrase { Passphrase(source) }
}
