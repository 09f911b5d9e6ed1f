import LibCrypto
import SecretMemory
import SecretSharing

/// A holder's answer to a warrant, being made.
///
/// The only way to share bytes of a holder: it takes a `ReleaseAuthorization`, which only a verified warrant gives.
public struct Releaser: ~Copyable {
  private let authorization: ReleaseAuthorization
  private let answered: Timestamp
  private var opener: ColumnOpener
  private var sha: SHA256
  private var selected: SecretBytes
  private var contexts: [SealingContext] = []
  private var table = ChunkTable()
  private var records: UInt64 = 0
  private var keys = DistinctCount()
  private var deposits: Set<Digest> = []
  private let remainingThisMonth: UInt64?

  /// Answers `authorization`'s warrant from `source`, writing sealed chunks to `spool`.
  ///
  /// Each record is checked before any of its deposit is sealed: in scope, its tag recomputed, its share opened and
  /// compared with its digest. The number of keys is checked before anything is opened.
  ///
  /// - Parameters:
  ///   - releasedThisMonth: how many keys this holder released in the calendar month of `now` (UTC), for the roster's
  ///     monthly limit.
  ///   - progress: called with the number of records sealed so far.
  /// - Returns: the bytes that stand before the spool's in the release file: signed note, separator, chunk table.
  /// - Throws: `.warrantRefused` (nothing in scope, more keys than allowed, out of scope, test flag),
  ///   `.failedVerification` naming what in the store is wrong.
  public static func release(
    _ authorization: ReleaseAuthorization, by holder: borrowing Holder, from source: some HolderDepositSource,
    spool: some ChunkSpool, now: Timestamp, releasedThisMonth: UInt64 = 0,
    progress: (UInt64) -> Void = { _ in }
  ) throws(EscrowError) -> [UInt8] {
    guard holder.record.verifierKey == authorization.holder.verifierKey else {
      throw .warrantRefused(.unknownHolder(holder.id))
    }
    let body = authorization.warrant.body
    let count = try source.count(in: body.scope)
    guard count.records > 0 else { throw .warrantRefused(.nothingInScope) }
    guard count.keys <= body.maximumKeys else {
      throw .warrantRefused(.overMaximumKeys(inScope: count.keys, maximum: body.maximumKeys))
    }
    var releaser = try Releaser(authorization, answered: now, releasedThisMonth: releasedThisMonth)
    try releaser.run(holder: holder, source: source, spool: spool, progress: progress)
    // The source's count is only a first look: deposits under rosters that do not name this holder are passed over.
    guard releaser.records > 0 else { throw .warrantRefused(.nothingInScope) }
    return try releaser.finish(holder: holder)
  }

  private init(
    _ authorization: ReleaseAuthorization, answered: Timestamp, releasedThisMonth: UInt64
  ) throws(EscrowError) {
    let opener = try ColumnOpener(holder: authorization.holder.id, roster: authorization.warrant.roster)
    do throws(CryptoError) {
      let sha = try SHA256()
      let selected = try SecretBytes.allocated(DepositHeader.maximumKeys * PositionHash.keyByteCount)
      self.opener = opener
      self.sha = sha
      self.selected = selected
    } catch { throw .crypto(error) }
    self.authorization = authorization
    self.answered = answered
    remainingThisMonth = authorization.warrant.roster.body.limits.maximumKeysPerMonth.map {
      $0 > releasedThisMonth ? $0 - releasedThisMonth : 0
    }
  }

  private mutating func run(
    holder: borrowing Holder, source: some HolderDepositSource, spool: some ChunkSpool,
    progress: (UInt64) -> Void
  ) throws(EscrowError) {
    let roster = authorization.warrant.roster
    let scope = authorization.warrant.body.scope
    let holderID = authorization.holder.id
    // Deposits under an ancestor roster have that roster's rows.
    let row = { (id: Digest) in roster.generation(withID: id)?.row(of: holderID) }
    try source.forEachDeposit(in: scope, row: row) { view throws(EscrowError) in
      try enterSession(of: view, source: source, holder: holder)
      try seal(view, spool: spool)
      progress(records)
    }
    opener.close()
    selected.erase()
  }

  private mutating func enterSession(
    of view: HolderView, source: some HolderDepositSource, holder: borrowing Holder
  ) throws(EscrowError) {
    guard !opener.isReady(for: view.header.session, sequence: view.header.sequence) else { return }
    guard let session = try source.session(view.header.session) else {
      throw .storage(reason: "session \(view.header.session) of a deposit is missing")
    }
    guard session.id == view.header.session else {
      throw .storage(reason: "the session given for \(view.header.session) is another")
    }
    try opener.enter(session, by: holder)
  }

