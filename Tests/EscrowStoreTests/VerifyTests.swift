import EscrowStore
import Foundation
import GRDB
import KeyEscrow
import LibCrypto
import StoreTestSupport
import Testing
import TransparencyLog

@Suite struct VerifyTests {
  /// Two sessions; the second has two submissions, of two deposits and of one.
  struct Filled {
    let fixture: StoreFixture
    let session: Digest

    init() throws {
      fixture = try StoreFixture()
      var other = try TestDepositor(fixture.world)
      try fixture.accept(other.submission(of: fixture.locators(9, 0...3)))
      var depositor = try TestDepositor(fixture.world)
      try depositor.add(fixture.locators(1, 0...3))
      try depositor.add(fixture.locators(2, 0...3))
      try fixture.accept(depositor.submit())
      try fixture.accept(depositor.submission(of: fixture.locators(3, 0...3)))
      session = depositor.header.id
    }

    /// What a verification finds after `statements` were run on the file.
    func findings(after statements: String...) throws -> [StoreFinding] {
      for statement in statements { try fixture.tamper(statement) }
      return try fixture.store.verify(roster: fixture.world.roster).findings
    }

    func finding(_ sequence: UInt64?, _ fault: StoreFault) -> StoreFinding {
      StoreFinding(session: session, sequence: sequence, fault: fault)
    }
  }

  // Deposits are rows 1 (the other session), 2, 3, 4.
  static let columns: [(StoredColumn, kind: Int, holder: Int)] = [
    (.tags, 3, 0), (.commitments, 4, 0), (.shareDigests(row: 1), 5, 1), (.sealed(row: 2), 6, 2),
  ]

  @Test(arguments: columns)
  func namesAChangedColumn(column: StoredColumn, kind: Int, holder: Int) throws {
    let filled = try Filled()
    let findings = try filled.findings(
      after: """
        UPDATE columns SET bytes = CAST(X'00000000' || substr(bytes, 5) AS BLOB)
        WHERE deposit = 3 AND kind = \(kind) AND holder = \(holder)
        """)
    var expected = [filled.finding(1, .column(column)), filled.finding(1, .depositDigest)]
    if column == .tags { expected.append(filled.finding(1, .tag(position: 0))) }
    #expect(findings == expected)
  }

