import LibCrypto

/// How a column of shares is sealed: AES-256-GCM, zero nonce, since its key is used once.
enum SealedColumn {
  /// The key is bound to the public part and so to the plaintext: it seals nothing else, and the nonce may be fixed.
  static let nonce = [UInt8](repeating: 0, count: 12)

  /// `publicDigest ‖ be16(row)`, rows counted from 1.
  static func additionalData(row: UInt16, publicDigest: Digest) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Digest.byteCount + 2)
    bytes.append(publicDigest)
    bytes.appendBigEndian(row)
    return bytes
  }
}
