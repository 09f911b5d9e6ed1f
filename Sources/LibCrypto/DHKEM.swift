import SecretMemory

/// DHKEM(X25519, HKDF-SHA256), RFC 9180 §4.1.
enum DHKEM {
  private static let kem = HPKEKEM.x25519HKDFSHA256

  /// `Encap(pkR)` with the given ephemeral key, whose public part is the encapsulation; the shared secret.
  static func encapsulate(
    to recipient: X25519PublicKey, ephemeral: borrowing X25519PrivateKey
  ) throws(CryptoError) -> SecretBytes {
    let secret = try ephemeral.sharedSecret(with: recipient)
    return try extractAndExpand(secret, encapsulation: ephemeral.publicKey, recipient: recipient)
  }

  /// `ExtractAndExpand(dh, enc ‖ pkRm)`.
  static func extractAndExpand(
    _ secret: borrowing SecretBytes, encapsulation: X25519PublicKey, recipient: X25519PublicKey
  ) throws(CryptoError) -> SecretBytes {
    var hkdf = try HKDF()
    let key = try secret.withBytes { (secret) throws(CryptoError) in
      try hkdf.labeledExtract(suiteID: kem.suiteID, salt: Span(), label: "eae_prk", inputKey: secret)
    }
    let context = encapsulation.bytes + recipient.bytes
    return try key.withBytes { (key) throws(CryptoError) in
      try hkdf.labeledExpand(
        suiteID: kem.suiteID, key: key, label: "shared_secret", info: context.span,
        byteCount: HKDF.blockByteCount)
    }
  }
}
