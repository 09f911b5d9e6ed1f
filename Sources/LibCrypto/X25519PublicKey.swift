/// An X25519 public key (RFC 7748): the 32-byte little-endian u-coordinate.
public struct X25519PublicKey: Hashable, Sendable {
  /// 32.
  public static let byteCount = KeyHandle.byteCount

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// The key whose 32 bytes are `bytes`.
  ///
  /// Every 32 bytes are accepted here, as in RFC 7748 §5; the points that would give an all-zero secret are
  /// refused where a secret is computed.
  ///
  /// - Throws: `CryptoError.invalidKey` for any other number of bytes.
  public init(bytes: Span<UInt8>) throws(CryptoError) {
    guard bytes.count == Self.byteCount else { throw .invalidKey }
    self.bytes = bytes.indices.map { bytes[$0] }
  }

  /// Whether the bytes are the one encoding of their point, and the point has not small order: what a key in a document
  /// must be, so that one key has one text and every encapsulation to it can work.
  ///
  /// The u-coordinate is below p = 2^255 - 19 with the top bit clear, and is none of the five canonical u-coordinates
  /// of points whose order divides 8 (RFC 7748 §6.1): 0, 1, p - 1 and two of order 8.
  package var isCanonicalAndOfLargeOrder: Bool {
    guard bytes[31] & 0x80 == 0 else { return false }
    let isAtLeastP = bytes[31] == 0x7F && bytes[1..<31].allSatisfy { $0 == 0xFF } && bytes[0] >= 0xED
    return !isAtLeastP && !Self.smallOrder.contains(bytes)
  }

  private static let smallOrder: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    Hexadecimal.decode("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800") ?? [],
    Hexadecimal.decode("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157") ?? [],
  ]
}
