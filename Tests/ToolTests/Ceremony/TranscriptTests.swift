import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing
import Testing

/// The record of a ceremony holds together, or says where it does not.
struct TranscriptTests {
  private let bytes: [UInt8]

  init() throws { bytes = try CeremonyScene.complete.get().transcript }

  private func fault(_ bytes: [UInt8]) -> EscrowError? {
    do throws(EscrowError) {
      _ = try UnverifiedTranscript(parsing: bytes).verified()
      return nil
    } catch { return error }
  }

  // The text's parts: what stands before the steps, each step, and what stands after them.
  private var parts: (front: String, steps: [String], back: String) {
    get throws {
      let text = String(decoding: bytes, as: UTF8.self)
      let start = try #require(text.range(of: "  \"steps\": [\n")).upperBound
      let end = try #require(text.range(of: "\n  ],\n", range: start..<text.endIndex)).lowerBound
      let steps = text[start..<end].components(separatedBy: ",\n    {\n").enumerated().map { index, part in
        index == 0 ? part : "    {\n" + part
      }
      return (String(text[..<start]), steps, String(text[end...]))
    }
  }

  private func with(_ steps: [String]) throws -> [UInt8] {
    let parts = try parts
    return Array((parts.front + steps.joined(separator: ",\n") + parts.back).utf8)
  }

  @Test func itVerifies() throws {
    #expect(fault(bytes) == nil)
    let verified = try UnverifiedTranscript(parsing: bytes).verified()
    #expect(verified.statements.count == 31)
    #expect(verified.holders.count == 7)
    #expect(verified.drill?.isComplete == true)
    #expect(verified.redacted.isEmpty)
    #expect(try with(try parts.steps) == bytes)
  }

  @Test func anyAlteredByteIsFound() throws {
    var found: Set<String> = []
    for index in stride(from: 0, to: bytes.count, by: 397) {
      for bit: UInt8 in [1, 0x20] {
        var altered = bytes
        altered[index] ^= bit
        let fault = fault(altered)
        #expect(fault != nil, "byte \(index), bit \(bit)")
        if case .ceremony(let fault)? = fault { found.insert("\(fault)".prefix { $0 != "(" }.description) }
      }
    }
    #expect(found.isSuperset(of: ["statement", "chain"]))
  }

