import LibCrypto
import SecretMemory
import SecretSharing

/// Recovers one deposit after another, with contexts and buffers of its own: one worker per thread.
///
/// Nearly always everything is right: the quick way opens a minimal set of releases, combines whole columns and compares
/// every key with its commitment. If anything is wrong, it hands out nothing and the careful way
/// (`RecoveryWorker+Careful.swift`) does the deposit again with all releases, record by record, and names who is to
/// blame.
struct RecoveryWorker<Source: RecoverySource>: ~Copyable {
  let warrant: Warrant
  let source: Source
  let openers: [OpenerBox]
  var hash: PositionHash
  var sha: SHA256
  var shares: SecretBytes
  private(set) var keys: SecretBytes
  private var keysUsed = 0
  private var vectors: [VectorKey: ReconstructionVector?] = [:]

  private struct VectorKey: Hashable {
    let roster: Digest
    let holders: Set<HolderID>
  }

  /// A worker that opens releases with `openers`, which are its own: one thread uses a context.
  init(warrant: Warrant, openers: [OpenerBox], source: Source) throws(EscrowError) {
    do throws(CryptoError) {
      let hash = try PositionHash()
      let sha = try SHA256()
      // Locked memory takes long to get: what works with it gets it, in its own thread.
      let shares = try SecretBytes.allocated(0)
      let keys = try SecretBytes.allocated(0)
      self.hash = hash
      self.sha = sha
      self.shares = shares
      self.keys = keys
    } catch { throw .crypto(error) }
    self.warrant = warrant
    self.source = source
    self.openers = openers
  }

  /// Recovers what can be recovered of `deposit` into `output`.
  mutating func recover(_ deposit: Digest, into output: RecoveredDeposit) {
    do throws(EscrowError) {
      try attempt(deposit, into: output)
    } catch {
      output.error = error
    }
    shares.erase()
    keys.erase(first: keysUsed)
    keysUsed = 0
  }

  private mutating func attempt(_ deposit: Digest, into output: RecoveredDeposit) throws(EscrowError) {
    let holding = openers.filter { $0.chunk(of: deposit) != nil }
    let listed = holding.map { $0.recordCount(of: deposit) }.max() ?? 0
    guard
      let subject = try RecoverySubject(deposit, from: source, warrant: warrant, hash: &hash, sha: &sha)
    else {
      output.blame(.store, deposit, .storeColumns(deposit: deposit))
      output.report.missing += UInt64(listed)
      return
    }
    guard let vector = vector(subject.roster, Set(holding.map(\.holder))) else {
      output.report.withoutQuorum.append(deposit)
      output.report.missing += UInt64(listed)
      return
    }
    let isDone: Bool
    do throws(EscrowError) {
      isDone = try recoverQuickly(subject, holding: holding, vector: vector, output: output)
    } catch {
      // Who is to blame is for the careful way to say.
      guard case .failedVerification = error else { throw error }
      isDone = false
    }
    if !isDone { try recoverCarefully(subject, holding: holding, listed: listed, output: output) }
  }

  // Opens, combines and compares whole columns; answers false, having handed out nothing, unless all is right and all
  // releases agree on how many records there are.
  private mutating func recoverQuickly(
    _ subject: RecoverySubject, holding: [OpenerBox], vector: ReconstructionVector, output: RecoveredDeposit
  ) throws(EscrowError) -> Bool {
    guard Set(holding.map { $0.recordCount(of: subject.deposit) }).count == 1 else { return false }
    var list: RecordList?
    var first: ReleaseChunkBytes?
    var length = 0
    // Every release is read and compared, also those that are not needed: one that was tampered with is to be named.
    for box in holding {
      guard let index = box.chunk(of: subject.deposit) else { return false }
      let chunk = try box.opener.read(index, using: &sha)
      guard chunk.publicDigest == subject.publicDigest,
        box.opener.depositRoster(of: index) == subject.roster.id
      else { return false }
      if let first {
        // The same bytes need no second check.
        guard chunk.listsSameRecords(as: first) else { return false }
      } else {
        let checked = try checkedList(of: chunk, index: index, holder: box.holder, subject: subject)
        length = checked.count * PositionHash.keyByteCount
        try reserveShares(vector.holders.count * length)
        list = checked
        first = chunk
      }
      guard let slot = vector.holders.firstIndex(of: box.holder) else { continue }
      let range = slot * length..<(slot + 1) * length
      try shares.withMutableBytes { shares throws(EscrowError) in
        try shares.withSlice(range) { column throws(EscrowError) in
          try box.opener.open(chunk, index: index, into: &column)
        }
      }
    }
    guard let list else { return false }
    try combine(vector, length: length)
    for run in PositionRun.runs(of: list.positions) {
      guard try matchesCommitments(run, subject: subject) else { return false }
    }
    try keys.withBytes { keys throws(EscrowError) in
      try output.append(locators: list.locators[...], keys: keys.extracting(0..<length))
    }
    return true
  }

