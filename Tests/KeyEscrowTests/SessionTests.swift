import LibCrypto
import SecretMemory
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Sessions: forward only, one writer, one roster")
struct SessionTests {
  // MARK: what only a holder can know

  /// Everything that leads to the columns of a holder's part of a session, found out with the holder's key.
  struct HolderSecrets {
    let exporterSecret: [UInt8]
    /// CK_0 … CK_n.
    var chainKeys: [[UInt8]] = []
    /// The key of the holder's column in each deposit.
    var columnKeys: [[UInt8]] = []

    init(_ session: Session, _ box: Escrow.HolderBox, deposits: [Deposit]) throws {
      let id = box.holder.id
      let row = UInt16((session.roster.row(of: id) ?? -1) + 1)
      let secret = try HolderChain.exporterSecret(of: session, holder: id, key: box.holder.sealingKey)
      exporterSecret = secret.array
      let exporter = try HPKEExporter(.keyEscrow1, exporterSecret: exporterSecret.span)
      let context = KeySchedule.chainContext(session: session.id)
      let first = try exporter.export(context: context.span, byteCount: 32)
      var chain = try ChainKeys(keys: first, sequence: 0)
      var key = try SecretBytes.zeros(32)
      for deposit in deposits {
        chainKeys.append(chain.withKeys { SecretBytes.copy($0) })
        try chain.deriveColumnKey(index: 0, row: row, publicDigest: deposit.publicDigest, into: &key)
        columnKeys.append(key.array)
        try chain.step()
      }
      chainKeys.append(chain.withKeys { SecretBytes.copy($0) })
    }
  }

  static func batch(_ keys: [TestKey]) throws -> KeyBatch {
    var batch = try KeyBatch(capacity: max(keys.count, 1))
    for key in keys { try key.append(to: &batch) }
    return batch
  }

  static func open(
    _ escrow: Escrow, stateKey: [UInt8], storage: RecordingState = RecordingState(), capacity: Int = 16
  ) throws -> DepositSession {
    try DepositSession.open(
      roster: escrow.roster, depositor: escrow.depositor.depositor,
      stateKey: try SecretBytes.copying(stateKey.span), storage: storage, now: Escrow.start,
      capacity: capacity)
  }

  static func resume(
    _ escrow: Escrow, _ saved: [UInt8], stateKey: [UInt8], stored: UnverifiedHead?,
    storage: RecordingState = RecordingState(), now: Timestamp = Escrow.start, roster: Roster? = nil,
    depositor: Escrow.DepositorBox? = nil
  ) throws -> DepositSession {
    try DepositSession.resume(
      saved, roster: roster ?? escrow.roster, depositor: (depositor ?? escrow.depositor).depositor,
      stateKey: try SecretBytes.copying(stateKey.span), storage: storage, stored: stored, now: now,
      capacity: 16)
  }

  // MARK: forward secrecy

