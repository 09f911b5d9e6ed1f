/// Text with secrets in it, built piece by piece in memory that is erased: what it outgrows is erased as well.
public struct SecretText: ~Copyable, Sendable {
  private var buffer: SecretBytes
  /// The bytes so far.
  public private(set) var count = 0

  /// No text yet.
  ///
  /// - Throws: `SecretMemoryError`.
  public init() throws(SecretMemoryError) {
    buffer = try SecretBytes.zeros(SecretMemory.pageSize)
  }

  /// Appends text that is not secret, or whose owner guards it elsewhere.
  ///
  /// - Throws: `SecretMemoryError`; nothing has changed then.
  public mutating func append(_ text: String) throws(SecretMemoryError) {
    try append(Array(text.utf8).span)
  }

  /// Appends bytes.
  ///
  /// - Throws: `SecretMemoryError`; nothing has changed then.
  public mutating func append(_ bytes: Span<UInt8>) throws(SecretMemoryError) {
    try reserve(bytes.count)
    let start = count
    buffer.withMutableBytes { $0.copy(bytes, at: start) }
    count += bytes.count
  }

  /// Appends two lowercase hexadecimal digits a byte, without a branch or an address that depends on them.
  ///
  /// - Throws: `SecretMemoryError`; nothing has changed then.
  public mutating func append(hexadecimal bytes: Span<UInt8>) throws(SecretMemoryError) {
    try reserve(2 * bytes.count)
    let start = count
    buffer.withMutableBytes { buffer in
      for index in bytes.indices {
        buffer[start + 2 * index] = Self.digit(bytes[index] >> 4)
        buffer[start + 2 * index + 1] = Self.digit(bytes[index] & 15)
      }
    }
    count += 2 * bytes.count
  }

  /// Reads the text.
  public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try buffer.withBytes { bytes throws(Failure) in try body(bytes.extracting(0..<count)) }
  }

  /// `<redacted>`: it shows nothing unless it is read on purpose.
  public var description: String { "<redacted>" }

  private mutating func reserve(_ more: Int) throws(SecretMemoryError) {
    guard more > buffer.count - count else { return }
    var larger = try SecretBytes.zeros(max(2 * buffer.count, count + more))
    buffer.withBytes { bytes in larger.withMutableBytes { $0.copy(bytes.extracting(0..<count), at: 0) } }
    buffer = larger
  }

  // Letters stand 39 places after where the digits would go on.
  private static func digit(_ value: UInt8) -> UInt8 {
    let value = Int32(value)
    return UInt8(truncatingIfNeeded: 0x30 + value + (((9 - value) >> 8) & 39))
  }
}
