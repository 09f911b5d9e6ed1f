import LibCrypto

/// Up to 256 entries, each after its length as two big-endian bytes (C2SP tlog-tiles, "Log entries").
public struct EntryBundle: Sendable {
  /// The largest entry, in bytes: what two bytes of length can say.
  public static let maximumEntryByteCount = 65_535

  /// The largest bundle, in bytes.
  static let maximumByteCount = TilePath.fullWidth * (2 + maximumEntryByteCount)

  /// The bytes of the file.
  public private(set) var bytes: [UInt8]

  /// Where each entry's bytes lie in `bytes`.
  private var ranges: [Range<Int>]

  /// No entries.
  init() {
    bytes = []
    ranges = []
  }

  /// The first `width` entries of the file at `path`.
  ///
  /// - Throws: `corrupt` unless `bytes` holds exactly as many entries as `path` is wide, of which `width` are
  ///   wanted, and nothing else.
  init(_ bytes: [UInt8], at path: TilePath, width: Int) throws(LogError) {
    var ranges: [Range<Int>] = []
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= 2 else { throw .corrupt(path: path.description) }
      let start = position + 2
      let end = start + (Int(bytes[position]) << 8 | Int(bytes[position + 1]))
      guard end <= bytes.count else { throw .corrupt(path: path.description) }
      ranges.append(start..<end)
      position = end
    }
    guard ranges.count == path.width, width <= ranges.count else { throw .corrupt(path: path.description) }
    self.ranges = Array(ranges[..<width])
    self.bytes = width == ranges.count ? bytes : Array(bytes[..<(self.ranges.last?.upperBound ?? 0)])
  }

  /// The number of entries.
  public var count: Int { ranges.count }

  /// Entry `position` of the bundle, from 0.
  public subscript(position: Int) -> ArraySlice<UInt8> { bytes[ranges[position]] }

  /// Appends `entry`.
  ///
  /// - Throws: `entryTooLarge` above 65,535 bytes; the bundle is then unchanged.
  mutating func append(_ entry: Span<UInt8>) throws(LogError) {
    guard let length = UInt16(exactly: entry.count) else { throw .entryTooLarge(byteCount: entry.count) }
    bytes += BigEndian.bytes(length)
    let start = bytes.count
    for index in entry.indices { bytes.append(entry[index]) }
    ranges.append(start..<bytes.count)
  }

  /// The leaf hashes of the entries (RFC 6962 section 2.1). One hash per entry.
  func leaves(_ hasher: inout TreeHasher) throws(LogError) -> [Digest] {
    var leaves: [Digest] = []
    for range in ranges { leaves.append(try hasher.leaf(bytes.span.extracting(range))) }
    return leaves
  }
}
