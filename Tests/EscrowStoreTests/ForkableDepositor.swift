import KeyEscrow
import LibCrypto
import SecretMemory
import StoreTestSupport

/// Keeps the last state that a session saved.
final class MemoryState: SessionStateStorage {
  private let state = Locked<[UInt8]?>(nil)

  var saved: [UInt8]? { state.withLock { $0 } }

  func save(_ sealed: [UInt8]) { state.withLock { $0 = sealed } }
}

/// A depositor that can go back to a state it saved before, which an honest one never does.
struct ForkableDepositor: ~Copyable {
  private let depositor: Depositor
  private let storage: MemoryState
  private let roster: Roster
  private var session: DepositSession

  init(_ world: StoreWorld, storage: MemoryState) throws {
    let depositor = try Depositor.generate()
    session = try DepositSession.open(
      roster: world.roster, depositor: depositor, stateKey: Self.stateKey(), storage: storage,
      now: StoreWorld.start)
    self.depositor = depositor
    self.storage = storage
    roster = world.roster
  }

  mutating func submission(of locators: [RecordLocator]) throws -> DepositSubmission {
    var batch = try KeyBatch(capacity: locators.count)
    for locator in locators {
      let key = try SystemRandom().bytes(KeyBatch.keyByteCount)
      try batch.append(conversation: locator.conversation, epoch: locator.epoch, uniformKey: key.span)
    }
    try session.add(batch, now: StoreWorld.start)
    return try session.submit(signedBy: depositor)
  }

  mutating func resume(_ saved: [UInt8], after head: UnverifiedHead) throws {
    session = try DepositSession.resume(
      saved, roster: roster, depositor: depositor, stateKey: Self.stateKey(), storage: storage, stored: head,
      now: StoreWorld.start)
  }

  private static func stateKey() throws -> SecretBytes {
    try SecretBytes.copying([UInt8](repeating: 3, count: 32).span)
  }
}
