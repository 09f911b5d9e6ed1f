import ArgumentParser

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read the key's passphrase from this file.", valueName: "F"))
  var passphraseFile: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: ArgumentHelp("Read the key's passphrase from this open descriptor.", valueName: "N"))
  var passphraseDescriptor: CInt?

  func validate() throws { try source.validate() }

  var source: PassphraseSource { PassphraseSource(file: passphraseFile, descriptor: passphraseDescriptor) }

  var passphrase: Passphrase { Passphrase(source) }
}
