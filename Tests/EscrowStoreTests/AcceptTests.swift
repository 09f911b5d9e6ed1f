import EscrowStore
import Foundation
import GRDB
import KeyEscrow
import LibCrypto
import StoreTestSupport
import Testing
import TransparencyLog

@Suite struct AcceptTests {
  @Test func storesAndAcknowledges() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    try depositor.add(fixture.locators(1, 0...4))
    try depositor.add(fixture.locators(2, 7...7))
    let submission = try depositor.submit()
    let receipt = try fixture.accept(submission)
    #expect(receipt.deposit == submission.deposits[1].deposit.digest)
    #expect(receipt.sequence == 1)
    #expect(try fixture.store.head(ofSession: submission.session.id) == submission.head)
    #expect(try fixture.store.session(submission.session.id) == submission.session)
    let summary = try fixture.store.summary()
    #expect((summary.sessions, summary.deposits, summary.records) == (1, 2, 6))
    #expect(summary.deposited == StoreWorld.start...StoreWorld.start)
    #expect(summary.rosters == [fixture.world.roster.id])
    #expect(summary.storeKey == receipt.store.vkey)
    let found = try fixture.store.deposits(of: fixture.locators(2, 7...7)[0])
    #expect(found.map(\.deposit) == [submission.deposits[1].deposit])
    #expect(found.map(\.positions) == [[0]])
    let verification = try fixture.store.verify(roster: fixture.world.roster)
    #expect(verification.findings == [])
    #expect((verification.sessions, verification.deposits, verification.records) == (1, 2, 6))
  }

  @Test func aSecondSendingGetsTheSameReceipt() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    let first = try depositor.submission(of: fixture.locators(1, 0...4))
    let receipt = try fixture.accept(first)
    let second = try depositor.submission(of: fixture.locators(1, 5...6))
    let key = try StoreWorld.storeKey()
    let secondReceipt = try fixture.accept(second)
    let later = StoreWorld.moment(StoreWorld.start.secondsSince1970 + 60)
    for (submission, receipt) in [(first, receipt), (second, secondReceipt)] {
      let again = try fixture.store.verifyAndAccept(
        submission, roster: fixture.world.roster, receivedAt: later, signingKey: key)
      #expect(again.bytes == receipt.bytes)
    }
    #expect(try fixture.store.summary().records == 7)
    #expect(try fixture.store.verify(roster: fixture.world.roster).findings == [])
  }

  /// The depositor that makes two different deposits with one number, by saving no state.
  @Test func refusesASecondDigest() throws {
    let fixture = try StoreFixture()
    let storage = MemoryState()
    var fork = try ForkableDepositor(fixture.world, storage: storage)
    let first = try fork.submission(of: fixture.locators(1, 0...0))
    try fixture.accept(first)
    let saved = try #require(storage.saved)
    let honest = try fork.submission(of: fixture.locators(1, 1...1))
    try fork.resume(saved, after: first.head)
    let second = try fork.submission(of: fixture.locators(1, 2...2))
    #expect(honest.deposits[0].deposit.header.sequence == second.deposits[0].deposit.header.sequence)
    try fixture.accept(honest)
    #expect(throws: EscrowError.failedVerification(.secondDigest(sequence: 1))) { try fixture.accept(second) }
    #expect(try fixture.store.summary().records == 2)
    #expect(try fixture.store.verify().isClean)
  }

  /// Both were verified against the same newest head; the store decides under its lock.
  @Test func ofTwoVerifiedForksOneIsAccepted() throws {
    let fixture = try StoreFixture()
    let storage = MemoryState()
    var fork = try ForkableDepositor(fixture.world, storage: storage)
    let first = try fork.submission(of: fixture.locators(1, 0...0))
    try fixture.accept(first)
    let saved = try #require(storage.saved)
    let left = try fork.submission(of: fixture.locators(1, 1...1))
    let leftNext = try fork.submission(of: fixture.locators(1, 3...3))
    try fork.resume(saved, after: first.head)
    let right = try fork.submission(of: fixture.locators(1, 2...2))
    let session = try first.session.verified(roster: fixture.world.roster)
    let verifiedLeft = try left.verified(session: session, after: first.head.head)
    let verifiedRight = try right.verified(session: session, after: first.head.head)
    let verifiedNext = try leftNext.verified(session: session, after: left.head.head)
    let key = try StoreWorld.storeKey()
    _ = try fixture.store.accept(verifiedRight, receivedAt: StoreWorld.start, signingKey: key)
    #expect(throws: EscrowError.failedVerification(.secondDigest(sequence: 1))) {
      try fixture.store.accept(verifiedLeft, receivedAt: StoreWorld.start, signingKey: key)
    }
    // It follows a deposit that this store does not have.
    #expect(throws: EscrowError.failedVerification(.brokenChain(sequence: 2))) {
      try fixture.store.accept(verifiedNext, receivedAt: StoreWorld.start, signingKey: key)
    }
    #expect(try fixture.store.verify(roster: fixture.world.roster).isClean)
  }

  @Test func refusesAGapASessionOfAnotherRosterAndAnotherStoreKey() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    let first = try depositor.submission(of: fixture.locators(1, 0...0))
    let second = try depositor.submission(of: fixture.locators(1, 1...1))
    #expect(throws: EscrowError.failedVerification(.brokenChain(sequence: 1))) { try fixture.accept(second) }
    let other = try StoreWorld()
    let key = try StoreWorld.storeKey()
    #expect(throws: EscrowError.failedVerification(.sessionHolders)) {
      try fixture.store.verifyAndAccept(
        first, roster: other.roster, receivedAt: StoreWorld.start, signingKey: key)
    }
    let receipt = try fixture.accept(first)
    let otherKey = try Ed25519PrivateKey.generate()
    let refusal = try #require(throws: EscrowError.self) {
      try fixture.store.verifyAndAccept(
        second, roster: fixture.world.roster, receivedAt: StoreWorld.start, signingKey: otherKey)
    }
    guard case .storage(let reason) = refusal else {
      Issue.record("\(refusal)")
      return
    }
    #expect(reason.hasPrefix("the store signs as \(receipt.store.vkey), not as store+"))
    #expect(try fixture.store.summary().deposits == 1)
  }

  @Test func onePairDepositedTwiceIsKeptTwice() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    let locator = fixture.locators(1, 5...5)
    try fixture.accept(depositor.submission(of: locator + locator))
    var other = try TestDepositor(fixture.world)
    try fixture.accept(other.submission(of: locator))
    let count = try fixture.store.count(in: WarrantScope(conversations: [locator[0].conversation]))
    #expect(count == ScopeCount(keys: 1, records: 3))
    #expect(try fixture.store.deposits(of: locator[0]).map(\.positions) == [[0, 1], [0]])
  }

  @Test func aFullDiskLosesNothingAcknowledged() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    try fixture.accept(depositor.submission(of: fixture.locators(1, 0...9)))
    try fixture.store.withWriter { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
    }
    for epoch in 0..<8 { try depositor.add(fixture.locators(epoch, 0...63)) }
    let large = try depositor.submit()
    #expect(throws: EscrowError.storeUnavailable(reason: StoreError.full.description)) {
      try fixture.accept(large)
    }
    #expect(try fixture.store.summary().records == 10)
    #expect(try fixture.store.verify(roster: fixture.world.roster).isClean)
    try fixture.store.withWriter { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
    try fixture.accept(large)
    #expect(try fixture.store.summary().records == 10 + 8 * 64)
    #expect(try fixture.store.verify(roster: fixture.world.roster).isClean)
  }

  @Test func severalThreadsWriteOneStore() async throws {
    let fixture = try StoreFixture()
    let other = try EscrowDatabase.open(path: fixture.path, mode: .readWrite)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        let store = task.isMultiple(of: 2) ? fixture.store : other
        group.addTask {
          var depositor = try TestDepositor(fixture.world)
          let key = try StoreWorld.storeKey()
          for epoch in 0..<20 {
            let submission = try depositor.submission(
              of: fixture.locators(task, UInt64(epoch)...UInt64(epoch)))
            _ = try store.verifyAndAccept(
              submission, roster: fixture.world.roster, receivedAt: StoreWorld.start, signingKey: key)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.store.summary().records == 80)
    #expect(try fixture.store.verify(roster: fixture.world.roster).findings == [])
  }
}