  /// The records that a chunk lists, once each one's tag is that of its locator and each is in the warrant's scope.
  mutating func checkedList(
    of chunk: ReleaseChunkBytes, index: Int, holder: HolderID, subject: RecoverySubject
  ) throws(EscrowError) -> RecordList {
    let count = subject.view.header.count
    guard let list = chunk.withParts({ records, _ in RecordList(records, depositCount: count) }) else {
      throw .failedVerification(.chunk(.release, index: index))
    }
    for run in PositionRun.runs(of: list.positions) {
      var expected = [UInt8].zeros(run.count * PositionHash.tagByteCount)
      var output = expected.mutableSpan
      do {
        try hash.column(
          salt: subject.salts.record, first: run.first,
          items: list.locators.span.extracting(RecordList.bytes(run.items)),
          itemByteCount: RecordLocator.byteCount, into: &output, digestByteCount: PositionHash.tagByteCount)
      } catch { throw .crypto(error) }
      let tags = subject.view.tags.span.extracting(run.bytes(PositionHash.tagByteCount))
      guard tags.hasSamePublicBytes(as: expected.span) else {
        throw .failedVerification(.tag(position: run.first))
      }
    }
    guard list.firstOutside(warrant.body.scope, depositedAt: subject.view.header.time) == nil else {
      throw .failedVerification(.otherWarrant(holder))
    }
    return list
  }

  // Whether the keys of `run`, which lie at the run's items, are those committed to. Commitments are public, and so is
  // whether a key matches: it is handed out or named.
  private mutating func matchesCommitments(
    _ run: PositionRun, subject: RecoverySubject
  ) throws(EscrowError) -> Bool {
    var digests = [UInt8].zeros(run.count * PositionHash.commitmentByteCount)
    var output = digests.mutableSpan
    let items =
      run.items.lowerBound * PositionHash.keyByteCount..<run.items.upperBound * PositionHash.keyByteCount
    do {
      try keys.withBytes { keys throws(CryptoError) in
        try hash.column(
          salt: subject.salts.commitment, first: run.first, items: keys.extracting(items),
          itemByteCount: PositionHash.keyByteCount, into: &output,
          digestByteCount: PositionHash.commitmentByteCount)
      }
    } catch { throw .crypto(error) }
    #if PLANTED_SKIPPED_COMMITMENT  // A bug that the fuzzers must find: Scripts/fuzz --planted.
      return true
    #else
      let commitments = subject.view.commitments.span.extracting(run.bytes(PositionHash.commitmentByteCount))
      return commitments.hasSamePublicBytes(as: digests.span)
    #endif
  }

  /// Whether the one key at the front of `keys` is the one committed to at `position`.
  mutating func matchesCommitment(at position: UInt32, subject: RecoverySubject) throws(EscrowError) -> Bool {
    guard let run = PositionRun.runs(of: [position]).first else { return false }
    return try matchesCommitments(run, subject: subject)
  }

  /// `keys = λ · shares`, for `length` bytes per column.
  mutating func combine(_ vector: ReconstructionVector, length: Int) throws(EscrowError) {
    try reserveKeys(length)
    keysUsed = max(keysUsed, length)
    do {
      try shares.withBytes { shares throws(SharingError) in
        try keys.withMutableBytes { keys throws(SharingError) in
          try keys.withSlice(0..<length) { keys throws(SharingError) in
            try vector.combine(
              shares: shares.extracting(0..<vector.holders.count * length), length: length, into: &keys)
          }
        }
      }
    } catch { throw .sharing(error) }
  }

  /// λ of a minimal set within `holders`, computed once per roster and set; nil when they are too few.
  mutating func vector(_ roster: Roster, _ holders: Set<HolderID>) -> ReconstructionVector? {
    let key = VectorKey(roster: roster.id, holders: holders)
    if let known = vectors[key] { return known }
    let vector = roster.matrix.reconstructionVector(for: holders)
    vectors[key] = .some(vector)
    return vector
  }

  // Makes room for `byteCount` bytes of keys, and at once for as many as the largest chunk has.
  private mutating func reserveKeys(_ byteCount: Int) throws(EscrowError) {
    guard byteCount > keys.count else { return }
    let most = openers.map(\.maximumRecords).max() ?? 0
    do {
      keys = try SecretBytes.allocated(max(byteCount, most * PositionHash.keyByteCount))
    } catch { throw .crypto(error) }
  }

  /// Makes room for `byteCount` bytes of shares.
  mutating func reserveShares(_ byteCount: Int) throws(EscrowError) {
    guard byteCount > shares.count else { return }
    do { shares = try SecretBytes.allocated(byteCount) } catch { throw .crypto(error) }
  }
}
