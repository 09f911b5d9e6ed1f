import LibCrypto
import SecretMemory
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Rosters: who may hold, and who follows")
struct RosterTests {
  // MARK: policies

  static func ids(_ texts: [String]) throws -> [HolderID] { try texts.map { try HolderID(parsing: $0) } }

  static func refusedPolicies() throws -> [(String, RosterRefusal)] {
    [
      ("thresh(2, judge, provider, agency)", .opensWithoutJudge(try ids(["provider", "agency"]))),
      ("or(judge, and(provider, agency))", .roleOpensAlone(.judge, try ids(["judge"]))),
      ("or(and(judge, agency), provider)", .roleOpensAlone(.provider, try ids(["provider"]))),
      ("judge", .roleOpensAlone(.judge, try ids(["judge"]))),
      ("thresh(2, judge:a, judge:b, agency)", .roleOpensAlone(.judge, try ids(["judge:a", "judge:b"]))),
      (
        "and(or(judge, agency:a), or(provider, agency:b))",
        .roleOpensAlone(.agency, try ids(["agency:a", "agency:b"]))
      ),
      (
        "or(and(judge, agency:a), and(provider, agency:b))",
        .opensWithoutJudge(try ids(["provider", "agency:b"]))
      ),
    ]
  }

  @Test("A policy that opens without a judge, or by one role, is refused before any holder is looked at")
  func refusedPolicies() throws {
    for (text, refusal) in try Self.refusedPolicies() {
      let policy = try AccessPolicy(parsing: text)
      #expect(throws: refusal) { try RosterRules.check(policy) }
      #expect(throws: EscrowError.rosterRefused(refusal)) {
        try RosterBody(policy: policy, holders: [], issued: Escrow.start)
      }
    }
  }

  @Test("Signatures do not make a refused policy good")
  func signedRefusedPolicy() throws {
    let escrow = try Escrow()
    let text = escrow.roster.body.text
      .replacing("and(judge, or(provider, agency))", with: "thresh(2, judge, provider, agency)")
    var signed = try SignedText(.roster, text: text)
    for id in escrow.policy.holders {
      let box = try escrow.holder(id.description)
      try signed.sign(with: box.holder.signingKey, name: id.description)
    }
    #expect(throws: EscrowError.rosterRefused(.opensWithoutJudge(try Self.ids(["provider", "agency"])))) {
      try UnverifiedRoster(reading: signed.bytes)
    }
  }

  // MARK: holders and keys

  static let notAfter = Escrow.start.adding(seconds: 86_400)

  static func record(
    _ id: String, sealing: X25519PublicKey? = nil, signing: Ed25519PublicKey? = nil
  ) throws -> HolderRecord {
    try HolderRecord(
      id: try HolderID(parsing: id), sealingKey: try sealing ?? X25519PrivateKey.generate().publicKey,
      sealingKeyNotAfter: notAfter, signingKey: try signing ?? Ed25519PrivateKey.generate().publicKey)
  }

  static func body(_ holders: [HolderRecord], limits: RosterLimits = RosterLimits()) throws -> RosterBody {
    try RosterBody(
      policy: try AccessPolicy(parsing: "and(judge, or(provider, agency))"), holders: holders, limits: limits,
      issued: Escrow.start)
  }

  @Test("A key that appears twice is refused, across holders and kinds")
  func duplicateKeys() throws {
    let sealing = try X25519PrivateKey.generate().publicKey
    let signing = try Ed25519PrivateKey.generate().publicKey
    let twin = try X25519PublicKey(bytes: signing.bytes.span)
    let judge = try Self.record("judge")
    let agency = try Self.record("agency")
    func refused(_ holders: [HolderRecord], _ reason: String) {
      #expect(throws: EscrowError.rosterRefused(.duplicateKey(reason))) { try Self.body(holders) }
    }
    refused(
      [try Self.record("judge", sealing: sealing), try Self.record("provider", sealing: sealing), agency],
      "judge and provider give the same key")
    refused(
      [judge, try Self.record("provider", signing: signing), try Self.record("agency", signing: signing)],
      "provider and agency give the same key")
    refused(
      [try Self.record("judge", signing: signing), try Self.record("provider", sealing: twin), agency],
      "judge and provider give the same key")
    refused(
      [judge, try Self.record("provider"), try Self.record("agency", sealing: twin, signing: signing)],
      "agency and agency give the same key")
    refused([judge, judge, agency], "holder judge is given twice")
  }

  @Test("The holders are exactly the policy's")
  func holders() throws {
    let judge = try Self.record("judge")
    let provider = try Self.record("provider")
    let agency = try Self.record("agency")
    let other = try Self.record("agency:b")
    #expect(throws: EscrowError.rosterRefused(.holderMissing(agency.id))) {
      try Self.body([judge, provider])
    }
    #expect(throws: EscrowError.rosterRefused(.holderNotInPolicy(other.id))) {
      try Self.body([judge, provider, agency, other])
    }
    // Whatever order they are given in, the roster's is the policy's: its rows hang on it.
    #expect(try Self.body([agency, provider, judge]).holders == [judge, provider, agency])
  }

  @Test("Limits that contradict themselves are refused")
  func limits() throws {
    let holders = [try Self.record("judge"), try Self.record("provider"), try Self.record("agency")]
    func refused(_ limits: RosterLimits, _ reason: String) {
      #expect(throws: EscrowError.rosterRefused(.invalidLimit(reason))) {
        try Self.body(holders, limits: limits)
      }
    }
    refused(RosterLimits(maximumKeys: 0), "a limit of 0 allows nothing")
    refused(RosterLimits(maximumDays: 0), "a limit of 0 allows nothing")
    refused(RosterLimits(maximumKeysPerMonth: 0), "a limit of 0 allows nothing")
    refused(RosterLimits(maximumDays: 36_501), "more than 36,500 days")
    refused(RosterLimits(caps: [.init(keys: 0, judges: 1)]), "a cap of 0 allows nothing")
    refused(RosterLimits(caps: [.init(keys: 1, judges: 0)]), "a cap of 0 allows nothing")
    refused(RosterLimits(caps: [.init(keys: 1, judges: 2)]), "a cap asks for 2 judges, and the roster has 1")
    refused(
      RosterLimits(caps: [.init(keys: 10, judges: 1), .init(keys: 10, judges: 1)]),
      "caps must rise in keys and in judges")
    refused(
      RosterLimits(caps: (1...17).map { .init(keys: $0, judges: 1) }), "more than 16 caps")
    let widest = RosterLimits(
      maximumKeys: .max, maximumDays: 36_500, maximumKeysPerMonth: .max, caps: [.init(keys: .max, judges: 1)])
    let body = try Self.body(holders, limits: widest)
    #expect(try RosterBody(parsing: body.text) == body)
  }

  @Test("A holder's own file says who it is, in one form")
  func holderRecord() throws {
    let record = try Self.record("agency:b")
    #expect(try HolderRecord(parsing: record.text) == record)
    #expect(throws: EscrowError.malformed(.holderRecord, reason: "holder record.suite is not known")) {
      try HolderRecord(parsing: record.text.replacing("\"suite\": 1", with: "\"suite\": 2"))
    }
    #expect(
      throws: EscrowError.malformed(.holderRecord, reason: "holder record.vkey is not named like the holder")
    ) {
      try HolderRecord(parsing: record.text.replacing("\"id\": \"agency:b\"", with: "\"id\": \"agency:c\""))
    }
    #expect(throws: EscrowError.malformed(.holderRecord, reason: "holder record.vkey is not a verifier key"))
    {
      try HolderRecord(parsing: record.text.replacing("\"vkey\": \"agency:b", with: "\"vkey\": \"agency:c"))
    }
  }

  @Test("A roster has room for every holder's signature")
  func tooManyHolders() throws {
    let most = RosterBody.maximumHolders - 1
    func body(_ agencies: Int) throws -> RosterBody {
      let names = (0..<agencies).map { "agency:\($0)" }
      let policy = try AccessPolicy(parsing: "and(judge, or(\(names.joined(separator: ", "))))")
      return try RosterBody(
        policy: policy, holders: try (["judge"] + names).map { try Self.record($0) }, issued: Escrow.start)
    }
    #expect(try body(most).holders.count == most + 1)
    #expect(throws: EscrowError.rosterRefused(.tooManyHolders(most + 2))) { try body(most + 1) }
  }

  // MARK: signatures

  @Test("Every holder must have signed, and what they signed")
  func signatures() throws {
    let escrow = try Escrow()
    var draft = try UnverifiedRoster(escrow.roster.body)
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.roster, signer: "judge"))) {
      try draft.verified()
    }
    for name in ["judge", "provider"] {
      let box = try escrow.holder(name)
      try draft.sign(with: box.holder)
    }
    #expect(try draft.signers() == Self.ids(["judge", "provider"]))
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.roster, signer: "agency"))) {
      try draft.verified()
    }
    let stranger = try Escrow()
    let box = try stranger.holder("agency")
    #expect(throws: EscrowError.rosterRefused(.holderNotInPolicy(try escrow.id("agency")))) {
      try draft.sign(with: box.holder)
    }
    let altered = String(decoding: try escrow.rosterBytes(), as: UTF8.self)
      .replacing("\"depositors\": \"client\"", with: "\"depositors\": \"server\"")
    #expect(throws: EscrowError.failedVerification(.badSignature(.roster, signer: "judge"))) {
      try UnverifiedRoster(reading: Array(altered.utf8)).verified()
    }
  }

  // MARK: successors

  /// Every holder of `escrow` but `leaving`, and new ones for the rest of `policy`.
  static func successors(
    of escrow: Escrow, policy: AccessPolicy, leaving: Set<String> = []
  ) throws -> [HolderID: Escrow.HolderBox] {
    var holders: [HolderID: Escrow.HolderBox] = [:]
    for id in policy.holders {
      if let box = escrow.holders[id], !leaving.contains(id.description) {
        holders[id] = box
      } else {
        holders[id] = Escrow.HolderBox(
          try Holder.generate(id, sealingKeyNotAfter: Escrow.start.adding(seconds: 366 * 86_400)))
      }
    }
    return holders
  }

  @Test("A successor stands when its predecessor's policy approved it")
  func approvedSuccessor() throws {
    let escrow = try Escrow()
    let policy = try AccessPolicy(parsing: "thresh(3, judge, provider, agency)")
    let next = try Escrow.roster(policy: policy, holders: escrow.holders, succeeding: escrow.roster)
    #expect(next.body.generation == 2)
    #expect(next.body.previous == escrow.roster.id)
    #expect(next.genesis == escrow.roster.id)
    #expect(next.generation(withID: escrow.roster.id)?.policy == escrow.policy)
    let third = try Escrow.roster(policy: policy, holders: escrow.holders, succeeding: next)
    #expect(third.genesis == escrow.roster.id)
    #expect(third.ancestors.map(\.id) == [escrow.roster.id, next.id])
  }

  @Test("A successor whose predecessor's holders did not approve it is refused")
  func unapprovedSuccessor() throws {
    let escrow = try Escrow()
    // Provider and agency stay and sign, but the old policy asks for the old judge.
    let holders = try Self.successors(of: escrow, policy: escrow.policy, leaving: ["judge"])
    let reason = "its predecessor's holders have not approved it"
    #expect(throws: EscrowError.rosterRefused(.notSuccessor(reason: reason))) {
      try Escrow.roster(policy: escrow.policy, holders: holders, succeeding: escrow.roster)
    }
  }

  @Test("A holder who leaves approves the roster without itself")
  func leavingHolderApproves() throws {
    let escrow = try Escrow()
    let holders = try Self.successors(of: escrow, policy: escrow.policy, leaving: ["judge"])
    let body = try RosterBody(
      policy: escrow.policy, holders: holders.values.map { $0.holder.record }, issued: Escrow.start,
      succeeding: escrow.roster)
    var draft = try UnverifiedRoster(body)
    for id in escrow.policy.holders {
      guard let box = holders[id] else { continue }
      try draft.sign(with: box.holder)
    }
    let leaving = try escrow.holder("judge")
    try draft.sign(with: leaving.holder, succeeding: escrow.roster)
    let next = try draft.verified(succeeding: escrow.roster)
    #expect(next.holder(try escrow.id("judge")) != escrow.roster.holder(try escrow.id("judge")))
    // Only the predecessor's own holders approve, and only what names it.
    let stranger = try Escrow()
    let box = try stranger.holder("judge")
    for previous in [nil, escrow.roster, stranger.roster] {
      #expect(throws: EscrowError.rosterRefused(.holderNotInPolicy(try escrow.id("judge")))) {
        try draft.sign(with: box.holder, succeeding: previous)
      }
    }
  }

  @Test("A successor names its predecessor, its genesis and its number")
  func wrongLinks() throws {
    let escrow = try Escrow()
    let other = try Escrow()
    let body = try RosterBody(
      policy: escrow.policy, holders: escrow.roster.holders, issued: Escrow.start, succeeding: escrow.roster)
    func refused(_ change: (String) -> String, _ previous: Roster?, _ reason: String) throws {
      var signed = try SignedText(.roster, text: change(body.text))
      for id in escrow.policy.holders {
        let box = try escrow.holder(id.description)
        try signed.sign(with: box.holder.signingKey, name: id.description)
      }
      let roster = try UnverifiedRoster(reading: signed.bytes)
      #expect(throws: EscrowError.rosterRefused(.notSuccessor(reason: reason))) {
        try roster.verified(succeeding: previous)
      }
    }
    let mismatch = "it does not name this predecessor"
    let genesis = "\"genesis\": \"\(escrow.roster.id.hex)\""
    let previous = "\"previous\": \"\(escrow.roster.id.hex)\""
    try refused(
      { $0.replacing(genesis, with: "\"genesis\": \"\(other.roster.id.hex)\"") }, escrow.roster, mismatch)
    try refused(
      { $0.replacing(previous, with: "\"previous\": \"\(other.roster.id.hex)\"") }, escrow.roster, mismatch)
    try refused({ $0.replacing("\"generation\": 2", with: "\"generation\": 3") }, escrow.roster, mismatch)
    try refused({ $0 }, other.roster, mismatch)
    try refused({ $0 }, nil, "generation 2 needs its predecessor")
    let first = try UnverifiedRoster(reading: try escrow.rosterBytes())
    #expect(
      throws: EscrowError.rosterRefused(.notSuccessor(reason: "it is a first generation and follows nothing"))
    ) {
      try first.verified(succeeding: other.roster)
    }
    let text = body.text.replacing("\"generation\": 2", with: "\"generation\": 1")
    #expect(
      throws: EscrowError.malformed(.roster, reason: "roster.generation does not fit previous and genesis")
    ) { try RosterBody(parsing: text) }
  }

  // MARK: deposits under an ancestor

  @Test("Deposits under an ancestor come back by their own matrix")
  func ancestors() throws {
    let first = try Escrow("and(judge, or(provider, agency))")
    let old = try TestKey.run(3, conversation: conversation(1))
    try first.deposit(old)
    let policy = try AccessPolicy(parsing: "and(agency, judge, provider)")
    let second = try Escrow(succeeding: first, policy: policy)
    let new = try TestKey.run(2, conversation: conversation(1), from: 10)
    try second.deposit(new)
    let warrant = try second.warrant(try second.body([conversation(1)]))
    let releases = try ["judge", "agency", "provider"].map { try second.release(warrant, by: $0) }
    let result = try second.recover(warrant, releases)
    #expect(result.keys.sorted() == old + new)
    #expect(result.report.faults == [])
  }

  @Test("A holder whose key changed answers for what was sealed to the earlier one, while it has that key")
  func earlierSealingKey() throws {
    let first = try Escrow()
    let old = try TestKey.run(2, conversation: conversation(1))
    try first.deposit(old)
    let sealing = try X25519PrivateKey.generate()
    let signing = try Ed25519PrivateKey.generate()
    let judge = try first.holder("judge")
    let record = try HolderRecord(
      id: judge.holder.id, sealingKey: sealing.publicKey, sealingKeyNotAfter: Self.notAfter,
      signingKey: signing.publicKey)
    let body = try RosterBody(
      policy: first.policy, holders: [record] + first.roster.holders.dropFirst(), issued: Escrow.start,
      succeeding: first.roster)
    var draft = try UnverifiedRoster(body)
    var holder = try Holder(
      id: judge.holder.id, sealingKey: sealing, sealingKeyNotAfter: Self.notAfter, signingKey: signing)
    try draft.sign(with: holder)
    for name in ["provider", "agency"] {
      let box = try first.holder(name)
      try draft.sign(with: box.holder)
    }
    try draft.sign(with: judge.holder, succeeding: first.roster)
    let roster = try draft.verified(succeeding: first.roster)
    let next = Escrow(
      policy: first.policy, holders: first.holders, roster: roster, store: first.store,
      depositor: first.depositor, recipientKey: first.recipientKey)
    let new = try TestKey.run(1, conversation: conversation(1), from: 5)
    try next.deposit(new)
    var warrant = try next.warrant(try next.body([conversation(1)]), judges: [])
    try warrant.sign(with: holder, roster: roster)
    let authorization = try warrant.verified(by: roster, now: Escrow.start).authorization(for: holder.id)
    func release(_ holder: borrowing Holder) throws -> Release {
      let spool = MemorySpool()
      let front = try Releaser.release(
        authorization, by: holder, from: next.store, spool: spool, now: Escrow.start)
      return try next.verifiedRelease(warrant, front + spool.bytes)
    }
    var error: EscrowError?
    do { _ = try release(holder) } catch let refused as EscrowError { error = refused }
    #expect(error == .warrantRefused(.sealingKeyMissing(judge.holder.id, roster: first.roster.id)))
    // Two keys of one holder, kept as they are kept on disk: the private half is nowhere but in the holder.
    holder.addEarlierSealingKey(try Self.copy(of: judge))
    let result = try next.recover(warrant, [try release(holder), try next.release(warrant, by: "agency")])
    #expect(result.keys.sorted() == old + new)
  }

  private static func copy(of box: Escrow.HolderBox) throws -> X25519PrivateKey {
    let pem = try box.holder.sealingKey.pem()
    return try pem.withBytes { bytes throws(CryptoError) in try X25519PrivateKey.fromPEM(bytes) }
  }

  @Test("A weaker successor does not weaken what was deposited before it")
  func ancestorPolicyHolds() throws {
    let first = try Escrow("and(judge, provider, agency)")
    let submission = try first.deposit(try TestKey.run(3, conversation: conversation(1)))
    let second = try Escrow(
      succeeding: first, policy: try AccessPolicy(parsing: "and(judge, or(provider, agency))"))
    let new = try TestKey.run(2, conversation: conversation(1), from: 10)
    try second.deposit(new)
    let warrant = try second.warrant(try second.body([conversation(1)]))
    let releases = try ["judge", "agency"].map { try second.release(warrant, by: $0) }
    let result = try second.recover(warrant, releases)
    #expect(result.keys == new)
    #expect(result.report.missing == 3)
    #expect(result.report.withoutQuorum == [submission.deposits[0].deposit.digest])
    #expect(result.report.faults == [])
  }

  @Test("A holder who joined later answers for what it holds, and passes over the rest")
  func joined() throws {
    let first = try Escrow("and(judge, or(provider, agency))")
    let old = try TestKey.run(3, conversation: conversation(1))
    try first.deposit(old)
    let second = try Escrow(
      succeeding: first, policy: try AccessPolicy(parsing: "and(judge, or(provider, agency, agency:b))"))
    let new = try TestKey.run(2, conversation: conversation(1), from: 10)
    try second.deposit(new)
    let warrant = try second.warrant(try second.body([conversation(1)], recipient: "agency:b"))
    let releases = try ["judge", "agency:b"].map { try second.release(warrant, by: $0) }
    #expect(releases[1].body.records == 2)
    let result = try second.recover(warrant, releases)
    #expect(result.keys == new)
    #expect(result.report.missing == 3)
    let oldOnly = try second.warrant(
      try second.body([conversation(1)], epochs: 0...9, recipient: "agency:b"))
    #expect(throws: EscrowError.warrantRefused(.nothingInScope)) {
      try second.release(oldOnly, by: "agency:b")
    }
  }
}
