import LibCrypto
import SecretMemory

/// Recomputes tags, which bind a record to its conversation and epoch.
enum TagCheck {
  /// The first position whose tag is not that of its locator; nil when all are right.
  ///
  /// `tags` holds 16 bytes and `locators` 40 bytes for each of the header's positions.
  static func firstMismatch(
    header: DepositHeader, tags: [UInt8], locators: [UInt8], using hash: inout PositionHash
  ) throws(EscrowError) -> Int? {
    guard locators.count == header.count * RecordLocator.byteCount else {
      throw .malformed(.deposit, reason: "its list of records has not the length that its header says")
    }
    do {
      let salt = try hash.salt(.record, header)
      var expected = [UInt8](repeating: 0, count: tags.count)
      var output = expected.mutableSpan
      try hash.column(
        salt: salt, items: locators.span, itemByteCount: RecordLocator.byteCount, into: &output,
        digestByteCount: PositionHash.tagByteCount)
      // Tags are public, so ordinary comparison does.
      guard expected != tags else { return nil }
      let first = tags.indices.first { expected[$0] != tags[$0] } ?? 0
      return first / PositionHash.tagByteCount
    } catch { throw .crypto(error) }
  }

  /// Whether the tag at `position` is that of `locator`.
  static func matches(
    header: DepositHeader, salt: PositionSalt, tags: [UInt8], position: Int, locator: [UInt8],
    using hash: inout PositionHash
  ) throws(CryptoError) -> Bool {
    var expected = [UInt8](repeating: 0, count: PositionHash.tagByteCount)
    var output = expected.mutableSpan
    try hash.column(
      salt: salt, first: position, items: locator.span, itemByteCount: RecordLocator.byteCount, into: &output,
      digestByteCount: PositionHash.tagByteCount)
    let start = position * PositionHash.tagByteCount
    return tags[start..<start + PositionHash.tagByteCount].elementsEqual(expected)
  }
}
