import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import Testing

/// The one small escrow that the vectors and artifacts of `Spec/` show, made by the library from fixed secrets.
///
/// Every secret is SHA-256 of a phrase (`Spec/README.md`, Test vectors). They are published, so the roster is for
/// tests only.
final class SpecExample {
  static let start = Timestamp("2027-01-31T09:30:00Z")
  static let conversations = ["conversation a", "conversation b"]

  let roster: Roster
  let rosterNote: [UInt8]
  let holders: [Escrow.HolderBox]
  let session: UnverifiedSession
  let submissions: [DepositSubmission]
  let warrant: UnverifiedWarrant
  let recipientKey: Escrow.KeyBox
  let storeKey: SigningBox
  let now: Timestamp

  final class SigningBox {
    let key: Ed25519PrivateKey
    init(_ key: consuming Ed25519PrivateKey) { self.key = key }
  }

  /// `SHA-256("key-escrow/v1 vector " ‖ phrase)`.
  static func seed(_ phrase: String) throws(CryptoError) -> [UInt8] {
    try SHA256.digest(Array("key-escrow/v1 vector \(phrase)".utf8)).bytes
  }

  static func sealingKey(_ phrase: String) throws(CryptoError) -> X25519PrivateKey {
    let raw = try seed(phrase)
    return try X25519PrivateKey.fromRaw(raw.span)
  }

  static func signingKey(_ phrase: String) throws(CryptoError) -> Ed25519PrivateKey {
    let raw = try seed(phrase)
    return try Ed25519PrivateKey.fromSeed(raw.span)
  }

  static func conversation(_ index: Int) throws -> ConversationID {
    let bytes = try seed(conversations[index])
    let id = ConversationID(bytes: bytes.span)
    return try #require(id)
  }

  /// Which conversation, epoch and key lie at each position of each of the two deposits.
  static let records: [[(conversation: Int, epoch: UInt64, key: String)]] = [
    [(0, 7, "key a 7"), (1, 1, "key b 1")],
    [(0, 8, "key a 8")],
  ]

  init() throws {
    let now = try #require(Self.start)
    self.now = now
    let policy = try AccessPolicy(parsing: "and(judge, or(provider, agency))")
    holders = try policy.holders.map { id in
      Escrow.HolderBox(
        try Holder(
          id: id, sealingKey: try Self.sealingKey("\(id) sealing"),
          sealingKeyNotAfter: now.adding(seconds: 90 * 86_400),
          signingKey: try Self.signingKey("\(id) signing")))
    }
    var draft = try UnverifiedRoster(
      try RosterBody(
        policy: policy, holders: holders.map { $0.holder.record },
        limits: RosterLimits(
          maximumKeys: 1000, maximumDays: 90, caps: [RosterLimits.Cap(keys: 1000, judges: 1)]),
        isTest: true, issued: now))
    for box in holders { try draft.sign(with: box.holder) }
    rosterNote = draft.bytes
    roster = try draft.verified()
    storeKey = SigningBox(try Self.signingKey("store signing"))
    (session, submissions) = try Self.deposits(roster: roster, now: now)

    recipientKey = Escrow.KeyBox(try Self.sealingKey("recipient"))
    let agency = holders[2]
    var warrant = try UnverifiedWarrant(
      drafting: WarrantBody(
        id: try #require(UUID(uuidString: "6f0c2f8e-3b7a-4c55-9d1e-2a4b8c7d9e10")), roster: roster.id,
        caseReference: "2027/0042", legalBasis: "Article 100 CPP", jurisdiction: "FR",
        issued: now.adding(seconds: 86_400), notBefore: now.adding(seconds: 86_400),
        notAfter: now.adding(seconds: 11 * 86_400), recipient: agency.holder.id,
        recipientKey: recipientKey.key.publicKey,
        scope: try WarrantScope(conversations: [try Self.conversation(0)], epochs: 7...8), maximumKeys: 100,
        isTest: true),
      recipient: agency.holder)
    let judge = holders[0]
    try warrant.sign(with: judge.holder, roster: roster)
    self.warrant = warrant
  }

  /// Two deposits of one session, each submitted by itself.
  private static func deposits(
    roster: Roster, now: Timestamp
  ) throws -> (session: UnverifiedSession, submissions: [DepositSubmission]) {
    let depositor = try Depositor(signingKey: try signingKey("depositor signing"))
    var session = try DepositSession.open(
      roster: roster, depositor: depositor, stateKey: try stateKey(), storage: EphemeralSessionState(),
      now: now, lifetime: 7 * 86_400, isTest: true, capacity: 2
    ) { (holder) throws(CryptoError) in try sealingKey("\(holder) ephemeral") }
    let submissions = try records.indices.map { index in
      try session.add(try batch(index), now: now.adding(seconds: Int64(60 * index)))
      return try session.submit(signedBy: depositor)
    }
    return (session.session, submissions)
  }

  static func stateKey() throws -> SecretBytes {
    let key = try seed("state key")
    return try SecretBytes.copying(key.span)
  }

  static func batch(_ index: Int) throws -> KeyBatch {
    var batch = try KeyBatch(capacity: 2)
    for record in records[index] {
      let key = try seed(record.key)
      try batch.append(
        conversation: try conversation(record.conversation), epoch: record.epoch, uniformKey: key.span)
    }
    return batch
  }

  func store() throws -> MemoryStore {
    let store = MemoryStore()
    for submission in submissions { try store.accept(submission, roster: roster) }
    return store
  }

  func verifiedWarrant() throws -> WarrantInForce {
    try warrant.verified(by: roster, now: now.adding(seconds: 2 * 86_400))
  }
}
