import LibCrypto

/// Takes fixed-width fields off the front of some bytes.
///
/// Every read either finds its bytes or answers nil; nothing is read past the end.
struct BinaryReader {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var remaining: Int { bytes.count - offset }

  mutating func take(_ count: Int) -> [UInt8]? {
    #if !PLANTED_UNCHECKED_LENGTH  // A bug that the fuzzers must find: Scripts/fuzz --planted.
      guard count >= 0, count <= remaining else { return nil }
    #endif
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value?
  {
    let count = Value.bitWidth / 8
    guard count <= remaining else { return nil }
    var value: Value = 0
    for byte in bytes[offset..<offset + count] { value = value << 8 | Value(byte) }
    offset += count
    return value
  }

  mutating func digest() -> Digest? {
    guard let bytes = take(Digest.byteCount) else { return nil }
    return Digest(bytes: bytes.span)
  }

  mutating func digests(_ count: Int) -> [Digest]? {
    var digests: [Digest] = []
    for _ in 0..<count {
      guard let digest = digest() else { return nil }
      digests.append(digest)
    }
    return digests
  }

  mutating func conversation() -> ConversationID? {
    guard let bytes = take(ConversationID.byteCount) else { return nil }
    return ConversationID(bytes: bytes.span)
  }
}
