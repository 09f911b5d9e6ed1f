import LibCrypto
import SecretMemory
import SecretSharing
import Testing
import TransparencyLog

@testable import KeyEscrow

@Suite("Deposits: what each party can check, and does")
struct DepositTests {
  // MARK: determinism

  @Test(
    "The public part is a function of keys and header, computed here from the formulas",
    arguments: FlowTests.policies)
  func deterministic(policy: String) throws {
    let escrow = try Escrow(policy)
    let keys =
      try TestKey.run(3, conversation: conversation(1)) + TestKey.run(2, conversation: conversation(2))
    let first = try escrow.submission(keys).deposits[0].deposit
    let expected = try DepositParts(header: first.header, keys: keys, matrix: escrow.roster.matrix)
    #expect(first.publicPart.tags == expected.tags)
    #expect(first.publicPart.commitments == expected.commitments)
    #expect(first.publicPart.shareDigests == expected.shareDigests)
    #expect(try Deposit(parsing: first.bytes) == first)

    // Dealt again under other chain keys, only the sealed columns are others.
    var dealer = try Dealer(matrix: escrow.roster.matrix, capacity: 5)
    func deal() throws -> Deposit {
      let batch = try SessionTests.batch(keys)
      var chain = try ChainKeys(
        keys: try SystemRandom().secret(32 * escrow.roster.matrix.rows), sequence: first.header.sequence)
      return try dealer.deal(batch, header: first.header, chain: &chain)
    }
    let again = try deal()
    #expect(again.publicPart == first.publicPart)
    #expect(again.publicDigest == first.publicDigest)
    #expect(again.sealedColumns != first.sealedColumns)
    #expect(again.digest != first.digest)
  }

  @Test("Two deposits of one key in one session have nothing in common to see")
  func unlinkable() throws {
    let escrow = try Escrow()
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    let deposits = try escrow.submission([key, key], batch: 1).deposits.map(\.deposit)
    #expect(deposits[0].publicPart.tags != deposits[1].publicPart.tags)
    #expect(deposits[0].publicPart.commitments != deposits[1].publicPart.commitments)
    for row in 0..<3 {
      #expect(deposits[0].publicPart.shareDigests[row] != deposits[1].publicPart.shareDigests[row])
    }
    // Nor do two positions of one deposit.
    let pair = try escrow.submission([key, key]).deposits[0].deposit.publicPart
    #expect(pair.tags[..<16] != pair.tags[16...])
    #expect(pair.commitments[..<32] != pair.commitments[32...])
  }

  // MARK: bytes

  static let refusedHeaders: [(offset: Int, bytes: [UInt8], reason: String)] = [
    (0, [0x45], "it does not begin with a deposit header"),
    (8, [0, 0], "its version is not known"),
    (8, [0, 2], "its version is not known"),
    (10, [0, 0], "its suite is not known"),
    (10, [0, 2], "its suite is not known"),
    (10, [0xFF, 0xFF], "its suite is not known"),
    (12, [0, 2], "it has flags that are not known"),
    (12, [0x80, 0], "it has flags that are not known"),
    (14, [0, 0], "its number of rows is not in 1...255"),
    (14, [1, 0], "its number of rows is not in 1...255"),
    (16, [0, 0, 0, 0], "its number of keys is not in 1...4096"),
    (16, [0, 0, 0x10, 1], "its number of keys is not in 1...4096"),
    (16, [0xFF, 0xFF, 0xFF, 0xFF], "its number of keys is not in 1...4096"),
    (20, [0, 0, 0, 1], "its generation is not known"),
    (24, [0, 0, 0, 0, 0, 1, 0, 0], "its sequence number is not below 65536"),
    (24, [0xFF, 0, 0, 0, 0, 0, 0, 0], "its sequence number is not below 65536"),
    (32, [0x80, 0, 0, 0, 0, 0, 0, 0], "its time is after the year 9999"),
    (32, [0, 0, 0, 0x3A, 0xFF, 0xF4, 0x41, 0x80], "its time is after the year 9999"),
  ]

  static func header(rows: Int = 2, count: Int = 1, sequence: UInt64 = 0, time: Timestamp = Escrow.start)
    throws
    -> DepositHeader
  {
    DepositHeader(
      suite: .x25519, isTest: false, rows: rows, count: count, sequence: sequence, time: time,
      session: try SHA256.digest([1]), previous: try SHA256.digest([2]))
  }

