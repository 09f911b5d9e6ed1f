import EscrowStore
import GRDB
import KeyEscrow
import LibCrypto
import StoreTestSupport
import Testing

@Suite struct LookupTests {
  static let epochs: [UInt64] = [
    0, 1, 2, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 63) + 1, UInt64.max - 1, UInt64.max,
  ]

  /// One record as the tests know it.
  struct Known: Equatable {
    let session: Digest
    let sequence: UInt64
    let position: UInt32
    let locator: RecordLocator
    let time: Timestamp
  }

  /// Deposits of three depositors over 12 conversations, submitted in turn, at rising times.
  static func filled() throws -> (fixture: StoreFixture, records: [Known]) {
    let fixture = try StoreFixture()
    var bySession: [[Known]] = [[], [], []]
    var first = try TestDepositor(fixture.world)
    var second = try TestDepositor(fixture.world)
    var third = try TestDepositor(fixture.world)
    for round in 0..<6 {
      for session in 0..<3 {
        let time = StoreWorld.moment(StoreWorld.start.secondsSince1970 + Int64(100 * round))
        let locators = (0..<Int.random(in: 1...40)).map { _ in
          RecordLocator(
            conversation: StoreWorld.conversation(.random(in: 0..<12)), epoch: epochs.randomElement() ?? 0)
        }
        let submission =
          switch session {
          case 0: try first.submission(of: locators, at: time)
          case 1: try second.submission(of: locators, at: time)
          default: try third.submission(of: locators, at: time)
          }
        try fixture.accept(submission)
        let header = submission.deposits[0].deposit.header
        for (position, locator) in locators.enumerated() {
          bySession[session].append(
            Known(
              session: header.session, sequence: header.sequence, position: UInt32(position),
              locator: locator, time: time))
        }
      }
    }
    return (fixture, bySession.flatMap { $0 })
  }

  @Test func lookupsEqualAScan() throws {
    let (fixture, records) = try Self.filled()
    let agencyRow = try #require(fixture.world.roster.holders.firstIndex { $0.id == fixture.world.agency.id })
    for round in 0..<60 {
      let bounds = [Self.epochs.randomElement() ?? 0, Self.epochs.randomElement() ?? 0].sorted()
      let times = [Int64.random(in: -10...510), Int64.random(in: -10...510)].sorted().map {
        StoreWorld.moment(StoreWorld.start.secondsSince1970 + $0)
      }
      // Among them conversations that nobody deposited, and every tenth time the largest scope there is.
      let numbers =
        round.isMultiple(of: 10)
        ? Array(0..<WarrantScope.maximumConversations)
        : (0..<Int.random(in: 1...8)).map { _ in Int.random(in: 0..<16) }
      let scope = try WarrantScope(
        conversations: numbers.map(StoreWorld.conversation), epochs: bounds[0]...bounds[1],
        deposited: Bool.random() ? times[0]...times[1] : nil)
      let expected = records.filter { scope.contains($0.locator, depositedAt: $0.time) }
      let count = try fixture.store.count(in: scope)
      #expect(count.records == UInt64(expected.count))
      #expect(count.keys == UInt64(Set(expected.map(\.locator)).count))
      var found: [Known] = []
      var deposits = 0
      try fixture.store.forEachDeposit(in: scope, row: { _ in agencyRow }) { view throws(EscrowError) in
        deposits += 1
        for record in view.records {
          found.append(
            Known(
              session: view.header.session, sequence: view.header.sequence, position: record.position,
              locator: record.locator, time: view.header.time))
        }
        // A holder asks for the session, and may count, in the middle of the lookup.
        let session = try fixture.store.session(view.header.session)
        #expect(session?.id == view.header.session)
        let again = try fixture.store.count(in: scope)
        #expect(again == count)
      }
      // The known records are in order already: sessions as they were first stored, sequence, position.
      #expect(found == expected)
      #expect(deposits == Set(expected.map { "\($0.session) \($0.sequence)" }).count)
    }
  }

  @Test func aLookupNeverScansATable() throws {
    let (fixture, _) = try Self.filled()
    let scope = try WarrantScope(conversations: (0..<5).map(StoreWorld.conversation))
    for sql in [ScopeQuery.count, ScopeQuery.records] {
      let plan = try fixture.store.withWriter { db in
        try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: ScopeQuery(scope).arguments
        ).map { $0["detail"] as String }
      }
      for table in ["records", "deposits", "sessions"] {
        #expect(!plan.contains { $0.hasPrefix("SCAN \(table)") }, "\(plan)")
      }
      #expect(plan.contains("SEARCH records USING PRIMARY KEY (locator>? AND locator<?)"), "\(plan)")
      #expect(plan.contains("SEARCH deposits USING INTEGER PRIMARY KEY (rowid=?)"), "\(plan)")
    }
  }

  @Test func viewsCarryTheHoldersColumnsOnly() throws {
    let fixture = try StoreFixture()
    var depositor = try TestDepositor(fixture.world)
    let submission = try depositor.submission(of: fixture.locators(1, 0...9))
    try fixture.accept(submission)
    let deposit = submission.deposits[0].deposit
    for row in 0..<3 {
      var views: [HolderView] = []
      try fixture.store.forEachDeposit(
        in: WarrantScope(conversations: [StoreWorld.conversation(1)], epochs: 3...4), row: { _ in row }
      ) { view throws(EscrowError) in views.append(view) }
      let view = try #require(views.first)
      #expect(views.count == 1)
      #expect(view.header == deposit.header)
      #expect(view.tags == deposit.publicPart.tags)
      #expect(view.shareDigests == deposit.publicPart.shareDigests[row])
      #expect(view.sealedColumn == deposit.sealedColumns[row])
      #expect(view.records.map(\.position) == [3, 4])
      for (index, column) in deposit.sealedColumns.enumerated() {
        #expect(try view.ciphertextDigests[index] == SHA256.digest(column))
      }
      #expect(try view.digests.commitments == SHA256.digest(deposit.publicPart.commitments))
      #expect(
        try fixture.store.shareDigests(deposit.digest, row: row) == deposit.publicPart.shareDigests[row])
    }
    // A holder that is not on the roster sees nothing.
    try fixture.store.forEachDeposit(
      in: WarrantScope(conversations: [StoreWorld.conversation(1)]), row: { _ in nil }
    ) { view throws(EscrowError) in Issue.record("\(view.header)") }
    let recovery = try #require(try fixture.store.deposit(deposit.digest))
    #expect(recovery.commitments == deposit.publicPart.commitments)
    #expect(recovery.tags == deposit.publicPart.tags)
    #expect(try fixture.store.deposit(submission.session.id) == nil)
    #expect(try fixture.store.shareDigests(deposit.digest, row: 3) == nil)
    #expect(try fixture.store.session(deposit.digest) == nil)
    #expect(try fixture.store.head(ofSession: deposit.digest) == nil)
  }

  @Test func anAuditSeesEveryDepositOnce() throws {
    let (fixture, records) = try Self.filled()
    var seen: [String] = []
    var check = try IntakeCheck(roster: fixture.world.roster, holder: fixture.world.agency.id)
    let row = fixture.world.roster.holders.firstIndex { $0.id == fixture.world.agency.id }
    var failure: EscrowError?
    var views: [HolderView] = []
    try fixture.store.forEachDeposit(row: { _ in row }) { view throws(EscrowError) in
      views.append(view)
      seen.append("\(view.header.session) \(view.header.sequence)")
    }
    for view in views {
      let session = try #require(try fixture.store.session(view.header.session))
      do throws(EscrowError) {
        try check.check(view, session: session, by: fixture.world.agency)
      } catch { failure = error }
    }
    #expect(failure == nil)
    var expected: [String] = []
    for record in records {
      let name = "\(record.session) \(record.sequence)"
      if expected.last != name { expected.append(name) }
    }
    #expect(seen == expected)
    #expect(check.records == UInt64(records.count))
  }

  @Test(arguments: [0, 1, 7, 18, 100])
  func aSampleHasItsSizeAndStaysInOrder(size: Int) throws {
    let (fixture, _) = try Self.filled()
    var all: [Digest] = []
    try fixture.store.forEachDeposit(row: { _ in 0 }) { view throws(EscrowError) in all.append(view.digest) }
    #expect(all.count == 18)
    var drawn: Set<Digest> = []
    for _ in 0..<20 {
      var sample: [Digest] = []
      try fixture.store.forEachDeposit(sample: size, row: { _ in 0 }) { view throws(EscrowError) in
        sample.append(view.digest)
      }
      #expect(sample.count == min(size, 18))
      #expect(sample == all.filter(Set(sample).contains))
      drawn.formUnion(sample)
    }
    // Twenty draws of 7 miss a given deposit with probability 5e-5.
    if size == 7 { #expect(drawn.count > 15) }
    try fixture.store.forEachDeposit(sample: 5, row: { _ in nil }) { _ throws(EscrowError) in
      Issue.record("a deposit without a column of the holder")
    }
  }
}
