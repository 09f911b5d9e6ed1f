import Foundation
import KeyEscrow
import SecretSharing
import Testing

/// Recovery: every set of holders, and whatever can be wrong with what they gave.
struct RecoverTests {
  /// The policies that must work, the default one first.
  static let policies = [
    "and(judge, or(provider, agency))",
    "thresh(3, judge, provider, agency)",
    "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, thresh(2, agency:a, agency:b, agency:c)))",
  ]

  @Test(arguments: policies)
  func everyAuthorisedSetRecoversBitForBitAndNoOtherSetAnything(_ policy: String) throws {
    let scene = try Scene(policy: policy).withWarrant().releasing()
    let parsed = try AccessPolicy(parsing: policy)
    let before = scene.workspace.files
    for number in 0..<1 << scene.holders.count {
      let members = scene.holders.indices.filter { number >> $0 & 1 == 1 }.map { scene.holders[$0] }
      let outcome = try scene.recover(members.map { "F.\(Scene.directory($0))" })
      if parsed.isSatisfied(by: Set(try members.map { try HolderID(parsing: $0) })) {
        expect(outcome, exits: 0)
        #expect(try scene.workspace.text("out.jsonl") == Scene.inScope, "\(members)")
        try FileManager.default.removeItem(atPath: scene.workspace.path("out.jsonl"))
      } else {
        expect(outcome, exits: 4)
        #expect(outcome.output == "")
      }
      #expect(scene.workspace.files == before, "\(members)")
    }
  }

  @Test func keysArePrintedOrWrittenForTheirOwnerOnly() throws {
    let scene = try Scene.answered.get().copy()
    let printed = try scene.recover(["F.judge", "F.agency"], to: nil)
    #expect(printed.status == 0 && printed.output == Scene.inScope && printed.errorLines.isEmpty)
    let written = try scene.workspace.must(
      "recover", "--roster", "R", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "-o", "out",
      "--jobs",
      "3", "--json", "F.judge", "F.agency", "F.provider")
    #expect(try scene.workspace.mode("out") == 0o600)
    #expect(try written.json["keys"] as? Int == 5)
    expect(try scene.recover(["F.judge", "F.agency"], to: "out"), exits: 64, saying: "out")
    // What comes out goes in again.
    try scene.workspace.must("deposit", "check", "--roster", "R", "--store", "S", "out")
    // A release may come through a pipe.
    let piped = try scene.workspace.must(
      "recover", "--roster", "R", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "F.judge",
      "-",
      input: .file("F.agency"))
    #expect(piped.output == Scene.inScope)
  }

  @Test func aPlaceWithTwoKeysGivesBoth() throws {
    let scene = try Scene(policy: Self.policies[0])
    try scene.workspace.must(
      "deposit", "--roster", "R", "--store", "S",
      input: .text(Scene.line(0, 3, variant: 1) + Scene.line(0, 4) + Scene.line(0, 4)))
    let answered = try scene.withWarrant().releasing()
    let outcome = try answered.recover(["F.judge", "F.provider"], to: nil)
    #expect(outcome.status == 0)
    #expect(
      outcome.output == Scene.line(0, 2) + Scene.line(0, 3) + Scene.line(0, 3, variant: 1)
        + (4...6).map { Scene.line(0, UInt64($0)) }.joined())
    #expect(outcome.errorLines.count == 1)
    #expect(
      outcome.errors.contains(
        "conversation \(Scene.conversation(0)) epoch 3 was deposited with different keys"))
  }

  @Test func theWrongRecipientKeyOpensNothing() throws {
    let scene = try Scene.answered.get().copy()
    try scene.draft("W2", key: "K2.pem")
    let files = ["F.judge", "F.agency"]
    expect(try scene.recover(files, key: "K2.pem"), exits: 5, saying: "K2.pem", "not the one")
    expect(try scene.recover(files, key: "absent.pem"), exits: 6, saying: "absent.pem")
    expect(try scene.recover(files, key: "judge/signing.pem"), exits: 6, saying: "judge/signing.pem")
    #expect(!scene.workspace.exists("out.jsonl"))
    // Releases to another warrant are no releases to this one.
    try scene.sign("W2")
    #expect(try scene.release("judge", "W2", to: "F2").status == 0)
    let outcome = try scene.recover(["F2", "F.agency"])
    expect(outcome, exits: 5)
    #expect(!scene.workspace.exists("out.jsonl"))
  }

  @Test func aTamperedReleaseIsNamedAndTheOthersSuffice() throws {
    let scene = try Scene.answered.get().copy()
    let bytes = try scene.workspace.bytes("F.agency")
    for index in stride(from: 5, to: bytes.count, by: bytes.count / 40) {
      var altered = bytes
      altered[index] ^= 1
      try scene.workspace.write(altered, to: "F.altered")
      let outcome = try scene.recover(["F.judge", "F.altered", "F.provider"], to: nil)
      #expect(outcome.status == 5, "byte \(index): \(outcome.errors)")
      #expect(outcome.output == Scene.inScope, "byte \(index)")
      #expect(outcome.errors.contains("F.altered") || outcome.errors.contains("agency"), "\(outcome.errors)")
      // Without enough others nothing comes out, and the culprit is named all the same.
      let alone = try scene.recover(["F.judge", "F.altered"])
      #expect(alone.status == 5, "byte \(index): \(alone.errors)")
      #expect(alone.errors.contains("F.altered") || alone.errors.contains("agency"), "\(alone.errors)")
      #expect(!scene.workspace.exists("out.jsonl"))
    }
  }

  @Test func aTamperedStoreIsNamedAndGivesNoWrongKey() throws {
    let scene = try Scene.answered.get().copy()
    let pristine = try scene.workspace.bytes("S")
    let (deposit, _) = try scene.deposit(0, 4)
    for column in [deposit.publicPart.tags, deposit.publicPart.commitments] {
      try scene.workspace.flip(column, in: "S")
      let outcome = try scene.recover(["F.judge", "F.agency", "F.provider"])
      #expect(outcome.status == 5)
      #expect(outcome.errors.contains("store"), "\(outcome.errors)")
      #expect(!scene.workspace.exists("out.jsonl"))
      #expect(try scene.workspace.run("store", "verify", "S").status == 5)
      try scene.workspace.write(pristine, to: "S")
    }
    for index in stride(from: 100, to: pristine.count, by: pristine.count / 40) {
      var altered = pristine
      altered[index] ^= 0x10
      try scene.workspace.write(altered, to: "S")
      let outcome = try scene.recover(["F.judge", "F.agency"], to: nil)
      // A byte that recovery does not read does no harm; whatever comes out is right.
      #expect([0, 5].contains(outcome.status), "byte \(index): \(outcome.errors)")
      #expect(outcome.output == (outcome.status == 0 ? Scene.inScope : outcome.output))
      for line in outcome.output.split(separator: "\n") { #expect(Scene.inScope.contains(line)) }
    }
  }

  @Test func oneHolderCountsOnce() throws {
    let scene = try Scene.answered.get().copy()
    #expect(
      try scene.recover(["F.judge", "F.judge", "F.agency", "F.agency"], to: nil).output == Scene.inScope)
    expect(try scene.recover(["F.judge", "F.judge"]), exits: 4, saying: "judge")
    expect(try scene.recover(["F.judge", "absent"]), exits: 64, saying: "absent")
    expect(try scene.recover(["F.judge", "."]), exits: 64, saying: ".")
  }
}