  @Test("After deposit j nothing in the saved state or the process leads to an earlier column")
  func forwardSecrecy() throws {
    let escrow = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    var deposits: [Deposit] = []
    for epoch in 0..<3 {
      let batch = try Self.batch([try TestKey.random(conversation: conversation(1), epoch: UInt64(epoch))])
      try session.add(batch, now: Escrow.start)
      deposits += try session.submit(signedBy: escrow.depositor.depositor).deposits.map(\.deposit)
    }
    #if os(Linux)
      // The process is copied before anybody computes what is looked for.
      let image = try #require(MemoryImage())
    #endif
    let state = try SecretBytes.copying(stateKey.span)
    let saved = try SessionState.open(storage.saved, under: state)
    #expect(saved.sequence == 3)
    #expect(session.sequence == 3)
    let savedKeys = saved.chainKeys.array
    let verified = try session.session.verified(roster: escrow.roster)
    for (row, id) in escrow.policy.holders.enumerated() {
      let box = try escrow.holder(id.description)
      let secrets = try HolderSecrets(verified, box, deposits: deposits)
      // The state holds the next chain key, and that is all it holds of this row.
      #expect(Array(savedKeys[32 * row..<32 * (row + 1)]) == secrets.chainKeys[3])
      let past = [secrets.exporterSecret] + secrets.chainKeys[..<3] + secrets.columnKeys
      for secret in past {
        #expect(!savedKeys.contains(secret))
        #expect(!storage.saved.contains(secret))
        #if os(Linux)
          // Not inside the macro, which would print the whole image.
          let isInMemory = image.contains(secret)
          #expect(!isInMemory, "row \(row) left a secret of the past in memory")
        #endif
      }
      #expect(!storage.saved.contains(secrets.chainKeys[3]), "the state is sealed")
      #if os(Linux)
        let isFound = image.contains(secrets.chainKeys[3])
        #expect(isFound, "the search finds what is there")
      #endif
    }
    // Nor does any API step back.
    var chain = try ChainKeys(keys: try SecretBytes.copying(savedKeys.span), sequence: saved.sequence)
    for sequence in UInt64(0)..<3 {
      #expect(throws: EscrowError.sessionRefused(.forked)) { try chain.advance(to: sequence) }
    }
  }

