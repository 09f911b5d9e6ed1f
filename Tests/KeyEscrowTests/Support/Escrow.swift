import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// The moment that `text` names.
func moment(_ text: String) -> Timestamp {
  guard let moment = Timestamp(text) else { preconditionFailure("not a moment: \(text)") }
  return moment
}

/// The parties of an escrow, with their private keys, for tests.
final class Escrow {
  static let start = moment("2027-01-31T09:30:00Z")

  let policy: AccessPolicy
  let holders: [HolderID: HolderBox]
  let roster: Roster
  let store: MemoryStore
  let depositor: DepositorBox
  let recipientKey: KeyBox
  /// The log that the roster names, if it names one.
  let log: WitnessedLog?
  /// The proofs of warrants that were logged.
  var proofs: [Digest: UnverifiedWarrantProof] = [:]

  /// A value that cannot be copied, in a place that tests can share.
  final class HolderBox {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  final class DepositorBox {
    let depositor: Depositor
    init(_ depositor: consuming Depositor) { self.depositor = depositor }
  }

  final class KeyBox {
    let key: X25519PrivateKey
    init(_ key: consuming X25519PrivateKey) { self.key = key }
  }

  init(
    _ policyText: String = "and(judge, or(provider, agency))", limits: RosterLimits = RosterLimits(),
    isTest: Bool? = nil, log: WitnessedLog? = nil, hours: UInt64 = 24, threshold: Int? = nil,
    isUnwitnessed: Bool = false
  ) throws {
    self.log = log
    policy = try AccessPolicy(parsing: policyText)
    var holders: [HolderID: HolderBox] = [:]
    for id in policy.holders {
      holders[id] = HolderBox(
        try Holder.generate(id, sealingKeyNotAfter: Escrow.start.adding(seconds: 366 * 86_400)))
    }
    self.holders = holders
    store = MemoryStore()
    depositor = DepositorBox(try Depositor.generate())
    recipientKey = KeyBox(try X25519PrivateKey.generate())
    roster = try Escrow.roster(
      policy: policy, holders: holders, limits: limits,
      log: try log?.rosterLog(threshold: threshold, hours: hours, isUnwitnessed: isUnwitnessed),
      isTest: isTest)
  }

  init(
    policy: AccessPolicy, holders: [HolderID: HolderBox], roster: Roster, store: MemoryStore,
    depositor: DepositorBox, recipientKey: KeyBox, log: WitnessedLog? = nil
  ) {
    self.log = log
    self.policy = policy
    self.holders = holders
    self.roster = roster
    self.store = store
    self.depositor = depositor
    self.recipientKey = recipientKey
  }

  static func roster(
    policy: AccessPolicy, holders: [HolderID: HolderBox], limits: RosterLimits = RosterLimits(),
    log: RosterLog? = nil, isTest: Bool? = nil, succeeding previous: Roster? = nil,
    alsoSigned others: [HolderBox] = []
  ) throws -> Roster {
    let body = try RosterBody(
      policy: policy, holders: policy.holders.compactMap { holders[$0]?.holder.record }, limits: limits,
      log: log, isTest: isTest, issued: start, succeeding: previous)
    var draft = try UnverifiedRoster(body)
    for id in policy.holders { try sign(&draft, holders[id]) }
    return try draft.verified(succeeding: previous)
  }

  private static func sign(_ draft: inout UnverifiedRoster, _ box: HolderBox?) throws {
    guard let box else { return }
    try draft.sign(with: box.holder)
  }

  func id(_ text: String) throws -> HolderID { try HolderID(parsing: text) }

  func holder(_ text: String) throws -> HolderBox {
    guard let box = holders[try id(text)] else {
      throw EscrowError.warrantRefused(.unknownHolder(try id(text)))
    }
    return box
  }

  /// Deposits `keys` in batches of `batch`, in one submission, and hands it to the store.
  @discardableResult
  func deposit(
    _ keys: [TestKey], batch size: Int = 1024, now: Timestamp = Escrow.start, isTest: Bool = false
  ) throws -> DepositSubmission {
    let submission = try submission(keys, batch: size, now: now, isTest: isTest)
    try store.accept(submission, roster: roster)
    return submission
  }

  func submission(
    _ keys: [TestKey], batch size: Int = 1024, now: Timestamp = Escrow.start, isTest: Bool = false
  ) throws -> DepositSubmission {
    var session = try DepositSession.open(
      roster: roster, depositor: depositor.depositor, stateKey: try SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: now, isTest: isTest, capacity: size)
    for start in stride(from: 0, to: keys.count, by: size) {
      var batch = try KeyBatch(capacity: size)
      for key in keys[start..<min(start + size, keys.count)] { try key.append(to: &batch) }
      try session.add(batch, now: now)
    }
    return try session.submit(signedBy: depositor.depositor)
  }

