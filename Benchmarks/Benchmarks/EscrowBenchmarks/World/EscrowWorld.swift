import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// The parties of an escrow under the default policy, made anew for a benchmark. They are test ones: nothing of it is in a
/// public log.
final class EscrowWorld {
  /// Keys per deposit, as the tool batches them.
  static let keysPerDeposit = 1024
  /// Conversations that the keys are spread over; a warrant names 4,096 at most.
  static let conversationCount = 1000

  let judge: Holder
  let provider: Holder
  let agency: Holder
  let depositor: Depositor
  let storeKey: Ed25519PrivateKey
  let recipientKey: X25519PrivateKey
  let roster: Roster
  let now: Timestamp
  private let conversations: [ConversationID]

  init() throws {
    guard let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)) else {
      throw Unusable("the system's clock is outside the years 1970 to 9999")
    }
    self.now = now
    let notAfter = now.adding(seconds: 365 * 86_400)
    func holder(_ role: String) throws -> Holder {
      try Holder(
        id: HolderID(parsing: role), sealingKey: try X25519PrivateKey.generate(),
        sealingKeyNotAfter: notAfter,
        signingKey: try Ed25519PrivateKey.generate())
    }
    judge = try holder("judge")
    provider = try holder("provider")
    agency = try holder("agency")
    depositor = try Depositor.generate()
    storeKey = try Ed25519PrivateKey.generate()
    recipientKey = try X25519PrivateKey.generate()
    var draft = try UnverifiedRoster(
      try RosterBody(
        policy: try AccessPolicy(parsing: "and(judge, or(provider, agency))"),
        holders: [judge.record, provider.record, agency.record], depositors: .client, isTest: true,
        issued: now))
    try draft.sign(with: judge)
    try draft.sign(with: provider)
    try draft.sign(with: agency)
    roster = try draft.verified()
    var conversations: [ConversationID] = []
    for _ in 0..<Self.conversationCount {
      let bytes = try SystemRandom().bytes(ConversationID.byteCount)
      guard let id = ConversationID(bytes: bytes.span) else {
        throw Unusable("a pseudonym has another length")
      }
      conversations.append(id)
    }
    self.conversations = conversations
  }

  /// Where key `index` belongs: one conversation after another, epoch after epoch, as devices deposit them.
  func locator(_ index: Int) -> RecordLocator {
    let block = index / Self.keysPerDeposit
    return RecordLocator(
      conversation: conversations[block % conversations.count],
      epoch: UInt64(block / conversations.count * Self.keysPerDeposit + index % Self.keysPerDeposit))
  }

  func openSession(capacity: Int = EscrowWorld.keysPerDeposit) throws -> DepositSession {
    try DepositSession.open(
      roster: roster, depositor: depositor, stateKey: try SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: now, isTest: true, capacity: capacity)
  }

  // MARK: Warrants and answers

  /// A warrant for everything, or for the first conversations, signed by its recipient and the judge.
  func warrant(conversations count: Int = EscrowWorld.conversationCount) throws -> UnverifiedWarrant {
    let scope = try WarrantScope(conversations: Array(conversations.prefix(count)))
    let body = WarrantBody(
      roster: roster.id, caseReference: "benchmark", legalBasis: "none: a benchmark", issued: now,
      notBefore: now,
      notAfter: now.adding(seconds: 86_400), recipient: agency.id, recipientKey: recipientKey.publicKey,
      scope: scope, maximumKeys: 1 << 32, isTest: true)
    var warrant = try UnverifiedWarrant(drafting: body, recipient: agency)
    try warrant.sign(with: judge, roster: roster)
    return warrant
  }

  /// Writes the front of `holder`'s answer and its chunks to `spool`; answers the front.
  func release(
    _ warrant: UnverifiedWarrant, by holder: borrowing Holder, from source: some HolderDepositSource,
    spool: some ChunkSpool
  ) throws -> [UInt8] {
    let verified = try warrant.verified(by: roster, now: now)
    return try Releaser.release(
      try verified.authorization(for: holder.id), by: holder, from: source, spool: spool, now: now)
  }
}

/// Fills batches with random keys, one after the other.
struct KeySupply: ~Copyable {
  private var keys: SecretBytes

  init(capacity: Int) throws {
    keys = try SecretBytes.zeros(capacity * KeyBatch.keyByteCount)
  }

  /// Replaces what is in `batch` by fresh keys for the places `range`.
  mutating func fill(_ batch: inout KeyBatch, _ range: Range<Int>, of world: EscrowWorld) throws {
    try keys.withMutableBytes { try SystemRandom().fill(&$0) }
    batch.removeAll()
    try keys.withBytes { keys throws(EscrowError) in
      for (offset, index) in range.enumerated() {
        let locator = world.locator(index)
        let start = offset * KeyBatch.keyByteCount
        try batch.append(
          conversation: locator.conversation, epoch: locator.epoch,
          uniformKey: keys.extracting(start..<start + KeyBatch.keyByteCount))
      }
    }
  }
}
