import LibCrypto
import SecretMemory
import SecretSharing

@testable import KeyEscrow

/// A holder's release made by software that does as a test wants, signed with the holder's real key.
struct RogueRelease {
  /// One chunk before it is sealed.
  struct Chunk {
    var deposit: Digest
    var publicDigest: Digest
    var records: [ScopedRecord]
    /// 32 bytes per record.
    var shares: [UInt8]
    /// The roster under which the holder says that the deposit was made.
    var depositRoster: Digest
  }

  /// Changes each chunk before it is sealed.
  var alter: (inout Chunk) -> Void = { _ in }
  /// Changes each sealed body before it is digested.
  var alterSealed: (inout [UInt8]) -> Void = { _ in }
  /// Changes the finished table.
  var alterTable: (inout [ChunkEntry]) -> Void = { _ in }
  /// The name in the HPKE info, when it is not the holder's own.
  var sealedAs: String?
  /// The warrant in the HPKE info, when it is not the one that is answered.
  var sealedFor: Digest?
  /// What the note gives for each encapsulation, when it is not what was used.
  var encapsulation: [UInt8]?
  /// Whether to answer at all for the deposit with this digest.
  var includes: (Digest) -> Bool = { _ in true }

  func bytes(_ warrant: Warrant, by box: Escrow.HolderBox, from store: MemoryStore) throws -> [UInt8] {
    var contexts: [(roster: Digest, sender: SenderBox)] = []
    var entries: [ChunkEntry] = []
    var bodies: [UInt8] = []
    var records = 0
    let id = box.holder.id
    for chunk in try chunks(warrant, by: box, from: store) where includes(chunk.deposit) {
      var chunk = chunk
      alter(&chunk)
      let number: Int
      if let known = contexts.firstIndex(where: { $0.roster == chunk.depositRoster }) {
        number = known
      } else {
        let info = ReleaseChunk.info(
          suite: .x25519, depositRoster: chunk.depositRoster, warrant: sealedFor ?? warrant.digest,
          warrantRoster: warrant.roster.id, holder: sealedAs ?? id.description)
        let sender = try HPKESender.setup(.keyEscrow1, to: warrant.body.recipientKey, info: info.span)
        contexts.append((chunk.depositRoster, SenderBox(sender)))
        number = contexts.count - 1
      }
      let front = ReleaseChunk.front(
        deposit: chunk.deposit, publicDigest: chunk.publicDigest, records: chunk.records)
      var sha = try SHA256()
      let frontDigest = try sha.column(front)
      var sealed = [UInt8](repeating: 0, count: chunk.shares.count + 16)
      var output = sealed.mutableSpan
      let additionalData = frontDigest.bytes
      let shares = chunk.shares
      try contexts[number].sender.sender.seal(
        additionalData: additionalData.span, plaintext: shares.span, into: &output)
      alterSealed(&sealed)
      entries.append(
        ChunkEntry(
          subject: chunk.deposit, records: UInt32(chunk.records.count),
          byteCount: UInt32(front.count + sealed.count), encapsulation: UInt32(number),
          digest: try BulkFile.chunkDigest(frontDigest: frontDigest, body: sealed.span, using: &sha)))
      bodies += front + sealed
      records += chunk.records.count
    }
    alterTable(&entries)
    var table = ChunkTable()
    for entry in entries { try table.append(entry) }
    let body = ReleaseBody(
      warrant: warrant.digest, roster: warrant.roster.id, holder: id,
      recipientKey: warrant.body.recipientKey, answered: Escrow.start, checked: ["recipient-signature"],
      encapsulations: contexts.map {
        .init(roster: $0.roster, bytes: encapsulation ?? $0.sender.sender.encapsulation)
      },
      keys: UInt64(records), records: UInt64(records), passedOver: 0, chunks: UInt64(entries.count),
      table: try SHA256.digest(table.bytes), isTest: warrant.body.isTest, logIndex: warrant.logIndex)
    var signed = try SignedText(.release, text: body.text)
    try signed.sign(with: box.holder.signingKey, name: id.description)
    return BulkFile.front(note: signed.bytes, table: table) + bodies
  }

  // What an honest holder would seal.
  private func chunks(
    _ warrant: Warrant, by box: Escrow.HolderBox, from store: MemoryStore
  ) throws -> [Chunk] {
    var chunks: [Chunk] = []
    let roster = warrant.roster
    let id = box.holder.id
    try store.forEachDeposit(
      in: warrant.body.scope, row: { digest in roster.generation(withID: digest)?.row(of: id) }
    ) { view throws(EscrowError) in
      guard let session = store.session(view.header.session) else {
        throw .storage(reason: "the session is missing")
      }
      var opener = try ColumnOpener(holder: id, roster: roster)
      try opener.enter(session, by: box.holder)
      let opened = try opener.open(view, positions: nil)
      let shares = opener.withShares { SecretBytes.copy($0) }
      chunks.append(
        Chunk(
          deposit: opened.digest, publicDigest: opened.publicDigest, records: view.records,
          shares: view.records.flatMap { shares[32 * Int($0.position)..<32 * (Int($0.position) + 1)] },
          depositRoster: session.header.roster))
    }
    return chunks
  }

  private final class SenderBox {
    var sender: HPKESender
    init(_ sender: consuming HPKESender) { self.sender = sender }
  }
}
