import FlowSupport
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import Testing

/// A clock that jumps back and forth: every moment is judged by itself, and no jump makes the library do what it would
/// refuse with a good clock.
@Suite struct ClockTests {
  static let day: Int64 = 86_400

  @Test func aSessionDepositsWithinItsDaysWhateverTheClockDoes() throws {
    let world = try FlowWorld()
    let lifetime = 5 * Self.day
    var session = try DepositSession.open(
      roster: world.roster, depositor: world.depositor, stateKey: world.depositor.stateKey(),
      storage: EphemeralSessionState(), now: FlowWorld.now, lifetime: lifetime, isTest: true, capacity: 1)
    let key = [UInt8](repeating: 9, count: 32)
    var accepted = 0
    for jump in [0, 3, -1, 5, 2, 6, 0, -400, 4, 400, 1].map({ Int64($0) * Self.day }) {
      let now = FlowWorld.now.adding(seconds: jump)
      var batch = try KeyBatch(capacity: 1)
      try batch.append(conversation: FlowWorld.conversation(1), epoch: UInt64(accepted), uniformKey: key.span)
      if (0...lifetime).contains(jump) {
        try session.add(batch, now: now)
        accepted += 1
      } else {
        #expect(
          throws: EscrowError.sessionRefused(.expired(notAfter: FlowWorld.now.adding(seconds: lifetime)))
        ) {
          try session.add(batch, now: now)
        }
      }
    }
    // What was refused used no number, and what was accepted is one chain, although its times go up and down.
    let submission = try session.submit(signedBy: world.depositor)
    #expect(submission.deposits.map(\.deposit.header.sequence) == Array(0..<UInt64(accepted)))
    let verified = try submission.verified(
      session: submission.session.verified(roster: world.roster), after: nil)
    #expect(verified.deposits.count == accepted)
  }

  @Test func aWarrantIsAnsweredWhileItIsInForceWhateverTheClockDid() throws {
    let world = try FlowWorld()
    let keys = try SystemRandom().secret(4 * 32)
    try world.deposit(keys, conversation: FlowWorld.conversation(1), perDeposit: 2)
    let warrant = try world.warrant(FlowWorld.conversation(1))
    let (first, last) = (warrant.body.notBefore, warrant.body.notAfter)
    for jump in [0, Self.day, -1, Self.day + 1, 3600, -400 * Self.day, 400 * Self.day, 1] {
      let now = first.adding(seconds: jump)
      if jump < 0 {
        #expect(throws: EscrowError.warrantRefused(.notYetValid(notBefore: first, now: now))) {
          try warrant.verified(by: world.roster, now: now)
        }
      } else if jump > Self.day {
        #expect(throws: EscrowError.warrantRefused(.expired(notAfter: last, now: now))) {
          try warrant.verified(by: world.roster, now: now)
        }
      } else {
        #expect(try warrant.verified(by: world.roster, now: now).digest == warrant.digest)
      }
    }
    // An answer that was given in time is read whenever the reader's clock says.
    let releases = try world.roster.policy.holders.map { try world.release(warrant, by: $0) }
    var count = 0
    let report = try world.recover(warrant, releases, from: world.store) { (_, keys) throws(EscrowError) in
      count += keys.count / 32
    }
    #expect(count == 4 && report.faults.isEmpty)
  }

  @Test func anExpiredSealingKeyIsExpiredAgainAfterTheClockWentBackAndForth() throws {
    let world = try FlowWorld()
    for year in [0, 2, 0, 3, 1] {
      let now = FlowWorld.now.adding(seconds: Int64(year) * 366 * Self.day)
      func open() throws {
        _ = try DepositSession.open(
          roster: world.roster, depositor: world.depositor, stateKey: world.depositor.stateKey(),
          storage: EphemeralSessionState(), now: now, isTest: true, capacity: 1)
      }
      if year > 1 {
        #expect(throws: EscrowError.sessionRefused(.sealingKeyExpired(world.roster.policy.holders[0]))) {
          try open()
        }
      } else {
        #expect(throws: Never.self) { try open() }
      }
    }
  }
}