  @Test("A header out of its bounds is refused with its reason", arguments: refusedHeaders)
  func refusedHeader(offset: Int, bytes: [UInt8], reason: String) throws {
    var header = try Self.header().bytes
    header.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    #expect(throws: EscrowError.malformed(.deposit, reason: reason)) { try DepositHeader(parsing: header) }
  }

  @Test("Every boundary value of a header comes back")
  func headerBoundaries() throws {
    let earliest = try #require(Timestamp(secondsSince1970: 0))
    let latest = try #require(Timestamp("9999-12-31T23:59:59Z"))
    for header in [
      try Self.header(rows: 1, count: 1, sequence: 0, time: earliest),
      try Self.header(rows: 255, count: 4096, sequence: 65_535, time: latest),
    ] {
      #expect(header.bytes.count == 104)
      #expect(try DepositHeader(parsing: header.bytes) == header)
    }
  }

  @Test("Columns have the length that the header says")
  func lengths() throws {
    let escrow = try Escrow()
    let deposit = try escrow.submission(try TestKey.run(2, conversation: conversation(1))).deposits[0].deposit
    #expect(throws: EscrowError.malformed(.deposit, reason: "it ends inside a column")) {
      try Deposit(parsing: Array(deposit.bytes.dropLast()))
    }
    #expect(throws: EscrowError.malformed(.deposit, reason: "it goes on after its last column")) {
      try Deposit(parsing: deposit.bytes + [0])
    }
    let part = deposit.publicPart
    let reason = "a column has not the length that its header says"
    #expect(throws: EscrowError.malformed(.deposit, reason: reason)) {
      try Deposit(
        header: deposit.header, tags: part.tags, commitments: part.commitments,
        shareDigests: part.shareDigests.dropLast(), sealedColumns: deposit.sealedColumns)
    }
    #expect(throws: EscrowError.malformed(.deposit, reason: reason)) {
      try Deposit(
        header: deposit.header, tags: part.tags + [0], commitments: part.commitments,
        shareDigests: part.shareDigests, sealedColumns: deposit.sealedColumns)
    }
  }

  // MARK: the member's check

  /// Files a deposit as a store does that verifies nothing.
  static func file(_ listed: [ListedDeposit], _ session: UnverifiedSession, in store: MemoryStore) {
    store.alter {
      $0.sessions[session.id] = session
      $0.deposits += listed
    }
  }

  static func check(_ escrow: Escrow, _ key: TestKey) -> EscrowError? {
    var check = MemberCheck(roster: escrow.roster)
    do {
      try check.check(key.locator, uniformKey: key.key.span, in: escrow.store)
      return nil
    } catch { return error }
  }

  @Test("A member's key is found in a good deposit, at any position")
  func memberAccepts() throws {
    let escrow = try Escrow("and(thresh(2, judge:a, judge:b), or(provider, agency))")
    let keys = try TestKey.run(5, conversation: conversation(1))
    try escrow.deposit(keys, batch: 3)
    for key in keys { #expect(Self.check(escrow, key) == nil) }
  }

  @Test("A member names the record that is not of its key")
  func memberNames() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(3, conversation: conversation(1))
    try escrow.deposit(keys)
    let other = TestKey(locator: keys[2].locator, key: keys[1].key)
    #expect(Self.check(escrow, other) == .failedVerification(.commitment(position: 2)))
    let later = RecordLocator(conversation: conversation(1), epoch: 3)
    #expect(
      Self.check(escrow, TestKey(locator: later, key: keys[0].key))
        == .failedVerification(.notDeposited(conversation: conversation(1), epoch: 3)))
    #expect(
      Self.check(escrow, TestKey(locator: later, key: []))
        == .malformed(.keyLine, reason: "a key has 0 bytes, not 32"))
  }

  @Test("A member names what its depositor altered in the public part")
  func memberNamesAlterations() throws {
    let judge = try HolderID(parsing: "judge")
    let alterations: [((inout DepositParts) -> Void, VerificationFailure)] = [
      ({ $0.tags[16] ^= 1 }, .tag(position: 1)),
      ({ $0.commitments[63] ^= 0x80 }, .commitment(position: 1)),
      ({ $0.shareDigests[0][16] ^= 1 }, .shareDigest(judge, position: 1)),
    ]
    for (alter, failure) in alterations {
      let escrow = try Escrow()
      let keys = try TestKey.run(3, conversation: conversation(1))
      var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
      let listed = try rogue.deposit(keys, alter: alter)
      Self.file([listed], rogue.session, in: escrow.store)
      #expect(Self.check(escrow, keys[0]) == nil)
      #expect(Self.check(escrow, keys[1]) == .failedVerification(failure))
    }
  }

  @Test("A record filed under a wrong epoch is none of the member's")
  func memberNamesWrongEpoch() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(2, conversation: conversation(1))
    let submission = try escrow.submission(keys)
    let moved = [
      keys[0].locator, RecordLocator(conversation: conversation(1), epoch: 9),
    ]
    Self.file(
      [ListedDeposit(deposit: submission.deposits[0].deposit, locators: RecordLocator.pack(moved))],
      submission.session, in: escrow.store)
    #expect(
      Self.check(escrow, TestKey(locator: moved[1], key: keys[1].key))
        == .failedVerification(.tag(position: 1)))
    #expect(
      Self.check(escrow, keys[1])
        == .failedVerification(.notDeposited(conversation: conversation(1), epoch: 1)))
  }

  @Test("A deposit whose session nobody has signed for this roster holds no key")
  func memberNeedsSession() throws {
    let escrow = try Escrow()
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    let submission = try escrow.submission([key])
    escrow.store.alter { $0.deposits = submission.deposits }
    #expect(Self.check(escrow, key) == .failedVerification(.sessionHolders))
    let other = try Escrow()
    other.store.alter {
      $0.deposits = submission.deposits
      $0.sessions[submission.session.id] = submission.session
    }
    #expect(Self.check(other, key) == .failedVerification(.sessionHolders))
  }

  @Test("Garbage deposited first for the same conversation and epoch pre-empts nothing")
  func garbageFirst() throws {
    let escrow = try Escrow()
    let real = try TestKey.random(conversation: conversation(1), epoch: 7)
    let garbage = try TestKey.random(conversation: conversation(1), epoch: 7)
    let attacker = Escrow.DepositorBox(try Depositor.generate())
    var rogue = try RogueSession(roster: escrow.roster, depositor: attacker)
    let listed = try rogue.deposit([garbage])
    try escrow.store.accept(try rogue.submission([listed]), roster: escrow.roster)
    try escrow.deposit([real])
    #expect(Self.check(escrow, real) == nil)
    #expect(Self.check(escrow, garbage) == nil)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)], maximumKeys: 1))
    let releases = try ["judge", "agency"].map { try escrow.release(warrant, by: $0) }
    // Two records of one pair: one key counts, both come out.
    #expect(releases.map(\.body.keys) == [1, 1])
    #expect(releases.map(\.body.records) == [2, 2])
    #expect(try escrow.recover(warrant, releases).keys.sorted() == [real, garbage].sorted())
  }

  // MARK: the holder's intake check

  static func intake(_ escrow: Escrow, _ listed: ListedDeposit, _ session: UnverifiedSession, by name: String)
    throws -> EscrowError?
  {
    let box = try escrow.holder(name)
    let row = try #require(escrow.roster.row(of: box.holder.id))
    var check = try IntakeCheck(roster: escrow.roster, holder: box.holder.id)
    do {
      try check.check(
        try escrow.store.view(listed.deposit, row: row, records: []), session: session, by: box.holder)
      return nil
    } catch { return error }
  }

  @Test("Each holder finds its own column good, and signs for it")
  func intakeAccepts() throws {
    let escrow = try Escrow()
    let submission = try escrow.submission(try TestKey.run(5, conversation: conversation(1)), batch: 2)
    for name in ["judge", "provider", "agency"] {
      let box = try escrow.holder(name)
      let row = try #require(escrow.roster.row(of: box.holder.id))
      var check = try IntakeCheck(roster: escrow.roster, holder: box.holder.id)
      for listed in submission.deposits {
        try check.check(
          try escrow.store.view(listed.deposit, row: row, records: []), session: submission.session,
          by: box.holder)
      }
      let receipt = try check.receipt(signedBy: box.holder, now: Escrow.start)
      #expect(receipt.deposits == 3)
      #expect(receipt.records == 5)
      let digests = submission.deposits.flatMap(\.deposit.digest.bytes)
      #expect(try receipt.digest == SHA256.digest(digests))
      let bytes = receipt.bytes
      #expect(try IntakeReceipt(parsing: bytes.span, roster: escrow.roster) == receipt)
      let other = try Escrow()
      #expect(throws: EscrowError.warrantRefused(.unknownHolder(box.holder.id))) {
        _ = try IntakeReceipt(parsing: bytes.span, roster: other.roster)
      }
      let typo = Array(
        String(decoding: bytes, as: UTF8.self).replacing("\"records\": 5", with: "\"records\": true").utf8)
      #expect(
        throws: EscrowError.malformed(.intakeReceipt, reason: "intake receipt.records is not a whole number")
      ) { _ = try IntakeReceipt(parsing: typo.span, roster: escrow.roster) }
    }
  }

  @Test("A holder names the record whose sealed column is wrong, and the others find nothing")
  func intakeNamesShare() throws {
    let escrow = try Escrow()
    let provider = try escrow.id("provider")
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let listed = try rogue.deposit(
      try TestKey.run(4, conversation: conversation(1)), alter: { $0.shares[1][32 * 2 + 5] ^= 1 })
    #expect(
      try Self.intake(escrow, listed, rogue.session, by: "provider")
        == .failedVerification(.shareDigest(provider, position: 2)))
    for name in ["judge", "agency"] {
      #expect(try Self.intake(escrow, listed, rogue.session, by: name) == nil)
    }
    // The store cannot see it, nor can a member: its public part is right.
    try escrow.store.accept(try rogue.submission([listed]), roster: escrow.roster)
  }

  @Test(
    "A holder finds a column that does not open, a digest that is not the one filed, and an unconfirmed session"
  )
  func intakeNamesColumn() throws {
    let escrow = try Escrow()
    let agency = try escrow.id("agency")
    let keys = try TestKey.run(2, conversation: conversation(1))
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let listed = try rogue.deposit(keys, alterSealed: { $0[2][0] ^= 1 })
    #expect(
      try Self.intake(escrow, listed, rogue.session, by: "agency")
        == .failedVerification(.sealedColumn(agency)))
    #expect(try Self.intake(escrow, listed, rogue.session, by: "judge") == nil)

    let good = try escrow.submission(keys)
    let filed = ListedDeposit(
      deposit: Deposit(
        publicPart: good.deposits[0].deposit.publicPart,
        sealedColumns: good.deposits[0].deposit.sealedColumns,
        publicDigest: good.deposits[0].deposit.publicDigest, digest: listed.deposit.digest),
      locators: good.deposits[0].locators)
    #expect(
      try Self.intake(escrow, filed, good.session, by: "agency")
        == .failedVerification(.depositDigest(sequence: 0)))

    let wrong = try SHA256.digest([0])
    let unconfirmed = try RogueSession(roster: escrow.roster, depositor: escrow.depositor) { recipients in
      recipients[2] = SessionHeader.Recipient(
        holder: recipients[2].holder, encapsulation: recipients[2].encapsulation, confirmation: wrong)
    }
    // The zero point gives a shared secret of zeros, whoever decapsulates: RFC 9180 §7.1.4 has it refused.
    let zero = try RogueSession(roster: escrow.roster, depositor: escrow.depositor) { recipients in
      recipients[2] = SessionHeader.Recipient(
        holder: recipients[2].holder, encapsulation: [UInt8](repeating: 0, count: 32),
        confirmation: recipients[2].confirmation)
    }
    for header in [unconfirmed.session, zero.session] {
      let session = try header.verified(roster: escrow.roster)
      let box = try escrow.holder("agency")
      #expect(throws: EscrowError.failedVerification(.confirmation(agency))) {
        _ = try HolderChain.open(session, holder: agency, key: box.holder.sealingKey)
      }
    }
    #expect(
      try Self.intake(escrow, good.deposits[0], good.session, by: "agency") == nil)
  }

  // MARK: the store's checks

  @Test("A store accepts nothing that does not fit what it holds and what is signed")
  func storeRefuses() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(3, conversation: conversation(1))
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let session = try rogue.session.verified(roster: escrow.roster)
    let deposits = try keys.map { try rogue.deposit([$0]) }
    let good = try rogue.submission(deposits)
    let verified = try good.verified(session: session, after: nil)
    func refusal(
      _ deposits: [ListedDeposit], head: UnverifiedHead? = nil, after last: Head? = nil
    ) -> EscrowError? {
      do {
        _ = try DepositSubmission(session: good.session, deposits: deposits, head: head ?? good.head)
          .verified(session: session, after: last)
        return nil
      } catch { return error }
    }
    // Out of order, left out, twice.
    #expect(refusal([deposits[1], deposits[2]]) == .failedVerification(.brokenChain(sequence: 1)))
    #expect(refusal([deposits[0], deposits[2]]) == .failedVerification(.brokenChain(sequence: 2)))
    #expect(refusal([deposits[0], deposits[0]]) == .failedVerification(.secondDigest(sequence: 0)))
    #expect(
      refusal(deposits, after: verified.head.head) == .failedVerification(.secondDigest(sequence: 0)))
    #expect(refusal(Array(deposits[..<2])) == .failedVerification(.depositDigest(sequence: 2)))
    let reason = "a submission holds 1 to 1024 deposits"
    #expect(refusal([]) == .malformed(.deposit, reason: reason))
    #expect(refusal(Array(repeating: deposits[0], count: 1025)) == .malformed(.deposit, reason: reason))

    // Relabelled, or listed short.
    let elsewhere = RecordLocator.pack([RecordLocator(conversation: conversation(2), epoch: 1)])
    let relabelled = ListedDeposit(deposit: deposits[1].deposit, locators: elsewhere)
    #expect(refusal([deposits[0], relabelled, deposits[2]]) == .failedVerification(.tag(position: 0)))
    let short = ListedDeposit(deposit: deposits[0].deposit, locators: [])
    #expect(
      refusal([short])
        == .malformed(.deposit, reason: "its list of records has not the length that its header says"))

    // A byte of a column altered: the next deposit, or the head, says so.
    var bytes = deposits[1].deposit.bytes
    bytes[bytes.count - 1] ^= 1
    let altered = ListedDeposit(deposit: try Deposit(parsing: bytes), locators: deposits[1].locators)
    #expect(refusal([deposits[0], altered, deposits[2]]) == .failedVerification(.brokenChain(sequence: 2)))
    let two = try rogue.submission(Array(deposits[..<2]))
    #expect(
      refusal([deposits[0], altered], head: two.head) == .failedVerification(.depositDigest(sequence: 1)))

    // Heads that are not this depositor's, not this session's, or not this deposit's.
    let stranger = Escrow.DepositorBox(try Depositor.generate())
    let forged = try UnverifiedHead(good.head.head, signedBy: stranger.depositor)
    #expect(
      refusal(deposits, head: forged) == .failedVerification(.signatureMissing(.head, signer: "depositor")))
    let other = try escrow.submission(keys)
    #expect(
      refusal(deposits, head: other.head) == .malformed(.head, reason: "it belongs to another session"))
    let wrongNumber = try UnverifiedHead(
      Head(session: session.id, sequence: 3, deposit: deposits[2].deposit.digest),
      signedBy: escrow.depositor.depositor)
    #expect(refusal(deposits, head: wrongNumber) == .failedVerification(.depositDigest(sequence: 3)))
    #expect(throws: EscrowError.malformed(.deposit, reason: "it names another session")) {
      _ = try other.verified(session: session, after: nil)
    }
  }

  @Test("A deposit whose header does not fit its session is refused")
  func storeRefusesHeaders() throws {
    let escrow = try Escrow()
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    let reason = "its header does not fit its session"
    let last = Escrow.start.adding(seconds: SessionHeader.maximumSeconds)
    for (time, isTest, isRefused) in [
      (Escrow.start, true, false), (last, true, false), (Escrow.start.adding(seconds: -1), true, true),
      (last.adding(seconds: 1), true, true), (Escrow.start, false, true),
    ] {
      var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
      let listed = try rogue.deposit([key], now: time, isTest: isTest)
      let submission = try rogue.submission([listed])
      let session = try rogue.session.verified(roster: escrow.roster)
      if isRefused {
        #expect(throws: EscrowError.malformed(.deposit, reason: reason)) {
          _ = try submission.verified(session: session, after: nil)
        }
      } else {
        _ = try submission.verified(session: session, after: nil)
      }
    }
    // Nor has a deposit of two rows a place in a session of three.
    var two = try RogueSession(
      roster: try Escrow("and(judge, agency)").roster, depositor: escrow.depositor)
    let narrow = try two.deposit([key])
    let wide = try escrow.submission([key])
    let session = try wide.session.verified(roster: escrow.roster)
    #expect(throws: EscrowError.malformed(.deposit, reason: reason)) {
      _ = try DepositSubmission(session: wide.session, deposits: [narrow], head: wide.head)
        .verified(session: session, after: nil)
    }
  }

  @Test("A receipt says what the store holds, and is the store's")
  func receipts() throws {
    let escrow = try Escrow()
    let submission = try escrow.submission(try TestKey.run(1, conversation: conversation(1)))
    let session = try submission.session.verified(roster: escrow.roster)
    let key = try Ed25519PrivateKey.generate()
    let receipt = try StoreReceipt(
      acknowledging: try submission.head.verified(for: session), received: Escrow.start, signingKey: key)
    let read = try StoreReceipt(reading: receipt.bytes)
    #expect(read == receipt)
    #expect(read.store.publicKey == key.publicKey)
    #expect(read.deposit == submission.deposits[0].deposit.digest)
    let altered = String(decoding: receipt.bytes, as: UTF8.self).replacing(
      "\"sequence\": 0", with: "\"sequence\": 1")
    #expect(throws: EscrowError.failedVerification(.badSignature(.receipt, signer: "store"))) {
      _ = try StoreReceipt(reading: Array(altered.utf8))
    }
    let over = String(decoding: submission.head.bytes, as: UTF8.self)
      .replacing("\"sequence\": 0", with: "\"sequence\": 65536")
    #expect(throws: EscrowError.malformed(.head, reason: "head.sequence is not in 0...65535")) {
      _ = try UnverifiedHead(reading: Array(over.utf8))
    }
    for sequence in [0, ChainKeys.maximumDeposits - 1] {
      let head = Head(session: session.id, sequence: sequence, deposit: session.id)
      #expect(try Head(parsing: head.text) == head)
    }
  }

  // MARK: columns of one gate

  @Test("Shares of two gates do not combine: the French judge and the German agency open nothing")
  func gatesDoNotMix() throws {
    let escrow = try Escrow("or(and(judge:fr, agency:fr), and(judge:de, agency:de))")
    let key = try TestKey.random(conversation: conversation(1), epoch: 0)
    try escrow.deposit([key])
    let warrant = try escrow.warrant(
      try escrow.body([conversation(1)], recipient: "agency:de"), judges: ["judge:fr", "judge:de"])
    let mixed = try ["judge:fr", "agency:de"].map { try escrow.release(warrant, by: $0) }
    #expect(
      throws: EscrowError.quorumNotReached(answered: try RosterTests.ids(["judge:fr", "agency:de"]).sorted())
    ) { try escrow.recover(warrant, mixed) }

    // The two put their shares together without asking any software of ours. Each gate is a line through the key:
    // at 1 the judge's, at 2 the agency's.
    let shares = try ["judge:fr", "agency:fr", "judge:de", "agency:de"].map { name in
      let box = try escrow.holder(name)
      var opener = try ColumnOpener(holder: box.holder.id, roster: escrow.roster)
      let listed = escrow.store.deposits[0]
      try opener.enter(
        try #require(escrow.store.session(listed.deposit.header.session)), by: box.holder)
      let row = try #require(escrow.roster.row(of: box.holder.id))
      _ = try opener.open(try escrow.store.view(listed.deposit, row: row, records: []), positions: nil)
      return opener.withShares { SecretBytes.copy($0) }
    }
    func interpolate(_ atOne: [UInt8], _ atTwo: [UInt8]) -> [UInt8] {
      let weights = FieldElement.weightsAtZero([1, 2])
      return zip(atOne, atTwo).map {
        (weights[0] * FieldElement(byte: $0) + weights[1] * FieldElement(byte: $1)).byte
      }
    }
    #expect(interpolate(shares[0], shares[1]) == key.key)
    #expect(interpolate(shares[2], shares[3]) == key.key)
    #expect(interpolate(shares[0], shares[3]) != key.key)
    #expect(interpolate(shares[2], shares[1]) != key.key)
  }
}
