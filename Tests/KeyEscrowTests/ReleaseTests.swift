import Foundation
import LibCrypto
import SecretMemory
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Releases: a holder gives what the warrant names, and nothing else")
struct ReleaseTests {
  /// What releasing from `source` throws, or nil.
  static func refusal(
    _ escrow: Escrow, _ warrant: UnverifiedWarrant, by name: String = "judge", from source: LyingSource
  ) -> EscrowError? {
    do {
      _ = try escrow.releaseBytes(warrant, by: name, from: source)
      return nil
    } catch { return error as? EscrowError }
  }

  // MARK: scope and caps

  @Test("A record out of scope is refused, whatever the store says")
  func outOfScope() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(4, conversation: conversation(1)))
    try escrow.deposit(try TestKey.run(1, conversation: conversation(2), from: 1))
    let late = Escrow.start.adding(seconds: 100)
    try escrow.deposit(try TestKey.run(1, conversation: conversation(1), from: 1), now: late)
    let warrant = try escrow.warrant(
      try escrow.body([conversation(1)], epochs: 1...2, deposited: Escrow.start...Escrow.start))
    func refusal(_ served: WarrantScope) -> EscrowError? {
      Self.refusal(escrow, warrant, from: LyingSource(store: escrow.store, served: served))
    }
    func outOfScope(_ byte: UInt8, _ epoch: UInt64) -> EscrowError {
      .warrantRefused(.outOfScope(conversation: conversation(byte), epoch: epoch))
    }
    #expect(refusal(warrant.body.scope) == nil)
    #expect(try refusal(WarrantScope(conversations: [conversation(2)])) == outOfScope(2, 1))
    #expect(try refusal(WarrantScope(conversations: [conversation(1)], epochs: 0...0)) == outOfScope(1, 0))
    #expect(try refusal(WarrantScope(conversations: [conversation(1)], epochs: 2...3)) == outOfScope(1, 3))
    #expect(
      try refusal(WarrantScope(conversations: [conversation(1)], epochs: 1...1, deposited: late...late))
        == outOfScope(1, 1))
  }

  @Test("The holder counts for itself how many keys it gives")
  func overCap() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(3, conversation: conversation(1))
    try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)], maximumKeys: 2))
    let over = EscrowError.warrantRefused(.overMaximumKeys(inScope: 3, maximum: 2))
    let spool = MemorySpool()
    let honest = LyingSource(store: escrow.store)
    #expect(Self.refusal(escrow, warrant, from: honest) == over)
    let lying = LyingSource(store: escrow.store, counted: ScopeCount(keys: 1, records: 3))
    #expect(Self.refusal(escrow, warrant, from: lying) == over)
    #expect(spool.bytes == [])
    // A pair deposited again is the same key.
    let two = try Escrow()
    let pair = Array(keys[..<2])
    for _ in 0..<3 { try two.deposit(pair) }
    let enough = try two.warrant(try two.body([conversation(1)], maximumKeys: 2))
    let release = try two.release(enough, by: "judge")
    #expect(release.body.keys == 2)
    #expect(release.body.records == 6)
    let tooFew = try two.warrant(try two.body([conversation(1)], maximumKeys: 1))
    #expect(
      Self.refusal(two, tooFew, from: LyingSource(store: two.store))
        == .warrantRefused(.overMaximumKeys(inScope: 2, maximum: 1)))
  }

  @Test("The roster's monthly limit counts what was released before")
  func monthly() throws {
    let escrow = try Escrow(limits: RosterLimits(maximumKeysPerMonth: 5))
    try escrow.deposit(try TestKey.run(3, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let authorization = try warrant.verified(by: escrow.roster, now: Escrow.start)
      .authorization(for: try escrow.id("judge"))
    let judge = try escrow.holder("judge")
    func release(after released: UInt64) throws {
      _ = try Releaser.release(
        authorization, by: judge.holder, from: escrow.store, spool: MemorySpool(), now: Escrow.start,
        releasedThisMonth: released)
    }
    try release(after: 2)
    for released in [UInt64(3), 5, 6, .max] {
      #expect(throws: EscrowError.warrantRefused(.overRosterLimit("maximumKeysPerMonth"))) {
        try release(after: released)
      }
    }
  }

  @Test("Nothing in scope is no answer")
  func nothingInScope() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(3, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(2)]))
    let nothing = EscrowError.warrantRefused(.nothingInScope)
    #expect(Self.refusal(escrow, warrant, from: LyingSource(store: escrow.store)) == nothing)
    let lying = LyingSource(store: escrow.store, counted: ScopeCount(keys: 1, records: 1))
    #expect(Self.refusal(escrow, warrant, from: lying) == nothing)
    #expect(throws: nothing) {
      _ = try Extract.write(
        for: warrant, holder: try escrow.id("judge"), roster: escrow.roster, from: escrow.store,
        spool: MemorySpool(), signedBy: try Ed25519PrivateKey.generate(), now: Escrow.start)
    }
  }

  // MARK: what a store can alter

  @Test("A record relabelled into scope is found by its tag")
  func relabelled() throws {
    let escrow = try Escrow()
    let keys =
      try TestKey.run(1, conversation: conversation(1)) + TestKey.run(2, conversation: conversation(2))
    try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    // The store files the neighbour's record under the conversation that the warrant names, beside the real one or
    // in its place; or moves the real one to another epoch or position.
    func refusal(_ records: [ScopedRecord]) -> EscrowError? {
      Self.refusal(
        escrow, warrant, from: LyingSource(store: escrow.store, alter: { $0.records = records }))
    }
    let real = ScopedRecord(position: 0, locator: keys[0].locator)
    let other = RecordLocator(conversation: conversation(1), epoch: 1)
    #expect(refusal([real]) == nil)
    #expect(
      refusal([real, ScopedRecord(position: 1, locator: other)]) == .failedVerification(.tag(position: 1)))
    #expect(refusal([ScopedRecord(position: 2, locator: other)]) == .failedVerification(.tag(position: 2)))
    #expect(refusal([ScopedRecord(position: 0, locator: other)]) == .failedVerification(.tag(position: 0)))
    #expect(
      refusal([ScopedRecord(position: 1, locator: keys[0].locator)])
        == .failedVerification(.tag(position: 1)))
    // A list that is none.
    let order = EscrowError.malformed(.deposit, reason: "its records are not in rising position")
    #expect(refusal([real, real]) == order)
    #expect(refusal([]) == order)
    #expect(
      refusal([real, ScopedRecord(position: 3, locator: other)])
        == .malformed(.deposit, reason: "a column has not the length that its header says"))
    #expect(
      refusal([ScopedRecord(position: .max, locator: other)])
        == .malformed(.deposit, reason: "a column has not the length that its header says"))
  }

  @Test("No byte of what a holder reads can be altered: it is no longer the deposit that the store names")
  func alteredColumns() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let wrong = try SHA256.digest([9])
    let alterations: [(String, (inout HolderView) -> Void)] = [
      ("tag", { $0.tags[0] ^= 1 }),
      ("its share digest", { $0.shareDigests[31] ^= 1 }),
      ("sealed column", { $0.sealedColumn[0] ^= 1 }),
      ("GCM tag", { $0.sealedColumn[79] ^= 0x80 }),
      ("digest of the commitments", { $0.digests.commitments = wrong }),
      ("digest of another's share digests", { $0.digests.shares[2] = wrong }),
      (
        "time",
        { view in
          let header = view.header
          view.header = DepositHeader(
            suite: header.suite, isTest: header.isTest, rows: header.rows, count: header.count,
            sequence: header.sequence, time: header.time.adding(seconds: 1), session: header.session,
            previous: header.previous)
        }
      ),
      (
        "number",
        { view in
          let header = view.header
          view.header = DepositHeader(
            suite: header.suite, isTest: header.isTest, rows: header.rows, count: header.count, sequence: 1,
            time: header.time, session: header.session, previous: header.previous)
        }
      ),
    ]
    for (what, alter) in alterations {
      let source = LyingSource(store: escrow.store, alter: alter)
      for name in ["judge", "provider"] {
        let number: UInt64 = what == "number" ? 1 : 0
        let expected = EscrowError.failedVerification(.depositDigest(sequence: number))
        #expect(Self.refusal(escrow, warrant, by: name, from: source) == expected, "\(what)")
      }
    }
    let lengths: [(inout HolderView) -> Void] = [
      { $0.tags.removeLast() }, { $0.tags += [0] }, { $0.shareDigests.removeLast() },
      { $0.sealedColumn.removeLast() }, { $0.sealedColumn = [] }, { $0.digests.shares.removeLast() },
      { $0.ciphertextDigests.removeLast() }, { $0.ciphertextDigests = [] },
    ]
    for alter in lengths {
      #expect(
        Self.refusal(escrow, warrant, from: LyingSource(store: escrow.store, alter: alter))
          == .malformed(.deposit, reason: "a column has not the length that its header says"))
    }
  }

  @Test("A session that is missing, another, or not signed")
  func sessions() throws {
    let escrow = try Escrow()
    let submission = try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let other = try escrow.deposit(try TestKey.run(2, conversation: conversation(2)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    func refusal(_ session: UnverifiedSession?) -> EscrowError? {
      Self.refusal(
        escrow, warrant, from: LyingSource(store: escrow.store, session: { _ in session }))
    }
    let id = submission.session.id
    #expect(refusal(nil) == .storage(reason: "session \(id) of a deposit is missing"))
    #expect(refusal(other.session) == .storage(reason: "the session given for \(id) is another"))
    var forged = try SignedText(.session, text: submission.session.header.text)
    try forged.sign(with: try Ed25519PrivateKey.generate(), name: "depositor")
    #expect(
      refusal(try UnverifiedSession(reading: forged.bytes))
        == .failedVerification(.signatureMissing(.session, signer: "depositor")))
  }

  @Test("A deposit given twice is refused")
  func twice() throws {
    let escrow = try Escrow()
    let submission = try escrow.deposit(try TestKey.run(1, conversation: conversation(1)))
    escrow.store.alter { $0.deposits += $0.deposits }
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    #expect(
      throws: EscrowError.storage(reason: "deposit \(submission.deposits[0].deposit.digest) was given twice")
    ) { _ = try escrow.releaseBytes(warrant, by: "judge") }
  }

  @Test("Test warrants open test deposits, and real ones real deposits")
  func testFlag() throws {
    let escrow = try Escrow(log: try WitnessedLog())
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    try escrow.deposit([key], isTest: true)
    let real = try escrow.warrant(try escrow.body([conversation(1)]))
    let drill = try escrow.warrant(try escrow.body([conversation(1)], isTest: true))
    #expect(
      Self.refusal(escrow, real, from: LyingSource(store: escrow.store)) == .warrantRefused(.testFlag))
    let releases = try ["judge", "agency"].map { try escrow.release(drill, by: $0) }
    #expect(releases[0].body.isTest)
    #expect(try escrow.recover(drill, releases).keys == [key])
    try escrow.deposit(try TestKey.run(1, conversation: conversation(2)))
    // A test deposit under a real pseudonym, or the reverse, is not in scope and keeps nobody from the rest.
    let mixed = try escrow.warrant(try escrow.body([conversation(1), conversation(2)], isTest: true))
    let answers = try ["judge", "agency"].map { try escrow.release(mixed, by: $0) }
    #expect(answers.map(\.body.records) == [1, 1])
    #expect(answers.map(\.body.passedOver) == [0, 0])
    #expect(try escrow.recover(mixed, answers).keys == [key])
    let extract = try Self.extract(escrow, mixed, for: "judge")
    #expect(try ExtractFile(MemoryBytes(extract)).body.records == 1)
  }

  // MARK: malformed deposits

  @Test("Garbage under a known pseudonym is passed over and named, and the real key comes out")
  func garbage() throws {
    let escrow = try Escrow()
    let judge = try escrow.id("judge")
    let real = try TestKey.run(3, conversation: conversation(1))
    let wrong = try SHA256.digest([0])
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let sealed = try rogue.deposit(real, alterSealed: { $0[0][0] ^= 1 })
    let shared = try rogue.deposit(real, alter: { $0.shares[0][32 * 1 + 5] ^= 1 })
    try escrow.store.accept(try rogue.submission([sealed, shared]), roster: escrow.roster)
    var unconfirmed = try RogueSession(roster: escrow.roster, depositor: escrow.depositor) { recipients in
      recipients[0] = SessionHeader.Recipient(
        holder: recipients[0].holder, encapsulation: recipients[0].encapsulation, confirmation: wrong)
    }
    let confirmation = [try unconfirmed.deposit(real), try unconfirmed.deposit([real[0]])]
    try escrow.store.accept(try unconfirmed.submission(confirmation), roster: escrow.roster)
    try escrow.deposit(real)
    // Garbage does not count against the warrant's cap either: three keys are allowed, and three are real.
    let warrant = try escrow.warrant(try escrow.body([conversation(1)], maximumKeys: 3))
    let release = try escrow.release(warrant, by: "judge")
    #expect(release.body.records == 3 + 2)
    #expect(release.body.passedOver == 3 + 1 + 3 + 1)
    #expect(release.body.keys == 3)
    let named = try release.passedOver()
    func passed(_ deposit: ListedDeposit, _ positions: [Int], _ reason: PassedOverReason) -> PassedOver {
      PassedOver(
        holder: judge, deposit: deposit.deposit.digest, publicDigest: deposit.deposit.publicDigest,
        records: positions.map { ScopedRecord(position: UInt32($0), locator: real[$0].locator) },
        reason: reason)
    }
    let expected = [
      passed(sealed, [0, 1, 2], .sealedColumn), passed(shared, [1], .shareDigest),
      passed(confirmation[0], [0, 1, 2], .confirmation), passed(confirmation[1], [0], .confirmation),
    ]
    #expect(Set(named) == Set(expected) && named.count == expected.count)
    // The agency's columns are in order, so it answers for all; the judge's word decides what cannot be opened.
    let agency = try escrow.release(warrant, by: "agency")
    #expect(agency.body.passedOver == 0)
    let (keys, report) = try escrow.recover(warrant, [release, agency])
    #expect(Set(keys) == Set(real))
    #expect(
      Set(report.faults)
        == Set(expected.map { RecoveryFault(culprit: .depositor, deposit: $0.deposit, failure: $0.failure) }))
    #expect(report.missing == 3 + 1 + 3 + 1)
  }

  @Test("Where nothing but garbage is in scope, nothing is released, and the reason is named")
  func onlyGarbage() throws {
    let escrow = try Escrow()
    let provider = try escrow.id("provider")
    let keys = try TestKey.run(1, conversation: conversation(1))
    let alterations: [((inout DepositParts) -> Void, (inout [[UInt8]]) -> Void, VerificationFailure)] = [
      ({ _ in }, { $0[1][0] ^= 1 }, .sealedColumn(provider)),
      ({ $0.shares[1][0] ^= 1 }, { _ in }, .shareDigest(provider, position: 0)),
    ]
    for (index, (alter, alterSealed, failure)) in alterations.enumerated() {
      let warrant = try escrow.warrant(try escrow.body([conversation(UInt8(index + 1))]))
      let key = try TestKey.random(conversation: conversation(UInt8(index + 1)), epoch: keys[0].locator.epoch)
      var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
      let listed = try rogue.deposit([key], alter: alter, alterSealed: alterSealed)
      try escrow.store.accept(try rogue.submission([listed]), roster: escrow.roster)
      #expect(throws: EscrowError.failedVerification(failure)) {
        _ = try escrow.releaseBytes(warrant, by: "provider")
      }
      #expect(try escrow.release(warrant, by: "judge").body.records == 1)
    }
  }

  @Test("A holder's list of what it passed over must be one")
  func passedOverChunks() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(2, conversation: conversation(1))
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let listed = try rogue.deposit(keys, alterSealed: { $0[0][0] ^= 1 })
    try escrow.store.accept(try rogue.submission([listed]), roster: escrow.roster)
    try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let bytes = try escrow.releaseBytes(warrant, by: "judge")
    let release = try escrow.verifiedRelease(warrant, bytes)
    let index = try #require(release.reader.entries.firstIndex { !$0.isSealed })
    let chunk = try release.reader.chunk(index)
    #expect(chunk.count == PassedOverChunk.byteCount(records: 2))
    let start = try #require(bytes.firstRange(of: chunk)?.lowerBound)
    // An altered chunk is found by its digest, wherever it is read.
    var altered = bytes
    altered[start + chunk.count - 1] ^= 1
    let unread = try escrow.verifiedRelease(warrant, altered)
    #expect(throws: EscrowError.failedVerification(.chunk(.release, index: index))) {
      _ = try unread.passedOver()
    }
    #expect(try unread.alteredChunks().map(\.failure) == [.chunk(.release, index: index)])
    // A chunk that its holder signed, but that says nothing: reason 0 or 4, positions that fall.
    for reason in [UInt8(0), 4] {
      var wrong = chunk
      wrong[chunk.count - 1] = reason
      #expect(try Self.parse(wrong, like: release, index) == nil)
    }
    var falling = chunk
    falling[ReleaseChunk.fixedByteCount + 3] = 2
    #expect(try Self.parse(falling, like: release, index) == nil)
    #expect(try Self.parse(chunk, like: release, index)?.reason == .sealedColumn)
  }

  private static func parse(_ bytes: [UInt8], like release: Release, _ index: Int) throws -> PassedOver? {
    let entry = release.reader.entries[index]
    let front = ReleaseChunk.fixedByteCount + Int(entry.records) * ReleaseChunk.recordByteCount
    let chunk = ReleaseChunkBytes(
      publicDigest: entry.subject, frontDigest: entry.subject, bytes: bytes, frontByteCount: front)
    return PassedOverChunk.parse(chunk, of: entry.subject, by: release.body.holder)
  }

  // MARK: what leaves

  @Test("A release seals the shares in scope and no other")
  func sealsOnlyScope() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(10, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)], epochs: 2...4))
    let verified = try warrant.verifiedForRecovery(by: escrow.roster)
    for name in ["judge", "provider", "agency"] {
      let release = try escrow.release(warrant, by: name)
      #expect(release.body.records == 3)
      let opener = try ReleaseOpener(release, warrant: verified, recipientKey: escrow.recipientKey.key)
      var sha = try SHA256()
      let chunk = try opener.read(0, using: &sha)
      let sealedByteCount = chunk.withParts { _, sealed in sealed.count }
      #expect(sealedByteCount == 112)
      var opened = [UInt8](repeating: 0, count: 96)
      var output = opened.mutableSpan
      try opener.open(chunk, index: 0, into: &output)
      let box = try escrow.holder(name)
      let row = try #require(escrow.roster.row(of: box.holder.id))
      let deposit = escrow.store.deposits[0].deposit
      var column = try ColumnOpener(holder: box.holder.id, roster: escrow.roster)
      try column.enter(try #require(escrow.store.session(deposit.header.session)), by: box.holder)
      _ = try column.open(try escrow.store.view(deposit, row: row, records: []), positions: nil)
      let shares = column.withShares { SecretBytes.copy($0) }
      #expect(opened == Array(shares[64..<160]))
    }
  }

  @Test("A chunk opens for its own holder, warrant and roster alone")
  func bindings() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(2, conversation: conversation(1))
    try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let another = try escrow.warrant(try escrow.body([conversation(1)]))
    let judge = try escrow.release(warrant, by: "judge")
    let agency = try escrow.id("agency")
    #expect(
      try escrow.recover(warrant, [judge, try escrow.rogueRelease(warrant, by: "agency", RogueRelease())])
        .keys
        == keys)
    // The agency signs, as its own, what the provider sealed, or what was sealed for another warrant.
    for rogue in [RogueRelease(sealedAs: "provider"), RogueRelease(sealedFor: another.digest)] {
      let release = try escrow.rogueRelease(warrant, by: "agency", rogue)
      let result = try escrow.recover(warrant, [judge, release])
      #expect(result.keys == [])
      #expect(
        result.report.faults.map(\.failure) == [.releaseDoesNotOpen(agency)])
      #expect(result.report.faults.map(\.culprit) == [.holder(agency)])
    }
  }

  // MARK: release files

  @Test("A release is for its warrant, by its holder, whole")
  func files() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(3, conversation: conversation(1)), batch: 2)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let another = try escrow.warrant(try escrow.body([conversation(1)]))
    let bytes = try escrow.releaseBytes(warrant, by: "judge")
    let judge = try escrow.id("judge")
    func refusal(_ bytes: [UInt8], _ warrant: UnverifiedWarrant) -> EscrowError? {
      do {
        _ = try escrow.verifiedRelease(warrant, bytes)
        return nil
      } catch { return error as? EscrowError }
    }
    #expect(refusal(bytes, warrant) == nil)
    #expect(refusal(bytes, another) == .failedVerification(.otherWarrant(judge)))
    #expect(
      refusal(Array(bytes.dropLast()), warrant) == .malformed(.release, reason: "it ends inside a chunk"))
    #expect(
      refusal(bytes + [0], warrant) == .malformed(.release, reason: "it goes on after its last chunk"))
    let separator = try #require(bytes.firstRange(of: BulkFile.separator))
    #expect(
      refusal(Array(bytes[..<separator.lowerBound]), warrant)
        == .malformed(.release, reason: "it has no separator line after its note"))
    #expect(
      refusal(Array(bytes[..<(separator.upperBound + 75)]), warrant)
        == .malformed(.release, reason: "it ends inside its chunk table"))
    var table = bytes
    table[separator.upperBound] ^= 1
    #expect(refusal(table, warrant) == .failedVerification(.chunk(.release, index: -1)))
    let note = String(decoding: bytes[..<separator.lowerBound], as: UTF8.self)
    let altered =
      Array(note.replacing("\"records\": 3", with: "\"records\": 4").utf8) + bytes[separator.lowerBound...]
    #expect(refusal(altered, warrant) == .failedVerification(.badSignature(.release, signer: "judge")))
    let renamed =
      Array(note.replacing("\u{2014} judge", with: "\u{2014} other").utf8) + bytes[separator.lowerBound...]
    #expect(refusal(renamed, warrant) == .failedVerification(.signatureMissing(.release, signer: "judge")))
    let stranger = try Escrow("and(judge, or(provider, agency:b))")
    try stranger.deposit(try TestKey.run(1, conversation: conversation(1)))
    let foreign = try stranger.warrant(try stranger.body([conversation(1)], recipient: "agency:b"))
    let foreignBytes = try stranger.releaseBytes(foreign, by: "agency:b")
    #expect(
      refusal(foreignBytes, warrant) == .warrantRefused(.unknownHolder(try HolderID(parsing: "agency:b"))))
  }

  @Test("A holder's table that contradicts itself is refused")
  func tables() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(4, conversation: conversation(1)), batch: 2)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    func entry(
      _ entry: ChunkEntry, records: UInt32? = nil, byteCount: UInt32? = nil, encapsulation: UInt32? = nil,
      subject: Digest? = nil
    ) -> ChunkEntry {
      ChunkEntry(
        subject: subject ?? entry.subject, records: records ?? entry.records,
        byteCount: byteCount ?? entry.byteCount, encapsulation: encapsulation ?? entry.encapsulation,
        digest: entry.digest)
    }
    func refusal(_ alter: @escaping (inout [ChunkEntry]) -> Void) -> EscrowError? {
      do {
        _ = try escrow.rogueRelease(warrant, by: "judge", RogueRelease(alterTable: alter))
        return nil
      } catch { return error as? EscrowError }
    }
    let bounds = EscrowError.malformed(.release, reason: "an entry of its chunk table is out of bounds")
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0[0] = entry($0[0], encapsulation: 1) } == bounds)
    #expect(refusal { $0[0] = entry($0[0], records: 3) } == bounds)
    #expect(
      refusal {
        $0[0] = entry($0[0], byteCount: $0[0].byteCount + 1)
        $0[1] = entry($0[1], byteCount: $0[1].byteCount - 1)
      } == bounds)
    #expect(
      refusal { $0[0] = entry($0[0], byteCount: .max) }
        == .malformed(.release, reason: "it ends inside a chunk"))
    #expect(
      refusal { $0[1] = entry($0[1], subject: $0[0].subject) }
        == .malformed(.release, reason: "it holds two chunks of one deposit"))
    #expect(refusal { $0.removeLast() } == .malformed(.release, reason: "it goes on after its last chunk"))
    #expect(throws: EscrowError.file(reason: "the chunk table ends inside an entry")) {
      _ = try ChunkTable(parsing: [UInt8](repeating: 0, count: 75))
    }
  }

  @Test("What a note says of its checks are names")
  func checkedNames() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(1, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let text = try escrow.release(warrant, by: "judge").body.text
    for name in ["in force", "in\u{202E}force", "", String(repeating: "a", count: 65), "In-Force"] {
      #expect(
        throws: EscrowError.malformed(
          .release, reason: "release.checked holds something other than names of requirements")
      ) { try ReleaseBody(parsing: text.replacing("\"in-force\"", with: "\"\(name)\"")) }
    }
    #expect(
      throws: EscrowError.malformed(
        .release, reason: "release.recipientKey is not 64 lowercase hexadecimal digits")
    ) {
      try ReleaseBody(parsing: text.replacing("\"recipientKey\": \"", with: "\"recipientKey\": \"0"))
    }
    #expect(
      throws: EscrowError.malformed(
        .release, reason: "release.encapsulations are none, or two for one roster")
    ) {
      let start = try #require(text.range(of: "  \"encapsulations\": ["))
      let end = try #require(text.range(of: "  ],\n", range: start.upperBound..<text.endIndex))
      _ = try ReleaseBody(parsing: text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: ""))
    }
  }

  // MARK: extracts

  static func extract(
    _ escrow: Escrow, _ warrant: UnverifiedWarrant, for name: String
  ) throws -> [UInt8] {
    let spool = MemorySpool()
    let front = try Extract.write(
      for: warrant, holder: try escrow.id(name), roster: escrow.roster, from: escrow.store, spool: spool,
      signedBy: try Ed25519PrivateKey.generate(), now: Escrow.start)
    return front + spool.bytes
  }

  @Test("An extract carries its holder's column and no stranger's pseudonym")
  func extractContents() throws {
    let escrow = try Escrow()
    try escrow.deposit(
      try TestKey.run(2, conversation: conversation(0xA1)) + TestKey.run(2, conversation: conversation(0xB2)))
    try escrow.deposit(try TestKey.run(2, conversation: conversation(0xB2), from: 2))
    let warrant = try escrow.warrant(try escrow.body([conversation(0xA1)]))
    let deposit = escrow.store.deposits[0].deposit
    let elsewhere = escrow.store.deposits[1].deposit
    for (row, name) in ["judge", "provider", "agency"].enumerated() {
      let bytes = try Self.extract(escrow, warrant, for: name)
      func holds(_ sought: [UInt8]) -> Bool { bytes.firstRange(of: sought) != nil }
      #expect(holds(conversation(0xA1).bytes))
      #expect(!holds(conversation(0xB2).bytes))
      #expect(!holds(Array(conversation(0xB2).hex.utf8)))
      for other in 0..<3 {
        #expect(holds(deposit.sealedColumns[other]) == (other == row))
        #expect(holds(deposit.publicPart.shareDigests[other]) == (other == row))
      }
      #expect(!holds(deposit.publicPart.commitments))
      #expect(!holds(elsewhere.digest.bytes))
      #expect(!holds(elsewhere.sealedColumns[row]))
    }
  }

  @Test("An altered extract, or another holder's, gives no release")
  func extractRefused() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(3, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let bytes = try Self.extract(escrow, warrant, for: "judge")
    func refusal(_ bytes: [UInt8], by name: String = "judge") -> EscrowError? {
      do {
        _ = try escrow.releaseBytes(warrant, by: name, from: try ExtractFile(MemoryBytes(bytes)))
        return nil
      } catch { return error as? EscrowError }
    }
    #expect(refusal(bytes) == nil)
    // Sealed to the judge, it is nobody else's part of the deposit.
    #expect(refusal(bytes, by: "agency") == .failedVerification(.depositDigest(sequence: 0)))
    var chunk = bytes
    chunk[bytes.count - 1] ^= 1
    #expect(refusal(chunk) == .failedVerification(.chunk(.extract, index: 1)))
    let separator = try #require(bytes.firstRange(of: BulkFile.separator))
    var header = bytes
    header[separator.upperBound + 2 * 76] ^= 1
    #expect(refusal(header) == .failedVerification(.chunk(.extract, index: 0)))
    var table = bytes
    table[separator.upperBound + 40] ^= 1
    #expect(refusal(table) == .failedVerification(.chunk(.extract, index: -1)))
    let note = String(decoding: bytes[..<separator.lowerBound], as: UTF8.self)
    let altered =
      Array(note.replacing("\"keys\": 3", with: "\"keys\": 2").utf8) + bytes[separator.lowerBound...]
    #expect(refusal(altered) == .failedVerification(.badSignature(.extract, signer: "store")))
    let count = Array(note.replacing("\"chunks\": 2", with: "\"chunks\": 1048577").utf8)
    #expect(
      refusal(count + bytes[separator.lowerBound...])
        == .malformed(.extract, reason: "extract.chunks is not in 1...1048576"))
    for (holder, roster) in [("agency:x", escrow.roster), ("judge", try Escrow().roster)] {
      let expected: WarrantRefusal =
        roster.id == escrow.roster.id
        ? .unknownHolder(try HolderID(parsing: holder)) : .otherRoster(escrow.roster.id)
      #expect(throws: EscrowError.warrantRefused(expected)) {
        _ = try Extract.write(
          for: warrant, holder: try HolderID(parsing: holder), roster: roster, from: escrow.store,
          spool: MemorySpool(), signedBy: try Ed25519PrivateKey.generate(), now: Escrow.start)
      }
    }
  }

  @Test("A chunk of an extract has the shape that its header says")
  func extractChunks() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let deposit = escrow.store.deposits[0].deposit
    let records = [ScopedRecord(position: 1, locator: RecordLocator(conversation: conversation(1), epoch: 1))]
    let bytes = ExtractChunk.bytes(try escrow.store.view(deposit, row: 2, records: records), row: 2)
    #expect(try ExtractChunk.view(parsing: bytes, records: 1).view.records == records)
    let shape = EscrowError.malformed(.extract, reason: "a chunk has not the shape that its header says")
    #expect(throws: shape) { _ = try ExtractChunk.view(parsing: bytes, records: 2) }
    #expect(throws: shape) { _ = try ExtractChunk.view(parsing: bytes, records: 0) }
    for row in [UInt8(0), 4] {
      var wrong = bytes
      wrong[DepositHeader.byteCount + Digest.byteCount + 1] = row
      #expect(throws: shape) { _ = try ExtractChunk.view(parsing: wrong, records: 1) }
    }
    var beyond = bytes
    beyond[bytes.count - 41] = 2
    #expect(throws: shape) { _ = try ExtractChunk.view(parsing: beyond, records: 1) }
  }

  // MARK: refusals

  @Test("A refusal is signed evidence, for its warrant alone")
  func refusals() throws {
    let escrow = try Escrow()
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]), judges: [])
    let provider = try escrow.holder("provider")
    for ground in RefusalGround.allCases {
      let refusal = try UnverifiedRefusal(
        refusing: warrant, by: provider.holder, roster: escrow.roster, ground: ground, reason: "Nein.",
        now: Escrow.start)
      let read = try UnverifiedRefusal(reading: refusal.bytes)
      #expect(try read.verified(roster: escrow.roster, warrant: warrant.digest).ground == ground)
      let other = try SHA256.digest([0])
      #expect(throws: EscrowError.failedVerification(.otherWarrant(provider.holder.id))) {
        _ = try read.verified(roster: escrow.roster, warrant: other)
      }
      #expect(throws: EscrowError.failedVerification(.otherWarrant(provider.holder.id))) {
        _ = try read.verified(roster: try Escrow().roster, warrant: warrant.digest)
      }
      #expect(throws: EscrowError.warrantRefused(.unknownHolder(provider.holder.id))) {
        _ = try read.verified(roster: try Escrow("and(judge, agency)").roster, warrant: warrant.digest)
      }
    }
    let stranger = try Escrow().holder("provider")
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(provider.holder.id))) {
      _ = try UnverifiedRefusal(
        refusing: warrant, by: stranger.holder, roster: escrow.roster, ground: .other, reason: "x",
        now: Escrow.start)
    }
    let body = RefusalBody(
      warrant: warrant.digest, roster: escrow.roster.id, holder: provider.holder.id, ground: .cap,
      reason: "x",
      answered: Escrow.start)
    var forged = try SignedText(.refusal, text: body.text)
    try forged.sign(with: stranger.holder.signingKey, name: "provider")
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.refusal, signer: "provider"))) {
      _ = try UnverifiedRefusal(reading: forged.bytes).verified(
        roster: escrow.roster, warrant: warrant.digest)
    }
  }
}
