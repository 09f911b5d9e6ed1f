package import KeyEscrow
import LibCrypto
import SecretMemory

/// A depositor with one session.
package struct TestDepositor: ~Copyable {
  private let depositor: Depositor
  private var session: DepositSession

  package init(_ world: StoreWorld, capacity: Int = 64, opened: Timestamp = StoreWorld.start) throws {
    let depositor = try Depositor.generate()
    session = try DepositSession.open(
      roster: world.roster, depositor: depositor, stateKey: SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: opened, capacity: capacity)
    self.depositor = depositor
  }

  /// The session's header.
  package var header: UnverifiedSession { session.session }

  /// Deposits a fresh key for each locator, as one deposit made at `time`.
  package mutating func add(_ locators: [RecordLocator], at time: Timestamp = StoreWorld.start) throws {
    var batch = try KeyBatch(capacity: locators.count)
    let keys = try SystemRandom().secret(32 * locators.count)
    for (index, locator) in locators.enumerated() {
      try keys.withBytes { keys in
        try batch.append(
          conversation: locator.conversation, epoch: locator.epoch,
          uniformKey: keys.extracting(32 * index..<32 * (index + 1)))
      }
    }
    try session.add(batch, now: time)
  }

  /// Hands out what was added since the last time.
  package mutating func submit() throws -> DepositSubmission {
    try session.submit(signedBy: depositor)
  }

  /// One submission of one deposit.
  package mutating func submission(
    of locators: [RecordLocator], at time: Timestamp = StoreWorld.start
  ) throws -> DepositSubmission {
    try add(locators, at: time)
    return try submit()
  }
}
