import LibCrypto

/// What this binary is.
enum Build {
  static let version = "0.1.0"

  /// The answer to `--version`. `buildCommit` is written by the plugin NameCommit.
  static var text: String {
    "escrow \(version)\ncommit \(buildCommit)\n\(LibCryptoVersion.text)"
  }
}