  func body(
    _ conversations: [ConversationID], epochs: ClosedRange<UInt64> = 0...UInt64.max,
    deposited: ClosedRange<Timestamp>? = nil, maximumKeys: UInt64 = 1_000_000, recipient: String = "agency",
    notBefore: Timestamp = Escrow.start, notAfter: Timestamp = Escrow.start.adding(seconds: 86_400),
    unsealAfter: Timestamp? = nil, isTest: Bool? = nil
  ) throws -> WarrantBody {
    WarrantBody(
      roster: roster.id, caseReference: "2027/0042", legalBasis: "Article 100 CPP", issued: Escrow.start,
      notBefore: notBefore, notAfter: notAfter, recipient: try id(recipient),
      recipientKey: recipientKey.key.publicKey,
      scope: try WarrantScope(conversations: conversations, epochs: epochs, deposited: deposited),
      maximumKeys: maximumKeys, unsealAfter: unsealAfter, isTest: isTest ?? roster.body.isTest)
  }

  /// A warrant signed by its recipient and by `judges`.
  func warrant(_ body: WarrantBody, judges: [String] = ["judge"]) throws -> UnverifiedWarrant {
    guard let recipient = holders[body.recipient] else {
      throw EscrowError.warrantRefused(.unknownHolder(body.recipient))
    }
    var warrant = try UnverifiedWarrant(drafting: body, recipient: recipient.holder)
    for judge in judges {
      let box = try holder(judge)
      try warrant.sign(with: box.holder, roster: roster)
    }
    return warrant
  }

  /// The bytes of `name`'s release file.
  func releaseBytes(
    _ warrant: UnverifiedWarrant, by name: String, now: Timestamp = Escrow.start.adding(seconds: 60),
    from source: (some HolderDepositSource)? = Optional<MemoryStore>.none
  ) throws -> [UInt8] {
    let box = try holder(name)
    let authorization = try authorization(warrant, for: name, now: now)
    let spool = MemorySpool()
    let front: [UInt8]
    if let source {
      front = try Releaser.release(authorization, by: box.holder, from: source, spool: spool, now: now)
    } else {
      front = try Releaser.release(authorization, by: box.holder, from: store, spool: spool, now: now)
    }
    return front + spool.bytes
  }

  func release(_ warrant: UnverifiedWarrant, by name: String) throws -> Release {
    try verifiedRelease(warrant, releaseBytes(warrant, by: name))
  }

  func verifiedRelease(_ warrant: UnverifiedWarrant, _ bytes: [UInt8]) throws -> Release {
    let verified = try verifiedForRecovery(warrant)
    return try UnverifiedRelease(MemoryBytes(bytes)).verified(for: verified)
  }

  /// Recovers from `releases` and answers the keys found, in the order they came out.
  func recover(
    _ warrant: UnverifiedWarrant, _ releases: [Release], jobs: Int = 1
  ) throws -> (keys: [TestKey], report: RecoveryReport) {
    let verified = try verifiedForRecovery(warrant)
    var keys: [TestKey] = []
    let report = try Recovery.recover(
      warrant: verified, releases: releases, recipientKey: recipientKey.key, source: store, jobs: jobs
    ) { locators, recovered throws(EscrowError) in
      for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
        keys.append(TestKey(locator: locator, key: (0..<32).map { recovered[32 * index + $0] }))
      }
    }
    return (keys, report)
  }
}

/// A conversation key in the open: only tests hold keys like this.
struct TestKey: Hashable, Comparable {
  let locator: RecordLocator
  let key: [UInt8]

  static func random(conversation: ConversationID, epoch: UInt64) throws -> TestKey {
    TestKey(
      locator: RecordLocator(conversation: conversation, epoch: epoch), key: try SystemRandom().bytes(32))
  }

  /// `count` keys of consecutive epochs of one conversation.
  static func run(_ count: Int, conversation: ConversationID, from first: UInt64 = 0) throws -> [TestKey] {
    try (0..<UInt64(count)).map { try random(conversation: conversation, epoch: first + $0) }
  }

  func append(to batch: inout KeyBatch) throws(EscrowError) {
    try batch.append(conversation: locator.conversation, epoch: locator.epoch, uniformKey: key.span)
  }

  static func < (left: TestKey, right: TestKey) -> Bool {
    left.locator != right.locator
      ? left.locator < right.locator : left.key.lexicographicallyPrecedes(right.key)
  }
}

/// A conversation whose pseudonym is `byte` 32 times.
func conversation(_ byte: UInt8) -> ConversationID {
  let bytes = [UInt8](repeating: byte, count: 32)
  guard let id = ConversationID(bytes: bytes.span) else { preconditionFailure("32 bytes are a pseudonym") }
  return id
}
