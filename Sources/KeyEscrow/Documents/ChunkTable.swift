import LibCrypto

/// One line of a chunk table.
struct ChunkEntry: Hashable, Sendable {
  static let byteCount = 76

  /// The deposit that the chunk is about (in an extract's session chunk: the session).
  let subject: Digest
  /// How many records the chunk holds; 0 for a session chunk of an extract.
  let records: UInt32
  /// How many bytes the chunk has.
  let byteCount: UInt32
  /// Which of the note's encapsulations the chunk is sealed under, from 0; 2^32 - 1 for the records that a release
  /// passes over.
  let encapsulation: UInt32
  /// The chunk's digest.
  let digest: Digest

  /// Whether the chunk of a release holds sealed shares, rather than records passed over.
  var isSealed: Bool { encapsulation != PassedOverChunk.encapsulation }

  func append(to bytes: inout [UInt8]) {
    bytes += subject.bytes
    bytes.appendBigEndian(records)
    bytes.appendBigEndian(byteCount)
    bytes.appendBigEndian(encapsulation)
    bytes += digest.bytes
  }
}

/// The table of a bulk file's chunks, 76 bytes each, whose digest the note signs (`Spec/documents.md`, Bulk files).
struct ChunkTable: Sendable {
  /// 2^20 chunks: a table of 76 MiB at most.
  static let maximumCount = 1 << 20

  private(set) var entries: [ChunkEntry] = []

  init() {}

  mutating func append(_ entry: ChunkEntry) throws(EscrowError) {
    guard entries.count < Self.maximumCount else {
      throw .file(reason: "one file holds at most \(Self.maximumCount) chunks")
    }
    entries.append(entry)
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * ChunkEntry.byteCount)
    for entry in entries { entry.append(to: &bytes) }
    return bytes
  }

  init(parsing bytes: [UInt8]) throws(EscrowError) {
    var reader = BinaryReader(bytes)
    while reader.remaining > 0 {
      guard let subject = reader.digest(), let records: UInt32 = reader.integer(),
        let byteCount: UInt32 = reader.integer(), let encapsulation: UInt32 = reader.integer(),
        let digest = reader.digest()
      else { throw .file(reason: "the chunk table ends inside an entry") }
      entries.append(
        ChunkEntry(
          subject: subject, records: records, byteCount: byteCount, encapsulation: encapsulation,
          digest: digest))
    }
  }
}
