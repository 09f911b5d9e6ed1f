import FlowSupport
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// One honest escrow and all its artifacts, made once for a process.
struct Samples: Sendable {
  let world: FlowWorld
  let keys: [RecordLocator: [UInt8]]
  let submission: DepositSubmission
  let warrant: UnverifiedWarrant
  let verifiedWarrant: Warrant
  let releases: [HolderID: [UInt8]]
  let extract: [UInt8]
  let refusal: [UInt8]
  let receipt: [UInt8]
  let intakeReceipt: [UInt8]
  let savedState: [UInt8]
  static let storeSeed = [UInt8](repeating: 0x77, count: 32)

  static let conversation = FlowWorld.conversation(0x42)

  /// The samples, or the reason why there are none.
  static let shared = Result { try Samples() }

  /// The samples.
  static func get() throws -> Samples { try shared.get() }

  private init() throws {
    let world = try FlowWorld()
    let count = 5
    var keyBytes = try SecretBytes.zeros(count * 32)
    keyBytes.withMutableBytes { bytes in
      for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 37 &+ index / 32) }
    }
    let state = SavedState()
    var session = try DepositSession.open(
      roster: world.roster, depositor: world.depositor, stateKey: world.depositor.stateKey(), storage: state,
      now: FlowWorld.now, isTest: true, capacity: 3)
    var keys: [RecordLocator: [UInt8]] = [:]
    for first in stride(from: 0, to: count, by: 3) {
      var batch = try KeyBatch(capacity: 3)
      for index in first..<min(first + 3, count) {
        try keyBytes.withBytes { bytes in
          let key = bytes.extracting(32 * index..<32 * (index + 1))
          try batch.append(conversation: Self.conversation, epoch: UInt64(index), uniformKey: key)
          keys[RecordLocator(conversation: Self.conversation, epoch: UInt64(index))] = key.indices.map {
            key[$0]
          }
        }
      }
      try session.add(batch, now: FlowWorld.now)
    }
    let submission = try session.submit(signedBy: world.depositor)
    world.store.add(submission)
    savedState = state.bytes
    let warrant = try world.warrant(Self.conversation)
    var releases: [HolderID: [UInt8]] = [:]
    for id in world.roster.policy.holders {
      releases[id] = try world.releaseBytes(warrant, by: id, from: world.store)
    }
    let seed = Self.storeSeed
    let storeKey = try Ed25519PrivateKey.fromSeed(seed.span)
    let spool = MemorySpool()
    let agency = world.recipient
    let front = try Extract.write(
      for: warrant, holder: agency, roster: world.roster, from: world.store, spool: spool, signedBy: storeKey,
      now: FlowWorld.now)
    extract = front + spool.bytes
    refusal = try world.withHolder(agency) { holder in
      try UnverifiedRefusal(
        refusing: warrant, by: holder, roster: world.roster, ground: .other, reason: "the stamp is missing",
        now: FlowWorld.now
      ).bytes
    }
    let verifiedHead = try submission.head.verified(for: submission.session.verified(roster: world.roster))
    receipt = try StoreReceipt(acknowledging: verifiedHead, received: FlowWorld.now, signingKey: storeKey)
      .bytes
    intakeReceipt = try world.withHolder(agency) { holder in
      var check = try IntakeCheck(roster: world.roster, holder: agency)
      for listed in submission.deposits {
        let view = try MemoryDeposits.view(listed.deposit, row: 2, records: [])
        try check.check(view, session: submission.session, by: holder)
      }
      return try check.receipt(signedBy: holder, now: FlowWorld.now).bytes
    }
    self.keys = keys
    self.submission = submission
    self.warrant = warrant
    verifiedWarrant = try warrant.verifiedForRecovery(by: world.roster)
    self.releases = releases
    self.world = world
  }
}

/// Keeps what a session saves.
private final class SavedState: SessionStateStorage, @unchecked Sendable {
  // Sendable: one thread makes the samples.
  private(set) var bytes: [UInt8] = []

  func save(_ sealed: [UInt8]) { bytes = sealed }
}
