public import LibCrypto
public import SecretSharing
public import TransparencyLog

/// What an extract's note says.
public struct ExtractBody: Hashable, Sendable {
  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The holder it is for.
  public let holder: HolderID
  /// The store that made it, which signs it: to name whoever gave wrong bytes, not to be believed.
  public let store: NoteVerifierKey
  /// When.
  public let created: Timestamp
  /// Distinct (conversation, epoch) pairs in it.
  public let keys: UInt64
  /// Records in it.
  public let records: UInt64
  /// The number of chunks.
  public let chunks: UInt64
  /// SHA-256 of the chunk table.
  public let table: Digest

  init(
    warrant: Digest, holder: HolderID, store: NoteVerifierKey, created: Timestamp, keys: UInt64,
    records: UInt64,
    chunks: UInt64, table: Digest
  ) {
    self.warrant = warrant
    self.holder = holder
    self.store = store
    self.created = created
    self.keys = keys
    self.records = records
    self.chunks = chunks
    self.table = table
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.extract.fields(of: text)
    warrant = try fields.digest("warrant")
    holder = try fields.holder("holder")
    store = try fields.verifierKey("store")
    guard store.name == StoreReceipt.keyName else { throw fields.fault("store", "is not named store") }
    created = try fields.timestamp("created")
    keys = try fields.integer("keys")
    records = try fields.integer("records")
    chunks = try fields.integer("chunks", 1...UInt64(ChunkTable.maximumCount))
    table = try fields.digest("table")
    try fields.finish()
  }

  var text: String {
    DocumentType.extract.text([
      "warrant": .string(warrant.hex),
      "holder": .string(holder.description),
      "store": .string(store.vkey),
      "created": .string(created.description),
      "keys": .integer(keys),
      "records": .integer(records),
      "chunks": .integer(chunks),
      "table": .string(table.hex),
    ])
  }
}
