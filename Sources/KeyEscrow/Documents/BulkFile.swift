import LibCrypto

/// A signed note, one separator line, a chunk table, and chunks: how releases and extracts carry binary data
/// (`Spec/documents.md`, Bulk files).
package enum BulkFile {
  /// The line between the note and what follows. No line of a note begins like it.
  static let separator = Array("=== key-escrow/v1 chunks ===\n".utf8)
  static let maximumNoteByteCount = 1_000_000

  /// Whether `source` begins like a bulk file: a note's worth of bytes, then the separator line.
  package static func isFront(of source: any ByteSource) throws(EscrowError) -> Bool {
    let limit = min(source.byteCount, maximumNoteByteCount + separator.count)
    let front = try source.read(0..<limit)
    return UnverifiedBulkFile.find([UInt8(ascii: "\n")] + separator, in: front) != nil
  }

  /// The bytes before the first chunk.
  static func front(note: [UInt8], table: ChunkTable) -> [UInt8] {
    note + separator + table.bytes
  }

  /// A chunk's digest: `SHA-256(SHA-256(front) ‖ body)`, so that the front's digest, which the seal also binds,
  /// is computed once.
  static func chunkDigest(
    frontDigest: Digest, body: Span<UInt8>, using sha: inout SHA256
  ) throws(CryptoError) -> Digest {
    try sha.update(frontDigest)
    try sha.update(body)
    return try sha.finish()
  }
}

/// A bulk file as it was read: the note apart from the rest, whose digest is not yet checked.
struct UnverifiedBulkFile {
  let note: [UInt8]
  private let source: any ByteSource
  private let tableStart: Int

  init(_ source: any ByteSource, artifact: Artifact) throws(EscrowError) {
    self.source = source
    let limit = min(source.byteCount, BulkFile.maximumNoteByteCount + BulkFile.separator.count)
    let front = try source.read(0..<limit)
    guard let start = Self.find([UInt8(ascii: "\n")] + BulkFile.separator, in: front) else {
      throw .malformed(artifact, reason: "it has no separator line after its note")
    }
    note = Array(front[...start])
    tableStart = start + 1 + BulkFile.separator.count
  }

  /// The file, once its table has the number of entries and the digest that the note signs.
  func verified(chunks: UInt64, table digest: Digest, artifact: Artifact) throws(EscrowError) -> BulkReader {
    guard chunks <= UInt64(ChunkTable.maximumCount) else {
      throw .malformed(artifact, reason: "it claims more than \(ChunkTable.maximumCount) chunks")
    }
    let chunkStart = tableStart + Int(chunks) * ChunkEntry.byteCount
    guard chunkStart <= source.byteCount else {
      throw .malformed(artifact, reason: "it ends inside its chunk table")
    }
    let bytes = try source.read(tableStart..<chunkStart)
    let actual: Digest
    do { actual = try SHA256.digest(bytes) } catch { throw .crypto(error) }
    guard actual == digest else { throw .failedVerification(.chunk(artifact, index: -1)) }
    let table = try ChunkTable(parsing: bytes)
    var offset = chunkStart
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(table.entries.count)
    for entry in table.entries {
      ranges.append(offset..<offset + Int(entry.byteCount))
      offset += Int(entry.byteCount)
    }
    guard offset == source.byteCount else {
      throw .malformed(
        artifact,
        reason: offset < source.byteCount ? "it goes on after its last chunk" : "it ends inside a chunk")
    }
    return BulkReader(source: source, entries: table.entries, ranges: ranges)
  }

  fileprivate static func find(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= needle.count, let first = needle.first else { return nil }
    for start in 0...bytes.count - needle.count
    where bytes[start] == first && bytes[start..<start + needle.count].elementsEqual(needle) {
      return start
    }
    return nil
  }
}

/// Reads the chunks of a file whose table is verified. Each chunk's own digest is checked by whoever reads it.
struct BulkReader: Sendable {
  private let source: any ByteSource
  let entries: [ChunkEntry]
  private let ranges: [Range<Int>]

  fileprivate init(source: any ByteSource, entries: [ChunkEntry], ranges: [Range<Int>]) {
    self.source = source
    self.entries = entries
    self.ranges = ranges
  }

  func chunk(_ index: Int) throws(EscrowError) -> [UInt8] {
    try source.read(ranges[index])
  }
}
