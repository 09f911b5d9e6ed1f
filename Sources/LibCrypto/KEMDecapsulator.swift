public import SecretMemory

/// Whoever can open an encapsulation made for its public key: a private key in memory, or one that never
/// leaves a token.
public protocol KEMDecapsulator: ~Copyable {
  /// The key that encapsulations are made for.
  var publicKey: X25519PublicKey { get }

  /// The KEM's 32-byte shared secret (RFC 9180 §4.1, `Decap`).
  ///
  /// - Throws: `CryptoError.invalidKey` for an encapsulation of the wrong length or of small order; what else
  ///   the key's home reports.
  borrowing func decapsulate(_ encapsulation: Span<UInt8>) throws(CryptoError) -> SecretBytes
}

extension X25519PrivateKey: KEMDecapsulator {
  /// `Decap(enc, skR)` of DHKEM(X25519, HKDF-SHA256) (RFC 9180 §4.1).
  ///
  /// - Throws: `CryptoError.invalidKey` for an encapsulation of the wrong length or of small order,
  ///   `.libcrypto`, `.secretMemory`.
  public borrowing func decapsulate(_ encapsulation: Span<UInt8>) throws(CryptoError) -> SecretBytes {
    let ephemeral = try X25519PublicKey(bytes: encapsulation)
    let secret = try sharedSecret(with: ephemeral)
    return try DHKEM.extractAndExpand(secret, encapsulation: ephemeral, recipient: publicKey)
  }
}
