import LibCrypto
import SecretMemory

/// A conversation's pseudonym: 32 opaque bytes. Which account it belongs to only the provider knows.
public struct ConversationID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number of bytes of every pseudonym.
  public static let byteCount = 32

  // Four big-endian words: no heap, and byte order is word order.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// The pseudonym `bytes`, or nil unless they are exactly 32.
  public init?(bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(bytes, at: 0)
  }

  /// The pseudonym whose 32 bytes begin at `offset`, which must be there.
  init(_ bytes: Span<UInt8>, at offset: Int) {
    words = (
      bytes.bigEndianWord(at: offset), bytes.bigEndianWord(at: offset + 8),
      bytes.bigEndianWord(at: offset + 16),
      bytes.bigEndianWord(at: offset + 24)
    )
  }

  /// The pseudonym written as 64 lowercase hexadecimal digits, or nil for anything else.
  public init?(hex: String) {
    guard let bytes = Hexadecimal.decode(hex) else { return nil }
    self.init(bytes: bytes.span)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> shift))
      }
    }
    return bytes
  }

  /// 64 lowercase hexadecimal digits.
  public var hex: String { Hexadecimal.encode(bytes.span) }

  /// The same as `hex`.
  public var description: String { hex }

  /// Whether both have the same bytes.
  public static func == (left: ConversationID, right: ConversationID) -> Bool { left.words == right.words }

  /// Byte order.
  public static func < (left: ConversationID, right: ConversationID) -> Bool { left.words < right.words }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }

  /// Writes the 32 bytes at `offset` of `target`.
  func write(to target: inout [UInt8], at offset: Int) {
    target.writeBigEndian(words.0, at: offset)
    target.writeBigEndian(words.1, at: offset + 8)
    target.writeBigEndian(words.2, at: offset + 16)
    target.writeBigEndian(words.3, at: offset + 24)
  }
}
