public import LibCrypto
public import SecretSharing
import TransparencyLog

/// Writes what one holder needs to answer one warrant, so that the store need not be at hand.
///
/// An extract carries that holder's sealed column only, and no pseudonym out of the warrant's scope.
public enum Extract {
  /// Copies the deposits in the scope of `warrant` from `source` to `spool`, as `holder` sees them.
  ///
  /// The warrant need not be verified: an extract holds nothing that `holder` could not see at the store.
  ///
  /// - Returns: the bytes that stand before the spool's in the extract file.
  /// - Throws: `.warrantRefused`: `.otherRoster`, `.unknownHolder`, `.nothingInScope`.
  public static func write(
    for warrant: UnverifiedWarrant, holder: HolderID, roster: Roster, from source: some HolderDepositSource,
    spool: some ChunkSpool, signedBy storeKey: borrowing Ed25519PrivateKey, now: Timestamp,
    progress: (UInt64) -> Void = { _ in }
  ) throws(EscrowError) -> [UInt8] {
    guard warrant.body.roster == roster.id else { throw .warrantRefused(.otherRoster(warrant.body.roster)) }
    guard roster.holder(holder) != nil else { throw .warrantRefused(.unknownHolder(holder)) }
    let scope = warrant.body.scope
    guard try source.count(in: scope).records > 0 else { throw .warrantRefused(.nothingInScope) }
    let store: NoteVerifierKey
    do { store = try NoteVerifierKey(name: StoreReceipt.keyName, publicKey: storeKey.publicKey) } catch {
      throw .note(error)
    }
    var writer = ExtractWriter(roster: roster, holder: holder)
    let rows = writer.rows
    try source.forEachDeposit(in: scope, row: { rows[$0] }) { view throws(EscrowError) in
      guard view.header.isTest == warrant.body.isTest else { return }
      guard let session = try source.session(view.header.session) else {
        throw .storage(reason: "session \(view.header.session) of a deposit is missing")
      }
      try writer.append(view, of: session, to: spool)
      progress(writer.records)
    }
    guard writer.records > 0 else { throw .warrantRefused(.nothingInScope) }
    let tableDigest: Digest
    do { tableDigest = try SHA256.digest(writer.table.bytes) } catch { throw .crypto(error) }
    let body = ExtractBody(
      warrant: warrant.digest, holder: holder, store: store, created: now, keys: writer.keys.count,
      records: writer.records, chunks: UInt64(writer.table.entries.count), table: tableDigest)
    var signed = try SignedText(.extract, text: body.text)
    try signed.sign(with: storeKey, name: StoreReceipt.keyName)
    return BulkFile.front(note: signed.bytes, table: writer.table)
  }
}

/// The chunks of an extract as they are written: each session's header before its deposits.
private struct ExtractWriter {
  let rows: [Digest: Int]
  private(set) var table = ChunkTable()
  private(set) var records: UInt64 = 0
  private(set) var keys = DistinctCount()
  private var session: Digest?

  init(roster: Roster, holder: HolderID) {
    var rows: [Digest: Int] = [:]
    for generation in [roster] + roster.ancestors { rows[generation.id] = generation.row(of: holder) }
    self.rows = rows
  }

  mutating func append(
    _ view: HolderView, of session: UnverifiedSession, to spool: some ChunkSpool
  ) throws(EscrowError) {
    guard let row = rows[session.header.roster] else { return }
    if self.session != session.id {
      try append(session.bytes, subject: session.id, records: 0, to: spool)
      self.session = session.id
    }
    try append(
      ExtractChunk.bytes(view, row: row), subject: session.id, records: view.records.count, to: spool)
    records += UInt64(view.records.count)
    for record in view.records { keys.insert(record.locator) }
  }

  private mutating func append(
    _ bytes: [UInt8], subject: Digest, records: Int, to spool: some ChunkSpool
  ) throws(EscrowError) {
    let digest: Digest
    do { digest = try SHA256.digest(bytes) } catch { throw .crypto(error) }
    try spool.append(bytes)
    try table.append(
      ChunkEntry(
        subject: subject, records: UInt32(records), byteCount: UInt32(bytes.count), encapsulation: 0,
        digest: digest))
  }
}

/// An extract as it was read: a source of deposits that the holder verifies like a store's.
public final class ExtractFile: HolderDepositSource {
  /// What its note says.
  public let body: ExtractBody
  private let reader: BulkReader

  /// Reads an extract's note and chunk table.
  ///
  /// - Throws: `.malformed(.extract)`; `.failedVerification` when the store named in it did not sign it or the table
  ///   is not the signed one.
  public init(_ source: any ByteSource) throws(EscrowError) {
    let file = try UnverifiedBulkFile(source, artifact: .extract)
    let signed = try SignedText(.extract, parsing: file.note.span)
    body = try ExtractBody(parsing: signed.text)
    try signed.requireSignature(of: body.store)
    reader = try file.verified(chunks: body.chunks, table: body.table, artifact: .extract)
    guard reader.entries.reduce(0, { $0 + UInt64($1.records) }) == body.records else {
      throw .malformed(.extract, reason: "its chunk table does not add up to its records")
    }
  }

  /// What the extract says it holds, which is all it was asked for; the releaser counts again.
  public func count(in scope: WarrantScope) -> ScopeCount {
    ScopeCount(keys: body.keys, records: body.records)
  }

  /// The header of session `id`, if it is there.
  public func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession? {
    guard
      let index = reader.entries.firstIndex(where: { $0.records == 0 && $0.subject == id })
    else { return nil }
    let bytes = try chunk(index)
    let session = try UnverifiedSession(parsing: bytes.span)
    guard session.id == id else { throw .failedVerification(.chunk(.extract, index: index)) }
    return session
  }

  /// Calls `body` with each deposit of the extract.
  public func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    for (index, entry) in reader.entries.enumerated() where entry.records > 0 {
      let (view, _) = try ExtractChunk.view(parsing: try chunk(index), records: Int(entry.records))
      try body(view)
    }
  }

  private func chunk(_ index: Int) throws(EscrowError) -> [UInt8] {
    let bytes = try reader.chunk(index)
    let digest: Digest
    do { digest = try SHA256.digest(bytes) } catch { throw .crypto(error) }
    guard digest == reader.entries[index].digest else {
      throw .failedVerification(.chunk(.extract, index: index))
    }
    return bytes
  }
}