  private mutating func seal(_ view: HolderView, spool: some ChunkSpool) throws(EscrowError) {
    let warrant = authorization.warrant
    guard view.header.isTest == warrant.body.isTest else { throw .warrantRefused(.testFlag) }
    for record in view.records {
      guard warrant.body.scope.contains(record.locator, depositedAt: view.header.time) else {
        throw .warrantRefused(
          .outOfScope(conversation: record.locator.conversation, epoch: record.locator.epoch))
      }
      keys.insert(record.locator)
    }
    guard keys.count <= warrant.body.maximumKeys else {
      throw .warrantRefused(.overMaximumKeys(inScope: keys.count, maximum: warrant.body.maximumKeys))
    }
    if let remainingThisMonth, keys.count > remainingThisMonth {
      throw .warrantRefused(.overRosterLimit("maximumKeysPerMonth"))
    }
    let positions = view.records.map(\.position)
    guard !positions.isEmpty, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .malformed(.deposit, reason: "its records are not in rising position")
    }
    let opened = try opener.open(view, positions: positions)
    guard deposits.insert(opened.digest).inserted else {
      throw .storage(reason: "deposit \(opened.digest) was given twice")
    }
    let index = try context(for: try opener.currentRoster())
    let front = ReleaseChunk.front(
      deposit: opened.digest, publicDigest: opened.publicDigest, records: view.records)
    let byteCount = positions.count * PositionHash.keyByteCount
    var body = [UInt8](repeating: 0, count: byteCount + Deposit.tagByteCount)
    let digest: Digest
    do throws(CryptoError) {
      let frontDigest = try sha.column(front)
      opener.withShares { shares in
        selected.withMutableBytes { target in
          for run in PositionRun.runs(of: positions) {
            target.copy(
              shares.extracting(run.bytes(PositionHash.keyByteCount)),
              at: run.items.lowerBound * PositionHash.keyByteCount)
          }
        }
      }
      var output = body.mutableSpan
      let context = contexts[index]
      try selected.withBytes { shares throws(CryptoError) in
        try frontDigest.withBytes { additionalData throws(CryptoError) in
          try context.sender.seal(
            additionalData: additionalData, plaintext: shares.extracting(0..<byteCount), into: &output)
        }
      }
      digest = try BulkFile.chunkDigest(frontDigest: frontDigest, body: body.span, using: &sha)
    } catch { throw .crypto(error) }
    try spool.append(front)
    try spool.append(body)
    try table.append(
      ChunkEntry(
        subject: opened.digest, records: UInt32(positions.count), byteCount: UInt32(front.count + body.count),
        encapsulation: UInt32(index), digest: digest))
    records += UInt64(positions.count)
  }

  // One HPKE context per roster under which the deposits were made.
  private mutating func context(for roster: Digest) throws(EscrowError) -> Int {
    if let index = contexts.firstIndex(where: { $0.roster == roster }) { return index }
    let warrant = authorization.warrant
    let info = ReleaseChunk.info(
      suite: .x25519, depositRoster: roster, warrant: warrant.digest, warrantRoster: warrant.roster.id,
      holder: authorization.holder.id.description)
    do {
      let sender = try HPKESender.setup(
        CipherSuite.x25519.hpke, to: warrant.body.recipientKey, info: info.span)
      contexts.append(SealingContext(roster: roster, sender: sender))
    } catch { throw .crypto(error) }
    return contexts.count - 1
  }

  private func finish(holder: borrowing Holder) throws(EscrowError) -> [UInt8] {
    let warrant = authorization.warrant
    let tableDigest: Digest
    do { tableDigest = try SHA256.digest(table.bytes) } catch { throw .crypto(error) }
    let body = ReleaseBody(
      warrant: warrant.digest, roster: warrant.roster.id, holder: authorization.holder.id,
      recipientKey: warrant.body.recipientKey, answered: answered, checked: authorization.checked,
      encapsulations: contexts.map {
        ReleaseBody.Encapsulation(roster: $0.roster, bytes: $0.sender.encapsulation)
      },
      keys: keys.count, records: records, chunks: UInt64(table.entries.count), table: tableDigest,
      isTest: warrant.body.isTest)
    var signed = try SignedText(.release, text: body.text)
    try signed.sign(with: holder.signingKey, name: authorization.holder.id.description)
    return BulkFile.front(note: signed.bytes, table: table)
  }
}

/// One HPKE context to the recipient, with what it was set up for.
private final class SealingContext {
  let roster: Digest
  var sender: HPKESender

  init(roster: Digest, sender: consuming HPKESender) {
    self.roster = roster
    self.sender = sender
  }
}