  // Where the file may end: what stands behind the signatures may be taken away, opening by opening and attachment by
  // attachment, and the rest says the same.
  private var redactableEnds: Set<Int> {
    var ends: Set<Int> = []
    var at = 0
    var isBehindSignatures = false
    var isAttachment = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("=== key-escrow/v1 attachment ") {
        ends.insert(at)
        isAttachment = true
      }
      at += line.count + 1
      if text == "=== key-escrow/v1 openings ===" { isBehindSignatures = true }
      if isBehindSignatures, !isAttachment { ends.insert(at) }
    }
    return ends.union([bytes.count])
  }

  @Test func anyCutIsFound() throws {
    let ends = redactableEnds
    for count in stride(from: 0, to: bytes.count, by: 211) where !ends.contains(count) {
      #expect(fault(Array(bytes[..<count])) != nil, "\(count) bytes")
    }
  }

  @Test func aCutThatOnlyTakesAwayWhatMayGoIsARedaction() throws {
    let whole = try UnverifiedTranscript(parsing: bytes).verified()
    let ends = redactableEnds.sorted()
    // The line itself, openings of 31 steps, two attachments.
    #expect(ends.count > 30)
    var redacted = Int.max
    for end in ends {
      let rest = try UnverifiedTranscript(parsing: Array(bytes[..<end])).verified()
      #expect(rest.digest == whole.digest && rest.statements.count == whole.statements.count)
      #expect(rest.redacted.count <= redacted)
      redacted = rest.redacted.count
    }
    #expect(redacted == 0)
  }

  @Test func aChangeInAStepNamesTheStep() throws {
    let steps = try parts.steps
    for number in [1, 8, 9, 15, 31] {
      var altered = steps
      altered[number - 1] = altered[number - 1].replacing(/"done": "20/, with: "\"done\": \"21")
      let actor = try UnverifiedTranscript(parsing: bytes).statements[number - 1].actor.description
      #expect(fault(try with(altered)) == .ceremony(.statement(step: number, actor: actor)))
    }
  }

  @Test func aStepThatWasRemovedIsNamed() throws {
    let steps = try parts.steps
    for number in 1...steps.count {
      var altered = steps
      altered.remove(at: number - 1)
      let expected: EscrowError =
        number == steps.count
        ? .ceremony(.incomplete(reason: "the step observe was not done by the witness"))
        : .ceremony(.sequence(after: number - 1, found: number + 1))
      #expect(fault(try with(altered)) == expected, "step \(number)")
    }
  }

  @Test func stepsThatChangedPlacesAreNamed() throws {
    let steps = try parts.steps
    for number in 1..<steps.count {
      var altered = steps
      altered.swapAt(number - 1, number)
      #expect(fault(try with(altered)) == .ceremony(.sequence(after: number - 1, found: number + 1)))
    }
  }

  @Test func aStepThatWasAddedIsNamed() throws {
    let steps = try parts.steps
    for number in [1, 9, steps.count] {
      var altered = steps
      altered.insert(steps[number - 1], at: number - 1)
      #expect(fault(try with(altered)) == .ceremony(.sequence(after: number, found: number)))
    }
  }

  @Test func aStepOfAnotherCeremonyIsNamed() throws {
    let scene = try CeremonyScene()
    expect(try scene.run(), exits: 0)
    let other = try scene.transcript
    let text = String(decoding: other, as: UTF8.self)
    let start = try #require(text.range(of: "  \"steps\": [\n")).upperBound
    let foreign = text[start...].components(separatedBy: ",\n    {\n")
    var altered = try parts.steps
    altered[1] = "    {\n" + foreign[1]
    // It brings its own key and follows the same nothing: the chain tells them apart.
    #expect(fault(try with(altered)) == .ceremony(.chain(step: 2)))
    altered = try parts.steps
    altered[9] = "    {\n" + foreign[9]
    #expect(fault(try with(altered)) == .ceremony(.statement(step: 10, actor: "judge:paris")))
  }

  @Test func aMissingSignatureIsNamed() throws {
    let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    let places = lines.indices.filter { lines[$0].hasPrefix("\u{2014} ") }
    #expect(places.count == 8)
    for place in places {
      var altered = lines
      let name = altered.remove(at: place).split(separator: " ")[1]
      #expect(
        fault(Array(altered.joined(separator: "\n").utf8))
          == .failedVerification(.signatureMissing(.transcript, signer: String(name))))
    }
  }

  @Test func aChainThatIsReckonedAnewMeetsTheSignatures() throws {
    // Whoever takes out the witness's last exception by making its step anew needs the witness's key; whoever only
    // exchanges signature bytes of a step meets the step's own check.
    var steps = try parts.steps
    steps[30] = steps[30].replacing(/"chain": "[0-9a-f]{8}/, with: "\"chain\": \"00000000")
    #expect(fault(try with(steps)) == .ceremony(.chain(step: 31)))
    let other = String(decoding: bytes, as: UTF8.self).replacing(
      "  \"roster\": \"", with: "  \"roster\": \"0", maxReplacements: 1)
    #expect(fault(Array(other.utf8)) != nil)
  }

  @Test func redactingLeavesItVerifiable() throws {
    let workspace = try CeremonyScene.complete.get().copy().workspace
    try workspace.must(
      "ceremony", "transcript", "redact", "D/transcript", "--field", "person", "location", "plan",
      "exception", "-o",
      "public")
    let text = try workspace.text("public")
    for secret in ["Claire Martin", "Palais de Justice", "run by a machine"] {
      #expect(try workspace.text("D/transcript").contains(secret))
      #expect(!text.contains(secret))
    }
    let verified = try workspace.must("ceremony", "transcript", "verify", "public", "--json").json
    let before = try workspace.must("ceremony", "transcript", "verify", "D/transcript", "--json").json
    #expect(verified["transcript"] as? String == before["transcript"] as? String)
    #expect(
      verified["redacted"] as? [String] == [
        "exception.1: step 31", "location: steps 1 to 31", "person: steps 1 to 31", "plan: steps 1 to 31",
      ])
    let shown = try workspace.must("ceremony", "transcript", "show", "public").output
    #expect(shown.contains("(taken out)"))
    expect(
      try workspace.run("ceremony", "transcript", "redact", "public", "--field", "person", "-o", "again"),
      exits: 64,
      saying: "nothing of this")
    // One field of one step.
    try workspace.must(
      "ceremony", "transcript", "redact", "D/transcript", "--field", "person", "--step", "2", "-o", "one")
    #expect(
      try workspace.must("ceremony", "transcript", "verify", "one", "--json").json["redacted"] as? [String]
        == ["person: step 2"])
  }

  @Test func aTextThatWasExchangedIsNamed() throws {
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      fault(Array(text.replacing("Claire Martin", with: "Carla Martin", maxReplacements: 1).utf8))
        == .ceremony(.opening(step: 1, name: "person")))
    let lines = text.components(separatedBy: "\n")
    let place = try #require(lines.firstIndex { $0.hasPrefix("1 person ") })
    var moved = lines
    moved[place] = moved[place].replacing("1 person", with: "2 person")
    #expect(fault(Array(moved.joined(separator: "\n").utf8)) != nil)
  }

  @Test func theToolSaysWhere() throws {
    let workspace = try CeremonyScene.complete.get().copy().workspace
    var steps = try parts.steps
    steps.remove(at: 11)
    try workspace.write(try with(steps), to: "T")
    expect(
      try workspace.run("ceremony", "transcript", "verify", "T"), exits: 5,
      saying: "step 11 is followed by step 13")
    expect(try workspace.run("ceremony", "transcript", "verify", "ceremony.yaml"), exits: 5)
    expect(try workspace.run("ceremony", "transcript", "verify", "nowhere"), exits: 64)
  }
}