  @Test func namesAMissingAndAShortColumn() throws {
    let missing = try Filled()
    #expect(
      try missing.findings(after: "DELETE FROM columns WHERE deposit = 4 AND kind = 4")
        == [missing.finding(2, .columnMissing(.commitments))])
    let short = try Filled()
    #expect(
      try short.findings(after: "UPDATE columns SET bytes = X'00' WHERE deposit = 4 AND kind = 4")
        == [short.finding(2, .column(.commitments))])
    let more = try Filled()
    #expect(
      try more.findings(after: "INSERT INTO columns VALUES (4, 6, 77, X'00')")
        == [more.finding(2, .columnUnexpected)])
  }

  @Test func namesAnIndexThatHidesInventsOrMovesRecords() throws {
    let hidden = try Filled()
    #expect(
      try hidden.findings(after: "DELETE FROM records WHERE deposit = 3 AND position = 2")
        == [hidden.finding(1, .recordNotIndexed(position: 2))])
    let invented = try Filled()
    #expect(
      try invented.findings(after: "INSERT INTO records VALUES (zeroblob(40), 3, 2)")
        == [StoreFinding(fault: .recordNotListed(deposit: 3, position: 2))])
    let orphan = try Filled()
    #expect(
      try orphan.findings(after: "INSERT INTO records VALUES (zeroblob(40), 99, 0)")
        == [StoreFinding(fault: .recordNotListed(deposit: 99, position: 0))])
    // One hidden and one invented: the numbers agree, the contents do not.
    let moved = try Filled()
    #expect(
      try moved.findings(
        after: "UPDATE records SET locator = zeroblob(40) WHERE deposit = 3 AND position = 2")
        == [
          moved.finding(1, .recordNotIndexed(position: 2)),
          StoreFinding(fault: .recordNotListed(deposit: 3, position: 2)),
        ])
  }

  @Test func namesAListThatTheTagsContradict() throws {
    let filled = try Filled()
    let findings = try filled.findings(
      after: """
        UPDATE columns SET bytes = CAST(substr(bytes, 1, 40) || zeroblob(40) || substr(bytes, 81) AS BLOB)
        WHERE deposit = 3 AND kind = 2
        """,
      "UPDATE records SET locator = zeroblob(40) WHERE deposit = 3 AND position = 1")
    #expect(findings == [filled.finding(1, .tag(position: 1))])
  }

  @Test func namesARemovedDeposit() throws {
    let filled = try Filled()
    let findings = try filled.findings(
      after: "DELETE FROM records WHERE deposit = 3", "DELETE FROM columns WHERE deposit = 3",
      "DELETE FROM deposits WHERE id = 3")
    #expect(findings.contains(filled.finding(2, .brokenChain)))
    #expect(
      findings.contains(
        filled.finding(1, .head(.failedVerification(.depositDigest(sequence: 1))))))
    #expect(findings.contains(filled.finding(1, .receipt("it is for another deposit"))))
  }

  @Test func namesDepositsWithoutAHead() throws {
    let filled = try Filled()
    #expect(
      try filled.findings(after: "DELETE FROM heads WHERE session = 2 AND sequence = 2")
        == [filled.finding(2, .unsigned)])
  }

  @Test func namesAHeadOrReceiptOfAnother() throws {
    let filled = try Filled()
    let findings = try filled.findings(
      after:
        "UPDATE heads SET note = (SELECT note FROM heads WHERE session = 1) WHERE session = 2 AND sequence = 1",
      "UPDATE heads SET receipt = (SELECT receipt FROM heads WHERE session = 1) WHERE session = 2 AND sequence = 2"
    )
    #expect(
      findings == [
        filled.finding(1, .head(.failedVerification(.depositDigest(sequence: 1)))),
        filled.finding(2, .receipt("it is for another deposit")),
      ])
  }

  @Test func namesAHeadWithAWrongSignature() throws {
    let filled = try Filled()
    // The last character of the signature's base64 but its padding: same length, another signature.
    let findings = try filled.findings(
      after: """
        UPDATE heads SET note = CAST(substr(note, 1, length(note) - 20) || 'AAAA' || substr(note, -16) AS BLOB)
        WHERE session = 2 AND sequence = 1
        """)
    #expect(
      findings == [
        filled.finding(1, .head(.failedVerification(.badSignature(.head, signer: Depositor.keyName))))
      ])
  }

  @Test func namesAReceiptOfAnotherKey() throws {
    let filled = try Filled()
    let other = try StoreFixture()
    let key = try Ed25519PrivateKey.generate()
    var depositor = try TestDepositor(other.world)
    let receipt = try other.store.verifyAndAccept(
      depositor.submission(of: other.locators(1, 0...0)), roster: other.world.roster,
      receivedAt: StoreWorld.start, signingKey: key)
    let findings = try filled.findings(after: "UPDATE meta SET value = '\(receipt.store.vkey)'")
    #expect(findings.count == 3)
    #expect(findings.allSatisfy { $0.fault == .receipt("it is signed by another key") })
  }

  @Test func namesASessionOfAnotherRoster() throws {
    let filled = try Filled()
    let other = try StoreWorld()
    let findings = try filled.fixture.store.verify(roster: other.roster).findings
    #expect(findings.count == 2)
    #expect(findings.allSatisfy { $0.fault == .session(.failedVerification(.sessionHolders)) })
    #expect(try filled.fixture.store.verify().isClean)
  }

  @Test func namesARowThatContradictsItsHeader() throws {
    let filled = try Filled()
    #expect(
      try filled.findings(after: "UPDATE deposits SET time = time + 1 WHERE id = 3")
        == [filled.finding(1, .header)])
  }

  @Test func namesAMissingTriggerAndAnAddedTable() throws {
    let fixture = try StoreFixture()
    let queue = try DatabaseQueue(path: fixture.path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "DROP TRIGGER records_no_delete")
      try db.execute(sql: "CREATE TABLE extra (x)")
    }
    #expect(
      try fixture.store.verify().findings == [
        StoreFinding(fault: .schema("unexpected: CREATE TABLE extra (x)")),
        StoreFinding(
          fault: .schema("missing: CREATE TRIGGER records_no_delete BEFORE DELETE ON records")),
      ])
  }

  /// Every page in turn filled with noise: a finding or a named error, never a crash, never a clean bill.
  @Test func noticesEveryDamagedPage() throws {
    let filled = try Filled()
    let fixture = filled.fixture
    try fixture.store.close()
    let intact = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
    let pageByteCount = 4096
    let path = fixture.folder.file("damaged.sqlite")
    for page in 0..<intact.count / pageByteCount {
      var damaged = intact
      // The first page keeps its header, which tells whether this is a store at all.
      let start = page * pageByteCount + (page == 0 ? 100 : 0)
      for index in start..<(page + 1) * pageByteCount { damaged[index] = UInt8.random(in: 0...255) }
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
      try damaged.write(to: URL(fileURLWithPath: path))
      do {
        let store = try EscrowDatabase.open(path: path, mode: .readOnly)
        let verification = try store.verify(roster: fixture.world.roster)
        #expect(!verification.isClean, "page \(page + 1)")
      } catch let error as StoreError {
        guard case .corrupt = error else {
          Issue.record("page \(page + 1): \(error)")
          continue
        }
      } catch let error as EscrowError {
        guard case .storage = error else {
          Issue.record("page \(page + 1): \(error)")
          continue
        }
      }
    }
  }

  @Test func tellsItsProgress() throws {
    let filled = try Filled()
    var told: [UInt64] = []
    _ = try filled.fixture.store.verify { done, total in
      told.append(done)
      #expect(total == 4)
    }
    #expect(told == [1, 2, 3, 4])
  }
}
