public import SecretMemory

/// A master secret as mnemonics hold it, put together from enough of them and compared with its digests. The
/// passphrase gives the master secret itself.
public struct EncryptedMasterSecret: ~Copyable, Sendable {
  private let header: MnemonicHeader
  private let bytes: SecretBytes

  init(header: MnemonicHeader, bytes: consuming SecretBytes) {
    self.header = header
    self.bytes = bytes
  }

  /// Iterations of PBKDF2 that decrypting costs: 10,000 · 2^e, about half a microsecond each; e = 15 takes minutes.
  public var iterations: Int { 10_000 << header.iterationExponent }

  /// The master secret under `passphrase`, which is empty when none was given to `MnemonicBackup.split`.
  ///
  /// Another passphrase gives other bytes and no error: compare the result with something public before it is used.
  ///
  /// - Throws: `MnemonicError.invalidPassphrase`, `.crypto`, `.secretMemory`.
  public borrowing func decrypted(passphrase: borrowing SecretBytes) throws(MnemonicError) -> SecretBytes {
    try bytes.withBytes { bytes throws(MnemonicError) in
      try passphrase.withBytes { passphrase throws(MnemonicError) in
        try MnemonicBackup.check(passphrase)
        return try MasterSecretCipher(header).decrypt(bytes, passphrase: passphrase)
      }
    }
  }
}
