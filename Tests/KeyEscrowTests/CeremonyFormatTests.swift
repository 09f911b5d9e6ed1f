import LibCrypto
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Ceremonies: what no plan, step or part may say")
struct CeremonyFormatTests {
  // MARK: Plans

  private static func plan(
    _ holders: [CeremonyPlan.PlannedHolder], isTest: Bool = true
  ) throws -> CeremonyPlan {
    try CeremonyPlan(
      title: "Three", location: "Paris", isTest: isTest,
      policy: AccessPolicy(parsing: "and(judge, or(provider, agency))"), holders: holders,
      witness: CeremonyPlan.Participant(), depositors: .client, sealingDays: 366, limits: RosterLimits(),
      digest: SHA256.digest([1]))
  }

  private static let holders = [Role.judge, .provider, .agency].map {
    CeremonyPlan.PlannedHolder(id: HolderID($0))
  }

  @Test("A plan has every holder once, and a log unless it is for tests")
  func plans() throws {
    let plan = try Self.plan(Self.holders)
    #expect(plan.lead == HolderID(.judge) && plan.drillRecipient == HolderID(.agency))
    #expect(throws: EscrowError.malformed(.ceremonyPlan, reason: "judge is planned twice")) {
      try Self.plan(Self.holders + [Self.holders[0]])
    }
    #expect(throws: EscrowError.rosterRefused(.holderMissing(HolderID(.agency)))) {
      try Self.plan(Array(Self.holders.prefix(2)))
    }
    #expect(
      throws: EscrowError.malformed(
        .ceremonyPlan,
        reason: "test is false and there is no log; a roster without a log is for tests only")
    ) {
      try Self.plan(Self.holders, isTest: false)
    }
  }

  // MARK: Steps

  @Test(
    "A step's file has its form",
    arguments: [
      ([UInt8]("note".utf8), "it does not end with a line"),
      (Array("note\n".utf8), "it has no line \"=== key-escrow/v1 openings ===\""),
      ([0xFF, 0x0A], "it is not UTF-8"),
      (
        [UInt8](repeating: 0x0A, count: UnverifiedCeremonyRecord.maximumByteCount + 1),
        "it is larger than \(UnverifiedCeremonyRecord.maximumByteCount) bytes"
      ),
      (
        Array("\n=== key-escrow/v1 openings ===\n=== key-escrow/v1 attachment roster ===\n*\n".utf8),
        "its attachment roster is not base64"
      ),
    ])
  func steps(bytes: [UInt8], reason: String) {
    #expect(throws: EscrowError.malformed(.ceremonyStep, reason: reason)) {
      try UnverifiedCeremonyRecord(parsing: bytes)
    }
  }

  // MARK: Parts

  private static let name = "001-keys-judge.txt"

  @Test("A file that was cut comes together again, in whatever order its parts come")
  func parts() throws {
    let file = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let parts = try CrossingPart.parts(of: file, name: Self.name, lineLength: 120)
    #expect(parts.count > 10 && parts.allSatisfy { $0.line.utf8.count <= 120 })
    let read = try parts.reversed().map { try CrossingPart(parsing: $0.line) }
    #expect(try CrossingPart.file(of: read) == file)
    #expect(throws: EscrowError.malformed(.crossingPart, reason: "these are not all parts of one file")) {
      try CrossingPart.file(of: Array(parts.dropLast()))
    }
    // A part of another file with as many parts of the same name.
    var other = file
    other[0] ^= 1
    let foreign = try CrossingPart.parts(of: other, name: Self.name, lineLength: 120)
    #expect(throws: EscrowError.malformed(.crossingPart, reason: "these are not all parts of one file")) {
      try CrossingPart.file(of: [foreign[0]] + parts.dropFirst())
    }
    let forged = try CrossingPart(
      parsing: foreign[0].line.replacing(foreign[0].check, with: parts[0].check))
    #expect(
      throws: EscrowError.malformed(
        .crossingPart, reason: "the parts of \(Self.name) do not make the file that was cut")
    ) {
      try CrossingPart.file(of: [forged] + parts.dropFirst())
    }
  }

  @Test(
    "A name that could be a directory's, or hidden, does not cross",
    arguments: ["", "../001-a.txt", "001-a/b.txt", ".001-a.txt", "01-keys.txt", "001-keys", "001-Keys.txt"])
  func names(name: String) {
    #expect(
      throws: EscrowError.malformed(.crossingPart, reason: "\(name) does not cross in 999 parts")
    ) {
      try CrossingPart.parts(of: [1], name: name, lineLength: 120)
    }
  }

  @Test(
    "Any other line is no part",
    arguments: [
      ("", "it is not KE1, a name, a number, a check and base64"),
      (
        "KE2 001-keys-judge.txt 1/1 0123456789abcdef aGVsbG8=",
        "it is not KE1, a name, a number, a check and base64"
      ),
      ("KE1 001-keys-judge.txt 2/1 0123456789abcdef aGVsbG8=", "its number is wrong"),
      ("KE1 001-keys-judge.txt 0/1 0123456789abcdef aGVsbG8=", "its number is wrong"),
      ("KE1 001-keys-judge.txt 1/1000 0123456789abcdef aGVsbG8=", "its number is wrong"),
      ("KE1 ../001-keys.txt 1/1 0123456789abcdef aGVsbG8=", "its name is no file's of a ceremony"),
      ("KE1 001-keys-judge.txt 1/1 0123456789abcdef aGVsbG8", "it is not base64"),
      ("KE1 001-keys-judge.txt 1/1 0123456789abcdef ", "it is not base64"),
      ("KE1 001-keys-judge.txt 01/1 0123456789abcdef aGVsbG8=", "it is not in canonical form"),
      ("KE1 001-keys-judge.txt 1/1 0123456789ABCDEF aGVsbG8=", "it is not in canonical form"),
      ("KE1 001-keys-judge.txt 1/1 0123456789abcde aGVsbG8=", "it is not in canonical form"),
    ])
  func lines(line: String, reason: String) {
    #expect(throws: EscrowError.malformed(.crossingPart, reason: reason)) { try CrossingPart(parsing: line) }
  }
}
