/// A SHA-256 digest: 32 bytes, held without a heap allocation.
///
/// Ordered as its bytes are. A digest is a public value: whatever must stay secret does not belong in one.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 32.
  public static let byteCount = 32

  // The bytes as four big-endian numbers, so that equality and order need no loop.
  @usableFromInline let words: Words

  @usableFromInline
  struct Words: Hashable, Sendable {
    @usableFromInline var first: UInt64 = 0
    @usableFromInline var second: UInt64 = 0
    @usableFromInline var third: UInt64 = 0
    @usableFromInline var fourth: UInt64 = 0

    /// The same numbers as they lie in memory when their bytes are in order, and back.
    @inlinable
    var inMemory: Words {
      var words = self
      words.first = first.bigEndian
      words.second = second.bigEndian
      words.third = third.bigEndian
      words.fourth = fourth.bigEndian
      return words
    }
  }

  /// The digest whose 32 bytes are `bytes`; nil for any other number of bytes.
  public init?(bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    func word(at start: Int) -> UInt64 {
      var value: UInt64 = 0
      for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
      return value
    }
    words = Words(first: word(at: 0), second: word(at: 8), third: word(at: 16), fourth: word(at: 24))
  }

  /// The digest written as `hex`; nil unless that is exactly 64 lowercase hexadecimal digits.
  public init?(hex: String) {
    guard hex.utf8.count == 2 * Self.byteCount, let bytes = Hexadecimal.decode(hex) else { return nil }
    self.init(bytes: bytes.span)
  }

  /// Fills the 32 bytes with `body`, without an allocation.
  init<Failure: Error>(
    filling body: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var memory = Words()
    try unsafe withUnsafeMutableBytes(of: &memory) { (buffer) throws(Failure) in
      guard let start = buffer.baseAddress else { return }
      try unsafe body(start.assumingMemoryBound(to: UInt8.self))
    }
    words = memory.inMemory
  }

  /// Reads the 32 bytes.
  @inlinable
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeBytes(of: words.inMemory) { (buffer) throws(Failure) -> Result in
      try body(unsafe Span(_unsafeBytes: buffer))
    }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    withBytes { span in
      unsafe [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, initializedCount in
        unsafe span.withUnsafeBufferPointer { bytes in
          initializedCount = unsafe buffer.update(fromContentsOf: bytes)
        }
      }
    }
  }

  /// 64 lowercase hexadecimal digits.
  public var hex: String { Hexadecimal.encode(bytes.span) }

  /// 64 lowercase hexadecimal digits.
  public var description: String { hex }

  /// Whether the bytes of `left` come before those of `right`.
  public static func < (left: Digest, right: Digest) -> Bool {
    (left.words.first, left.words.second, left.words.third, left.words.fourth)
      < (right.words.first, right.words.second, right.words.third, right.words.fourth)
  }
}
