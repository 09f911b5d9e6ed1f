public import LibCrypto

/// The random number that seals a warrant's entry: with it, and only with it, whoever has the warrant can tell that
/// the entry is the warrant's.
///
/// The judge and every holder who is shown the proof keep it, in the `.tlog-proof` file; `unsealing` publishes it.
public struct SealOpening: Hashable, Sendable {
  /// 32.
  public static let byteCount = 32

  /// The number.
  public let bytes: [UInt8]

  /// The opening of these 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A fresh one.
  public static func random() throws(EscrowError) -> SealOpening {
    SealOpening(
      unchecked: try EscrowError.wrapping { () throws(CryptoError) in
        try SystemRandom().bytes(byteCount)
      })
  }

  private init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// `SHA-256("key-escrow/v1 sealed" ‖ opening ‖ warrant digest)`: what the entry shows of the warrant.
  public func commitment(to warrant: Digest) throws(EscrowError) -> Digest {
    try EscrowError.wrapping { () throws(CryptoError) in
      try SHA256.digest(Array("key-escrow/v1 sealed".utf8) + bytes + warrant.bytes)
    }
  }
}
