import LibCrypto
import SecretMemory
import SecretSharing

/// A holder's answer to a warrant, being made.
///
/// The only way to share bytes of a holder: it takes a `ReleaseAuthorization`, which only a verified warrant gives, and
/// only for a `PublicProof` that the warrant is logged, witnessed and not revoked.
public struct Releaser: ~Copyable {
  private let authorization: ReleaseAuthorization
  private let answered: Timestamp
  private var opener: ColumnOpener
  private var sha: SHA256
  private var selected: SecretBytes
  private var contexts: [SealingContext] = []
  private var table = ChunkTable()
  private var records: UInt64 = 0
  private var passedOver: UInt64 = 0
  private var keys = DistinctCount()
  private var deposits: Set<Digest> = []
  private let remainingThisMonth: UInt64?
  private let counted: ScopeCount
  /// The session of the deposit last looked at, and whether the holder's part of it is confirmed.
  private var session: (session: UnverifiedSession, isConfirmed: Bool)?
  /// Why nothing is released, when nothing is: the first deposit's fault, or that all are for tests and the warrant not.
  private var firstObstacle: EscrowError?

  /// Answers `authorization`'s warrant from `source`, writing sealed chunks to `spool`.
  ///
  /// Each record is checked before any of its deposit is sealed: in scope, its tag recomputed, its share opened and
  /// compared with its digest. The number of keys is checked before anything leaves. Records of a malformed deposit are
  /// passed over and named in the answer; whatever the store itself got wrong ends it.
  ///
  /// - Parameters:
  ///   - releasedThisMonth: how many keys this holder released in the calendar month of `now` (UTC), for the roster's
  ///     monthly limit.
  ///   - progress: called with the number of records sealed so far.
  /// - Returns: the bytes that stand before the spool's in the release file: signed note, separator, chunk table.
  /// - Throws: `.warrantRefused` (nothing in scope, more keys than allowed, out of scope, test flag),
  ///   `.failedVerification` naming what in the store is wrong, or in the first deposit when there is no good record.
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
    var releaser = try Releaser(
      authorization, counted: count, answered: now, releasedThisMonth: releasedThisMonth)
    try releaser.run(holder: holder, source: source, spool: spool, progress: progress)
    // The source's count is only a first look: deposits under rosters that do not name this holder are passed over.
    guard releaser.records > 0 else { throw releaser.firstObstacle ?? .warrantRefused(.nothingInScope) }
    return try releaser.finish(holder: holder)
  }

  private init(
    _ authorization: ReleaseAuthorization, counted: ScopeCount, answered: Timestamp,
    releasedThisMonth: UInt64
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
    self.counted = counted
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
      // Test deposits are in the scope of test warrants alone.
      guard view.header.isTest == authorization.warrant.body.isTest else {
        firstObstacle = firstObstacle ?? .warrantRefused(.testFlag)
        return
      }
      try requireInScope(view)
      try answer(view, source: source, holder: holder, spool: spool)
      progress(records)
    }
    opener.close()
    selected.erase()
  }

  private func requireInScope(_ view: HolderView) throws(EscrowError) {
    let scope = authorization.warrant.body.scope
    for record in view.records {
      guard scope.contains(record.locator, depositedAt: view.header.time) else {
        throw .warrantRefused(
          .outOfScope(conversation: record.locator.conversation, epoch: record.locator.epoch))
      }
    }
    let positions = view.records.map(\.position)
    guard !positions.isEmpty, zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw .malformed(.deposit, reason: "its records are not in rising position")
    }
  }

  // Seals the good records of a deposit, and passes over those which its depositor made impossible to answer.
  private mutating func answer(
    _ view: HolderView, source: some HolderDepositSource, holder: borrowing Holder, spool: some ChunkSpool
  ) throws(EscrowError) {
    let session = try session(of: view, source: source, holder: holder)
    let examined = try opener.examine(view, under: session.roster)
    guard deposits.insert(examined.digest).inserted else {
      throw .storage(reason: "deposit \(examined.digest) was given twice")
    }
    guard session.isConfirmed else {
      return try passOver(view.records, of: examined, reason: .confirmation, spool: spool)
    }
    let opened: OpenedDeposit
    do throws(EscrowError) {
      opened = try opener.openIsolating(view, examined, positions: view.records.map(\.position))
    } catch {
      guard case .failedVerification(.sealedColumn) = error else { throw error }
      return try passOver(view.records, of: examined, reason: .sealedColumn, spool: spool)
    }
    let wrong = Set(opened.wrongPositions)
    let good = view.records.filter { !wrong.contains($0.position) }
    if !good.isEmpty { try seal(good, of: opened, spool: spool) }
    if !wrong.isEmpty {
      try passOver(
        view.records.filter { wrong.contains($0.position) }, of: examined, reason: .shareDigest, spool: spool)
    }
  }

  // Stands in the session of `view`; says which roster it is under, and whether it confirms what it sealed to the holder.
  private mutating func session(
    of view: HolderView, source: some HolderDepositSource, holder: borrowing Holder
  ) throws(EscrowError) -> (roster: Digest, isConfirmed: Bool) {
    let id = view.header.session
    if let known = session, known.session.id == id,
      !known.isConfirmed || opener.isReady(for: id, sequence: view.header.sequence)
    {
      return (known.session.header.roster, known.isConfirmed)
    }
    guard let found = try source.session(id) else {
      throw .storage(reason: "session \(id) of a deposit is missing")
    }
    guard found.id == id else {
      throw .storage(reason: "the session given for \(id) is another")
    }
    var isConfirmed = true
    do throws(EscrowError) {
      try opener.enter(found, by: holder)
    } catch {
      guard case .failedVerification(.confirmation) = error else { throw error }
      isConfirmed = false
    }
    session = (found, isConfirmed)
    return (found.header.roster, isConfirmed)
  }

  private mutating func seal(
    _ chosen: [ScopedRecord], of opened: OpenedDeposit, spool: some ChunkSpool
  ) throws(EscrowError) {
    let warrant = authorization.warrant
    for record in chosen { keys.insert(record.locator) }
    guard keys.count <= warrant.body.maximumKeys else {
      throw .warrantRefused(
        .overMaximumKeys(inScope: max(counted.keys, keys.count), maximum: warrant.body.maximumKeys))
    }
    if let remainingThisMonth, keys.count > remainingThisMonth {
      throw .warrantRefused(.overRosterLimit("maximumKeysPerMonth"))
    }
    let positions = chosen.map(\.position)
    let index = try context(for: try opener.currentRoster())
    let front = ReleaseChunk.front(
      deposit: opened.digest, publicDigest: opened.publicDigest, records: chosen)
    let byteCount = positions.count * PositionHash.keyByteCount
    var body = [UInt8](repeating: 0, count: byteCount + Deposit.tagByteCount)
    let frontDigest: Digest
    do throws(CryptoError) {
      frontDigest = try sha.column(front)
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
    } catch { throw .crypto(error) }
    try append(front, body, frontDigest, of: opened.digest, records: chosen.count, UInt32(index), to: spool)
    records += UInt64(chosen.count)
  }

  // Names records of a malformed deposit in the answer, with nothing of theirs.
  private mutating func passOver(
    _ chosen: [ScopedRecord], of examined: ExaminedDeposit, reason: PassedOverReason, spool: some ChunkSpool
  ) throws(EscrowError) {
    let front = ReleaseChunk.front(
      deposit: examined.digest, publicDigest: examined.publicDigest, records: chosen)
    let frontDigest = try EscrowError.wrapping { () throws(CryptoError) in try sha.column(front) }
    try append(
      front, PassedOverChunk.body(reason), frontDigest, of: examined.digest, records: chosen.count,
      PassedOverChunk.encapsulation, to: spool)
    passedOver += UInt64(chosen.count)
    if firstObstacle == nil {
      let failure = PassedOver(
        holder: authorization.holder.id, deposit: examined.digest, publicDigest: examined.publicDigest,
        records: chosen, reason: reason
      ).failure
      firstObstacle = .failedVerification(failure)
    }
  }

  private mutating func append(
    _ front: [UInt8], _ body: [UInt8], _ frontDigest: Digest, of deposit: Digest, records: Int,
    _ encapsulation: UInt32, to spool: some ChunkSpool
  ) throws(EscrowError) {
    let digest = try EscrowError.wrapping { () throws(CryptoError) in
      try BulkFile.chunkDigest(frontDigest: frontDigest, body: body.span, using: &sha)
    }
    try spool.append(front)
    try spool.append(body)
    try table.append(
      ChunkEntry(
        subject: deposit, records: UInt32(records), byteCount: UInt32(front.count + body.count),
        encapsulation: encapsulation, digest: digest))
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
      keys: keys.count, records: records, passedOver: passedOver, chunks: UInt64(table.entries.count),
      table: tableDigest, isTest: warrant.body.isTest, logIndex: authorization.proof.logIndex)
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
