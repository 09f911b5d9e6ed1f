public import SecretMemory

/// Ed25519 keys as PKCS#8 text; see `PrivateKeyPEM`.
extension Ed25519PrivateKey {
  /// The key as PEM that is *not* encrypted: whoever reads the text has the key.
  ///
  /// - Throws: `CryptoError.libcrypto`, `.secretMemory`.
  public borrowing func pem() throws(CryptoError) -> SecretBytes {
    try PrivateKeyPEM.write(handle)
  }

  /// The key as PEM, encrypted under `passphrase` by PBES2 with scrypt (N = 16,384, r = 8, p = 1) and
  /// AES-256-CBC (RFC 8018, RFC 7914). Takes about 50 ms and 16 MiB.
  ///
  /// - Parameter passphrase: 1 … 1,024 bytes.
  /// - Throws: `CryptoError.wrongPassphrase` for another length, `.randomnessUnavailable`, `.libcrypto`,
  ///   `.secretMemory`.
  public borrowing func pem(passphrase: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
    try pem(passphrase: passphrase, random: SystemRandom())
  }

  /// `pem(passphrase:)` with salt and initialization vector from `random`.
  package borrowing func pem(
    passphrase: borrowing SecretBytes, random: some RandomSource
  ) throws(CryptoError) -> SecretBytes {
    try PrivateKeyPEM.write(handle, passphrase: passphrase, random: random)
  }

  /// The first private key in `pem`, which is not encrypted.
  ///
  /// - Throws: `CryptoError.malformedPEM`, `.wrongPassphrase` for an encrypted key, `.invalidKey` for a key of
  ///   another kind, `.libcrypto`, `.secretMemory`.
  public static func fromPEM(_ pem: Span<UInt8>) throws(CryptoError) -> Ed25519PrivateKey {
    try Ed25519PrivateKey(PrivateKeyPEM.read(.ed25519, pem, passphrase: Span()))
  }

  /// The first private key in `pem`, encrypted (PBES2) under `passphrase` or not at all.
  ///
  /// - Throws: `CryptoError.malformedPEM`, `.wrongPassphrase`, `.invalidKey` for a key of another kind,
  ///   `.libcrypto`, `.secretMemory`.
  public static func fromPEM(
    _ pem: Span<UInt8>, passphrase: borrowing SecretBytes
  ) throws(CryptoError) -> Ed25519PrivateKey {
    let handle = try passphrase.withBytes { (passphrase) throws(CryptoError) in
      try PrivateKeyPEM.read(.ed25519, pem, passphrase: passphrase)
    }
    return try Ed25519PrivateKey(handle)
  }
}