  @Test("A number used twice after a crash seals with two keys: no keystream is used again")
  func crashRetry() throws {
    let escrow = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    try session.add(try Self.batch(try TestKey.run(1, conversation: conversation(1))), now: Escrow.start)
    let submission = try session.submit(signedBy: escrow.depositor.depositor)
    let saved = storage.saved
    // Twice the process dies after `add`, before anything is saved, and makes number 1 of other keys.
    var attempts: [Deposit] = []
    for byte in UInt8(2)...3 {
      var again = try Self.resume(escrow, saved, stateKey: stateKey, stored: submission.head)
      #expect(again.sequence == 1)
      try again.add(try Self.batch(try TestKey.run(2, conversation: conversation(byte))), now: Escrow.start)
      attempts += try again.submit(signedBy: escrow.depositor.depositor).deposits.map(\.deposit)
    }
    #expect(attempts.map(\.header.sequence) == [1, 1])
    let verified = try submission.session.verified(roster: escrow.roster)
    for id in escrow.policy.holders {
      let box = try escrow.holder(id.description)
      let row = try #require(escrow.roster.row(of: id))
      var streams: [[UInt8]] = []
      var keys: [[UInt8]] = []
      for attempt in attempts {
        var opener = try ColumnOpener(holder: id, roster: escrow.roster)
        try opener.enter(submission.session, by: box.holder)
        _ = try opener.open(try escrow.store.view(attempt, row: row, records: []), positions: nil)
        let shares = opener.withShares { SecretBytes.copy($0) }
        streams.append(zip(shares, attempt.sealedColumns[row]).map { $0 ^ $1 })
        var chain = try HolderChain.open(verified, holder: id, key: box.holder.sealingKey)
        try chain.advance(to: 1)
        var key = try SecretBytes.zeros(32)
        try chain.deriveColumnKey(publicDigest: attempt.publicDigest, into: &key)
        keys.append(key.array)
      }
      #expect(streams[0].count == 64)
      #expect(streams[0] != streams[1])
      #expect(keys[0] != keys[1])
    }
    // The store takes one of them, and never another under that number.
    try escrow.store.accept(submission, roster: escrow.roster)
    for (index, attempt) in attempts.enumerated() {
      let listed = ListedDeposit(
        deposit: attempt,
        locators: RecordLocator.pack(
          (0..<2).map {
            RecordLocator(conversation: conversation(UInt8(2 + index)), epoch: $0)
          }))
      let head = try UnverifiedHead(
        Head(session: verified.id, sequence: 1, deposit: attempt.digest), signedBy: escrow.depositor.depositor
      )
      let again = DepositSubmission(session: submission.session, deposits: [listed], head: head)
      if index == 0 {
        try escrow.store.accept(again, roster: escrow.roster)
      } else {
        #expect(throws: EscrowError.failedVerification(.secondDigest(sequence: 1))) {
          try escrow.store.accept(again, roster: escrow.roster)
        }
      }
    }
  }

  // MARK: going on with a saved session

  @Test("A session goes on where it stopped")
  func resumeClean() throws {
    let escrow = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    let keys = try TestKey.run(4, conversation: conversation(1))
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    try session.add(try Self.batch(Array(keys[..<2])), now: Escrow.start)
    let first = try session.submit(signedBy: escrow.depositor.depositor)
    try escrow.store.accept(first, roster: escrow.roster)
    var again = try Self.resume(
      escrow, storage.saved, stateKey: stateKey, stored: first.head, storage: storage)
    #expect(again.session == session.session)
    try again.add(try Self.batch(Array(keys[2...])), now: Escrow.start)
    let second = try again.submit(signedBy: escrow.depositor.depositor)
    #expect(second.deposits[0].deposit.header.sequence == 1)
    try escrow.store.accept(second, roster: escrow.roster)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let releases = try ["judge", "agency"].map { try escrow.release(warrant, by: $0) }
    #expect(try escrow.recover(warrant, releases).keys == keys)
  }

  @Test("A submission that got lost burns its numbers, and the chain goes on before it")
  func resumeAfterLoss() throws {
    let escrow = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    try session.add(try Self.batch(try TestKey.run(1, conversation: conversation(1))), now: Escrow.start)
    let first = try session.submit(signedBy: escrow.depositor.depositor)
    try escrow.store.accept(first, roster: escrow.roster)
    for _ in 0..<2 {
      try session.add(try Self.batch(try TestKey.run(1, conversation: conversation(2))), now: Escrow.start)
    }
    _ = try session.submit(signedBy: escrow.depositor.depositor)
    var again = try Self.resume(escrow, storage.saved, stateKey: stateKey, stored: first.head)
    #expect(again.sequence == 3)
    try again.add(try Self.batch(try TestKey.run(1, conversation: conversation(3))), now: Escrow.start)
    let next = try again.submit(signedBy: escrow.depositor.depositor)
    #expect(next.deposits[0].deposit.header.sequence == 3)
    #expect(next.deposits[0].deposit.header.previous == first.deposits[0].deposit.digest)
    try escrow.store.accept(next, roster: escrow.roster)
    #expect(escrow.store.deposits.count == 2)
  }

  @Test("State and store that tell two histories are not reconciled")
  func resumeForked() throws {
    let escrow = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    var heads: [UnverifiedHead] = []
    var states: [[UInt8]] = []
    for epoch in UInt64(0)..<3 {
      try session.add(
        try Self.batch([try TestKey.random(conversation: conversation(1), epoch: epoch)]), now: Escrow.start)
      heads.append(try session.submit(signedBy: escrow.depositor.depositor).head)
      states.append(storage.saved)
    }
    func forked(_ state: [UInt8], _ stored: UnverifiedHead?) {
      #expect(throws: EscrowError.sessionRefused(.forked)) {
        _ = try Self.resume(escrow, state, stateKey: stateKey, stored: stored)
      }
    }
    forked(states[2], heads[0])  // the store went back
    forked(states[2], nil)
    forked(states[0], heads[1])  // the state did
    forked(states[0], heads[2])
    for stored in heads[1...] {
      #expect(try Self.resume(escrow, states[2], stateKey: stateKey, stored: stored).sequence == 3)
    }
    // A head of another session, or one that the depositor did not sign, is no answer of the store's.
    let other = try escrow.submission(try TestKey.run(1, conversation: conversation(1)))
    #expect(throws: EscrowError.malformed(.head, reason: "it belongs to another session")) {
      _ = try Self.resume(escrow, states[2], stateKey: stateKey, stored: other.head)
    }
    let stranger = Escrow.DepositorBox(try Depositor.generate())
    let forged = try UnverifiedHead(heads[2].head, signedBy: stranger.depositor)
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.head, signer: "depositor"))) {
      _ = try Self.resume(escrow, states[2], stateKey: stateKey, stored: forged)
    }
  }

  @Test("A saved session is good for its roster, depositor, key and days only")
  func resumeRefused() throws {
    let escrow = try Escrow()
    let other = try Escrow()
    let stateKey = try SystemRandom().bytes(32)
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: stateKey, storage: storage)
    try session.add(try Self.batch(try TestKey.run(1, conversation: conversation(1))), now: Escrow.start)
    let head = try session.submit(signedBy: escrow.depositor.depositor).head
    let saved = storage.saved
    #expect(throws: EscrowError.sessionRefused(.otherSession)) {
      _ = try Self.resume(escrow, saved, stateKey: stateKey, stored: head, roster: other.roster)
    }
    #expect(throws: EscrowError.sessionRefused(.otherSession)) {
      _ = try Self.resume(escrow, saved, stateKey: stateKey, stored: head, depositor: other.depositor)
    }
    let last = Escrow.start.adding(seconds: SessionHeader.maximumSeconds)
    #expect(try Self.resume(escrow, saved, stateKey: stateKey, stored: head, now: last).sequence == 1)
    #expect(throws: EscrowError.sessionRefused(.expired(notAfter: last))) {
      _ = try Self.resume(escrow, saved, stateKey: stateKey, stored: head, now: last.adding(seconds: 1))
    }
    let wrong = try SystemRandom().bytes(32)
    #expect(throws: EscrowError.crypto(.authenticationFailed)) {
      _ = try Self.resume(escrow, saved, stateKey: wrong, stored: head)
    }
    for bytes in [[], Array(saved[..<13]), Array("escrow-s".utf8) + [0, 2] + saved[10...]] {
      #expect(throws: EscrowError.malformed(.sessionState, reason: "it does not begin like a saved session"))
      {
        _ = try Self.resume(escrow, bytes, stateKey: stateKey, stored: head)
      }
    }
    for bytes in [Array(saved.dropLast()), saved + [0]] {
      #expect(
        throws: EscrowError.malformed(.sessionState, reason: "it has not the length of a saved session")
      ) { _ = try Self.resume(escrow, bytes, stateKey: stateKey, stored: head) }
    }
    var flipped = saved
    flipped[saved.count - 40] ^= 1
    #expect(throws: EscrowError.crypto(.authenticationFailed)) {
      _ = try Self.resume(escrow, flipped, stateKey: stateKey, stored: head)
    }
  }

  @Test("Nothing leaves before it is saved, and a storage that fails closes the session")
  func storageFails() throws {
    let escrow = try Escrow()
    let storage = RecordingState()
    var session = try Self.open(escrow, stateKey: try SystemRandom().bytes(32), storage: storage)
    let keys = try Self.batch(try TestKey.run(1, conversation: conversation(1)))
    try session.add(keys, now: Escrow.start)
    #expect(storage.count == 0)
    _ = try session.submit(signedBy: escrow.depositor.depositor)
    #expect(storage.count == 1)
    try session.add(keys, now: Escrow.start)
    storage.breakDown()
    func failure(_ body: (inout DepositSession) throws -> Void) -> EscrowError? {
      do {
        try body(&session)
        return nil
      } catch { return error as? EscrowError }
    }
    #expect(
      failure { _ = try $0.submit(signedBy: escrow.depositor.depositor) } == .storage(reason: "no space left")
    )
    #expect(
      failure { _ = try $0.submit(signedBy: escrow.depositor.depositor) } == .sessionRefused(.closed))
    #expect(failure { try $0.add(keys, now: Escrow.start) } == .sessionRefused(.closed))
  }

  // MARK: bounds

  @Test("A session refuses what is out of its bounds, each with its reason")
  func bounds() throws {
    let escrow = try Escrow()
    var session = try Self.open(escrow, stateKey: try SystemRandom().bytes(32), capacity: 2)
    let other = Escrow.DepositorBox(try Depositor.generate())
    let one = try Self.batch(try TestKey.run(1, conversation: conversation(1)))
    func refusal(_ body: (inout DepositSession) throws -> Void) -> EscrowError? {
      do {
        try body(&session)
        return nil
      } catch { return error as? EscrowError }
    }
    #expect(
      refusal { _ = try $0.submit(signedBy: escrow.depositor.depositor) } == .sessionRefused(.batchSize(0)))
    let empty = try KeyBatch(capacity: 1)
    #expect(refusal { try $0.add(empty, now: Escrow.start) } == .sessionRefused(.batchSize(0)))
    let three = try Self.batch(try TestKey.run(3, conversation: conversation(1)))
    #expect(refusal { try $0.add(three, now: Escrow.start) } == .sessionRefused(.batchSize(3)))
    let last = Escrow.start.adding(seconds: SessionHeader.maximumSeconds)
    for time in [Escrow.start.adding(seconds: -1), last.adding(seconds: 1)] {
      #expect(refusal { try $0.add(one, now: time) } == .sessionRefused(.expired(notAfter: last)))
    }
    #expect(session.sequence == 0)
    try session.add(one, now: last)
    #expect(refusal { _ = try $0.submit(signedBy: other.depositor) } == .sessionRefused(.otherSession))
    while session.pendingCount < 1024 { try session.add(one, now: Escrow.start) }
    #expect(refusal { try $0.add(one, now: Escrow.start) } == .sessionRefused(.batchSize(1)))
    let submission = try session.submit(signedBy: escrow.depositor.depositor)
    try escrow.store.accept(submission, roster: escrow.roster)
    #expect(escrow.store.deposits.count == 1024)
  }

  @Test("A batch takes keys of 32 bytes, up to its capacity")
  func batches() throws {
    for capacity in [Int.min, -1, 0, 4097] {
      #expect(throws: EscrowError.sessionRefused(.batchSize(capacity))) {
        _ = try KeyBatch(capacity: capacity)
      }
    }
    var batch = try KeyBatch(capacity: 1)
    func refusal(_ key: [UInt8]) -> EscrowError? {
      do throws(EscrowError) {
        try batch.append(conversation: conversation(1), epoch: 0, uniformKey: key.span)
        return nil
      } catch { return error }
    }
    for count in [0, 31, 33, 64] {
      #expect(
        refusal([UInt8](repeating: 7, count: count))
          == .malformed(.keyLine, reason: "a key has \(count) bytes, not 32"))
    }
    #expect(refusal([UInt8](repeating: 7, count: 32)) == nil)
    #expect(refusal([UInt8](repeating: 7, count: 32)) == .sessionRefused(.batchSize(2)))
    batch.removeAll()
    #expect(batch.count == 0)
    #expect(batch.withKeys { $0.count } == 0)
  }

  @Test("A session is not opened to a sealing key that has expired")
  func sealingKeyExpired() throws {
    let escrow = try Escrow()
    let last = Escrow.start.adding(seconds: 366 * 86_400)
    func open(_ now: Timestamp) throws {
      _ = try DepositSession.open(
        roster: escrow.roster, depositor: escrow.depositor.depositor, stateKey: try SystemRandom().secret(32),
        storage: EphemeralSessionState(), now: now)
    }
    try open(last)
    #expect(throws: EscrowError.sessionRefused(.sealingKeyExpired(try escrow.id("judge")))) {
      try open(last.adding(seconds: 1))
    }
  }

  @Test("Sequence numbers end at 65,535, and what lies beyond costs nothing")
  func sequenceBound() throws {
    let escrow = try Escrow("and(judge, agency)")
    let stateKey = try SystemRandom().bytes(32)
    let session = try Self.open(escrow, stateKey: stateKey)
    let verified = try session.session.verified(roster: escrow.roster)
    let judge = try escrow.holder("judge")
    var chain = try HolderChain.open(verified, holder: judge.holder.id, key: judge.holder.sealingKey)
    func refusal(_ target: UInt64) -> EscrowError? {
      do {
        try chain.advance(to: target)
        return nil
      } catch { return error }
    }
    for target in [65_536, 1 << 32, UInt64.max] {
      #expect(refusal(target) == .sessionRefused(.sequenceExhausted))
      // It did not take a step.
      #expect(chain.sequence == 0)
    }
    // A depositor at the last number makes one more deposit.
    let keys = try ChainKeys(keys: try SystemRandom().secret(64), sequence: 65_535)
    let id = verified.id
    let saved = try SessionState.seal(
      session: verified.bytes, chain: keys, previous: id, submitted: id,
      under: try SecretBytes.copying(stateKey.span))
    var last = try Self.resume(escrow, saved, stateKey: stateKey, stored: nil)
    let batch = try Self.batch(try TestKey.run(1, conversation: conversation(1)))
    try last.add(batch, now: Escrow.start)
    var error: EscrowError?
    do { try last.add(batch, now: Escrow.start) } catch let refused { error = refused }
    #expect(error == .sessionRefused(.sequenceExhausted))
    #expect(try last.submit(signedBy: escrow.depositor.depositor).head.head.sequence == 65_535)
  }

  // MARK: headers

  @Test("An encapsulation copied into another depositor's session opens to nothing of its maker's")
  func copiedEncapsulation() throws {
    let escrow = try Escrow()
    let real = try RogueSession(roster: escrow.roster, depositor: escrow.depositor).session
      .verified(roster: escrow.roster)
    let attacker = Escrow.DepositorBox(try Depositor.generate())
    // Were the copy the same to the holder, garbage in this session would make it convict the attacker, and disclose
    // with its exporter secret what it holds of the real one.
    let copy = try RogueSession(roster: escrow.roster, depositor: attacker) { recipients in
      recipients = real.header.recipients
    }.session.verified(roster: escrow.roster)
    for box in escrow.holders.values {
      #expect(throws: EscrowError.failedVerification(.confirmation(box.holder.id))) {
        _ = try HolderChain.open(copy, holder: box.holder.id, key: box.holder.sealingKey)
      }
      let mine = try HolderChain.exporterSecret(
        of: real, holder: box.holder.id, key: box.holder.sealingKey)
      let disclosed = try HolderChain.exporterSecret(
        of: copy, holder: box.holder.id, key: box.holder.sealingKey)
      #expect(disclosed.array != mine.array)
    }
  }

  @Test("A header is for its roster's holders, in their order, signed, and no longer than 30 days")
  func headers() throws {
    let escrow = try Escrow()
    let swapped = try RogueSession(roster: escrow.roster, depositor: escrow.depositor) { $0.swapAt(0, 1) }
    #expect(throws: EscrowError.failedVerification(.sessionHolders)) {
      _ = try swapped.session.verified(roster: escrow.roster)
    }
    let short = try RogueSession(roster: escrow.roster, depositor: escrow.depositor) { $0.removeLast() }
    #expect(throws: EscrowError.failedVerification(.sessionHolders)) {
      _ = try short.session.verified(roster: escrow.roster)
    }
    let good = try RogueSession(roster: escrow.roster, depositor: escrow.depositor).session
    let unsigned = try SignedText(.session, text: good.header.text)
    var note = unsigned
    try note.sign(with: try Ed25519PrivateKey.generate(), name: "depositor")
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.session, signer: "depositor"))) {
      _ = try UnverifiedSession(reading: note.bytes).verified(roster: escrow.roster)
    }
    func refused(_ from: String, _ to: String, _ reason: String) {
      let text = good.header.text.replacing(from, with: to)
      #expect(text != good.header.text)
      #expect(throws: EscrowError.malformed(.session, reason: reason)) { try SessionHeader(parsing: text) }
    }
    refused("\"suite\": 1", "\"suite\": 2", "session.suite is not known")
    refused("\"suite\": 1", "\"suite\": 65536", "session.suite is not in 0...65535")
    refused(
      "2027-03-02T09:30:00Z", "2027-03-02T09:30:01Z", "session.notAfter is not within 30 days after created")
    refused("2027-03-02", "2026-03-02", "session.notAfter is not within 30 days after created")
  }

  @Test("A session of real keys has no place under a test roster")
  func testFlag() throws {
    let escrow = try Escrow(isTest: true)
    let rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor, isTest: false)
    #expect(throws: EscrowError.warrantRefused(.testFlag)) {
      _ = try rogue.session.verified(roster: escrow.roster)
    }
  }

  // MARK: one session id under two rosters

  @Test(
    "With one session id under two rosters a holder of both would recover the key alone; there is no such id")
  func oneSessionUnderTwoRosters() throws {
    let first = try Escrow("and(judge, agency)")
    let reordered = try AccessPolicy(parsing: "and(agency, judge)")
    let second = try Escrow.roster(policy: reordered, holders: first.holders)
    let agency = try first.holder("agency")
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    let submission = try first.deposit([key])
    let header = submission.deposits[0].deposit.header

    // The attack, with internals that let an id be chosen: the coefficients hang on session, number, position and
    // key, so the agency's shares under both matrices are points of one line.
    let shared = try DepositParts(header: header, keys: [key], matrix: second.matrix)
    let share = try Self.share(of: agency, in: submission, roster: first.roster)
    #expect(try Self.solve(share, shared.shares[0]) == key.key)

    // The header names its roster, and the id is its digest: under the second roster it is nobody's session.
    #expect(throws: EscrowError.failedVerification(.sessionHolders)) {
      _ = try submission.session.verified(roster: second)
    }
    // A depositor who puts the first roster's encapsulations into a header for the second has another id, and
    // contexts that no holder's key opens to what it confirms: the roster stands in the HPKE info.
    let replayed = try RogueSession(
      roster: second, depositor: first.depositor, rosterInInfo: first.roster.id
    ).session
    #expect(replayed.id != submission.session.id)
    let verified = try replayed.verified(roster: second)
    #expect(throws: EscrowError.failedVerification(.confirmation(agency.holder.id))) {
      _ = try HolderChain.open(verified, holder: agency.holder.id, key: agency.holder.sealingKey)
    }
    var recycled = submission.session.header.recipients
    recycled.swapAt(0, 1)
    let recipients = recycled
    let stolen = try RogueSession(roster: second, depositor: first.depositor) { $0 = recipients }.session
    let stolenSession = try stolen.verified(roster: second)
    #expect(throws: EscrowError.failedVerification(.confirmation(agency.holder.id))) {
      _ = try HolderChain.open(stolenSession, holder: agency.holder.id, key: agency.holder.sealingKey)
    }
    // Deposited honestly under both rosters, the same key gives the agency two shares that have nothing in common.
    var honest = try RogueSession(roster: second, depositor: first.depositor)
    let listed = try honest.deposit([key])
    let other = try Self.share(of: agency, in: honest.submission([listed]), roster: second)
    #expect(try Self.solve(share, other) != key.key)
    #expect(listed.deposit.publicPart.commitments != submission.deposits[0].deposit.publicPart.commitments)
  }

  private static func share(
    of box: Escrow.HolderBox, in submission: DepositSubmission, roster: Roster
  ) throws -> [UInt8] {
    var opener = try ColumnOpener(holder: box.holder.id, roster: roster)
    try opener.enter(submission.session, by: box.holder)
    let row = try #require(roster.row(of: box.holder.id))
    _ = try opener.open(
      try MemoryStore().view(submission.deposits[0].deposit, row: row, records: []), positions: nil)
    return opener.withShares { SecretBytes.copy($0) }
  }

  // Two points of K + a·x, at 2 and at 1: K = (s₂ + 2·s₁) / 3.
  private static func solve(_ atTwo: [UInt8], _ atOne: [UInt8]) throws -> [UInt8] {
    zip(atTwo, atOne).map { two, one in
      ((FieldElement(byte: two) + FieldElement(byte: 2) * FieldElement(byte: one))
        * FieldElement(byte: 3).inverse).byte
    }
  }
}
