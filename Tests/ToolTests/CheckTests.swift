import Foundation
import KeyEscrow
import LibCrypto
import Testing

/// The member check, the holder's intake check, and `store verify`.
struct CheckTests {
  private let scene: Scene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try Scene.standard.get().copy() }

  private func check(_ lines: String) throws -> Tool.Outcome {
    try workspace.run("deposit", "check", "--roster", "R", "--store", "S", "--json", "-", input: .text(lines))
  }

  private func audit(_ options: String...) throws -> Tool.Outcome {
    try workspace.run(["deposit", "audit", "--roster", "R", "--store", "S", "--holder", "agency"] + options)
  }

  @Test func everyGoodDepositIsAccepted() throws {
    let report = try workspace.must(
      "deposit", "check", "--roster", "R", "--store", "S", "--json", "keys.jsonl"
    ).json
    #expect(report["records"] as? Int == 30 && report["good"] as? Int == 30)
  }

  @Test func aWrongKeyAndAWrongEpochAreNamed() throws {
    let lines = Scene.line(0, 0) + Scene.line(1, 4, variant: 1) + Scene.line(2, 2) + Scene.line(2, 77)
    let outcome = try check(lines)
    #expect(outcome.status == 5)
    #expect(outcome.errorLines.count == 2)
    #expect(
      outcome.errorLines[0].hasPrefix("escrow: line 2: conversation \(Scene.conversation(1)) epoch 4: "),
      "\(outcome.errors)")
    #expect(outcome.errorLines[0].contains("commits to another key"))
    #expect(
      outcome.errorLines[1].hasPrefix("escrow: line 4: conversation \(Scene.conversation(2)) epoch 77: "),
      "\(outcome.errors)")
    #expect(outcome.errorLines[1].contains("not deposited"))
    let bad = try #require(try outcome.json["bad"] as? [[String: Any]])
    #expect(bad.map { $0["line"] as? Int } == [2, 4])
    #expect(bad.map { $0["epoch"] as? Int } == [4, 77])
    #expect(try outcome.json["good"] as? Int == 2)
  }

  @Test func anotherDepositUnderTheSamePlaceDoesNotHideTheGoodOne() throws {
    try workspace.must(
      "deposit", "--roster", "R", "--store", "S", input: .text(Scene.line(1, 4, variant: 1)))
    #expect(try check(Scene.line(1, 4) + Scene.line(1, 4, variant: 1)).status == 0)
    #expect(try check(Scene.line(1, 4, variant: 2)).status == 5)
  }

  @Test func anAlteredShareDigestIsNamed() throws {
    let (deposit, position) = try scene.deposit(1, 4)
    let digests = deposit.publicPart.shareDigests[1]
    try workspace.flip(Array(digests[16 * position..<16 * position + 16]), in: "S")
    let outcome = try check(Scene.lines)
    #expect(outcome.status == 5)
    // No record of the deposit can be released any more; the one that was altered is told from the others.
    let culprits = outcome.errorLines.filter {
      $0.contains("the share of provider in record \(position) is wrong")
    }
    #expect(culprits.count == 1, "\(outcome.errors)")
    #expect(culprits[0].hasPrefix("escrow: line 15: conversation \(Scene.conversation(1)) epoch 4: "))
    #expect(outcome.errorLines.count == 30)
    #expect(outcome.errorLines[0].contains("deposit 0 of its session is not the one that was signed"))
    let verified = try workspace.run("store", "verify", "S", "--json")
    #expect(verified.status == 5)
    #expect(verified.errors.contains("session"))
    let findings = try #require(try verified.json["findings"] as? [String])
    #expect(!findings.isEmpty)
  }

  @Test func anIntakeCheckGivesAReceipt() throws {
    let printed = try audit()
    #expect(printed.status == 0)
    #expect(printed.output.contains("\"records\": 30,\n") && printed.output.contains("\n\n— agency "))
    #expect((try audit("--json").json["receipt"] as? String)?.contains("\n\n— agency ") == true)
    let written = try audit("-o", "receipt", "--json")
    #expect(try written.json["records"] as? Int == 30)
    #expect(try workspace.text("receipt").contains("key-escrow/v1 intake"))
    expect(try audit("-o", "receipt"), exits: 64, saying: "receipt")
    try workspace.must(
      ["deposit", "--roster", "R", "--store", "S", "--batch", "3"], input: .file("keys.jsonl"))
    #expect(try audit("--sample", "4", "-o", "sampled", "--json").json["deposits"] as? Int == 4)
    #expect(try audit("--sample", "400", "-o", "all", "--json").json["deposits"] as? Int == 11)
    expect(try audit("--sample", "0"), exits: 64)
  }

  @Test func aWrongColumnIsNamedAndGetsNoReceipt() throws {
    let (deposit, position) = try scene.deposit(2, 3)
    try workspace.flip(deposit.sealedColumns[2], in: "S")
    let outcome = try audit("-o", "receipt")
    expect(outcome, exits: 5, saying: deposit.digest.hex, "agency")
    #expect(!workspace.exists("receipt"))
    // The columns of the others are what they were.
    try workspace.must("deposit", "audit", "--roster", "R", "--store", "S", "--holder", "judge")
    let digests = deposit.publicPart.shareDigests[0]
    try workspace.flip(Array(digests[16 * position..<16 * position + 16]), in: "S")
    let judges = try workspace.run("deposit", "audit", "--roster", "R", "--store", "S", "--holder", "judge")
    #expect(judges.status == 5)
    #expect(judges.errors.contains(deposit.digest.hex))
  }

  @Test func aHolderOfAnotherRosterCannotAudit() throws {
    try workspace.must("holder", "new", "--id", "agency", "--out", "other")
    expect(
      try workspace.run("deposit", "audit", "--roster", "R", "--store", "S", "--holder", "other"), exits: 3,
      saying: "agency")
  }

  @Test func aStoreIsShownAndVerified() throws {
    let info = try workspace.must("store", "info", "S", "--json").json
    #expect(info["deposits"] as? Int == 1 && info["records"] as? Int == 30 && info["sessions"] as? Int == 1)
    let report = try workspace.must("store", "verify", "S", "--roster", "R", "--json").json
    #expect(report["findings"] as? [String] == [])
    try scene.makeRoster("R2", policy: "and(judge, agency)")
    #expect(try workspace.run("store", "verify", "S", "--roster", "R2").status == 5)
    for absent in ["absent", "judge"] {
      for command in ["info", "verify"] {
        let outcome = try workspace.run("store", command, absent)
        expect(outcome, exits: absent == "absent" ? 64 : 5, saying: absent)
      }
    }
  }
}
