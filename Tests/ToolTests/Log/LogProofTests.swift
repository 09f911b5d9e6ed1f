import Foundation
import LibCrypto
import TestSupport
import Testing
import TransparencyLog

/// `log prove`, `log verify`, `log cosign` and `log checkpoint`.
struct LogProofTests {
  private let scene: LogScene
  private var workspace: Workspace { scene.workspace }

  init() throws {
    scene = try LogScene(entries: 300)
    try workspace.write(LogScene.entry(7), to: "e7")
    try workspace.write("quorum none\n", to: "nobody")
  }

  private func verify(_ proof: String, _ entry: String = "e7", _ options: String...) throws -> Tool.Outcome {
    try workspace.run(["log", "verify", "--proof", proof, "--vkey", LogScene.vkey] + options + [entry])
  }

  // MARK: Inclusion

  @Test func anEntryIsProvedByIndexAndByContent() throws {
    try workspace.must("log", "prove", "--index", "7", "L", "-o", "P")
    try workspace.must("log", "prove", "--entry", "e7", "L", "-o", "Q")
    let piped = try workspace.must("log", "prove", "--entry", "-", "L", input: .file("e7"))
    #expect(try workspace.text("P") == workspace.text("Q") && piped.output == workspace.text("P"))
    let bytes = try workspace.bytes("P")
    let proof = try TransparencyProof(parsing: bytes.span)
    #expect(proof.index == 7 && proof.bytes == bytes)
    expect(try verify("P"), exits: 0)
    try workspace.write(LogScene.vkey + "\n", to: "vkey")
    try workspace.must("log", "verify", "--proof", "P", "--vkey", "vkey", "--policy", "nobody", "e7")
    // Another entry, another key, another index.
    try workspace.write(LogScene.entry(8), to: "e8")
    expect(try verify("P", "e8"), exits: 5, saying: "P: ", "not in the tree")
    try workspace.must("log", "key", "--name", LogScene.origin, "-o", "other")
    expect(
      try workspace.run("log", "verify", "--proof", "P", "--vkey", "other.vkey", "e7"), exits: 5,
      saying: "no known key signed")
    let text = try workspace.text("P")
    try workspace.write(text.replacingOccurrences(of: "index 7\n", with: "index 8\n"), to: "X")
    expect(try verify("X"), exits: 5, saying: "X: ")
    expect(try workspace.run("log", "prove", "--index", "300", "L"), exits: 64, saying: "300")
    try workspace.write("never appended", to: "e")
    expect(try workspace.run("log", "prove", "--entry", "e", "L"), exits: 5, saying: "e: is no entry")
    expect(
      try workspace.run("log", "prove", "--index", "7", "L", "-o", "P"), exits: 64, saying: "overwritten")
    for options in [[], ["--index", "1", "--entry", "e7"], ["--index", "1", "--from", "1"]] {
      expect(try workspace.run(["log", "prove"] + options + ["L"]), exits: 64)
    }
  }

  @Test func everyByteOfAProofCounts() throws {
    try workspace.must("log", "prove", "--index", "7", "L", "-o", "P")
    let bytes = try workspace.bytes("P")
    for index in stride(from: 0, to: bytes.count, by: 23) {
      var altered = bytes
      altered[index] ^= 1
      try workspace.write(altered, to: "X")
      expect(try verify("X"), exits: 5, saying: "X: ")
    }
  }

  // MARK: Consistency

  @Test func aLogProvesThatItExtendsItself() throws {
    try workspace.must("log", "checkpoint", "L", "-o", "old")
    try scene.append(300..<600)
    try workspace.must("log", "prove", "--from", "old", "L", "-o", "C")
    try workspace.must("log", "prove", "--from", "300", "L", "-o", "C2")
    #expect(try workspace.bytes("C") == workspace.bytes("C2"))
    let verified = try workspace.must(
      "log", "verify", "--consistency", "C", "--vkey", LogScene.vkey, "old", "--json"
    ).json
    #expect(verified["oldSize"] as? Int == 300 && verified["size"] as? Int == 600)
    // From nothing, and from itself, nothing is to be proved.
    for size in ["0", "600"] {
      try workspace.must("log", "prove", "--from", size, "L", "-o", "C.\(size)")
      let bytes = try workspace.bytes("C.\(size)")
      #expect(try WitnessRequest(parsing: bytes.span).hashes.isEmpty)
    }
    expect(try workspace.run("log", "prove", "--from", "601", "L"), exits: 64, saying: "601")
    let bytes = try workspace.bytes("C")
    for index in stride(from: 0, to: bytes.count, by: 29) {
      var altered = bytes
      altered[index] ^= 1
      try workspace.write(altered, to: "X")
      expect(
        try workspace.run("log", "verify", "--consistency", "X", "--vkey", LogScene.vkey, "old"), exits: 5,
        saying: "X: ")
    }
    // A log of another history proves nothing.
    try scene.fork(at: 100, size: 700)
    expect(
      try workspace.run("log", "prove", "--from", "old", "L"), exits: 5, saying: "rewrote its history")
  }

  // MARK: Whole logs

  @Test func everyAlteredFileOfALogIsFound() throws {
    try workspace.must("log", "verify", "L")
    for (name, good) in try scene.files() {
      for bytes in [
        [], Array(good.dropLast()), good + [0], good.enumerated().map { $0 == good.count / 2 ? $1 ^ 1 : $1 },
      ] {
        try workspace.write(bytes, to: "L/\(name)")
        let outcome = try workspace.run("log", "verify", "L")
        expect(outcome, exits: 5, saying: "L: ")
      }
      try FileManager.default.removeItem(atPath: workspace.path("L/\(name)"))
      expect(try workspace.run("log", "verify", "L"), exits: name == "checkpoint" ? 64 : 5, saying: "L: ")
      // A directory in the place of a file.
      try FileManager.default.createDirectory(
        atPath: workspace.path("L/\(name)"), withIntermediateDirectories: false)
      expect(try workspace.run("log", "verify", "L"), exits: 5, saying: "L: ")
      try FileManager.default.removeItem(atPath: workspace.path("L/\(name)"))
      try workspace.write(good, to: "L/\(name)")
    }
    try workspace.must("log", "verify", "L", "--vkey", LogScene.vkey, "--origin", LogScene.origin)
    expect(try workspace.run("log", "verify", "L", "--origin", "other"), exits: 5, saying: "log.example/test")
    try FileManager.default.removeItem(atPath: workspace.path("L.keys"))
    expect(try workspace.run("log", "verify", "L"), exits: 64, saying: "--vkey")
    expect(try workspace.run("log", "verify", "absent", "--vkey", LogScene.vkey), exits: 64, saying: "absent")
  }

  // MARK: Witnesses elsewhere

  /// Makes a witness called `name`, whose memory is a directory of its own.
  private func makeWitness(_ name: String) throws -> String {
    try workspace.must("log", "key", "--witness", "--name", "witness.example/\(name)", "-o", name)
    return String(try workspace.text("\(name).vkey").dropLast())
  }

  private func cosign(_ name: String, _ options: String...) throws -> Tool.Outcome {
    try workspace.run(
      ["log", "cosign", "--key", name, "--memory", "\(name).memory", "--vkey", LogScene.vkey] + options)
  }

  @Test func witnessesElsewhereMakeAQuorum() throws {
    let keys = try ["w1", "w2", "w3"].map(makeWitness)
    let witnesses = zip(["a", "b", "c"], keys).map { "witness \($0) \($1)\n" }.joined()
    try workspace.write("log \(LogScene.vkey)\n\(witnesses)group g 2 a b c\nquorum g\n", to: "policy")
    // One looks at a copy of the log, two are sent a request.
    try workspace.must("log", "prove", "--from", "0", "L", "-o", "C")
    expect(try cosign("w1", "L", "-o", "1"), exits: 0)
    expect(try cosign("w2", "--request", "C", "-o", "2"), exits: 0)
    func prove(_ options: String...) throws -> Tool.Outcome {
      try workspace.run(["log", "prove", "--index", "7", "L", "--policy", "policy"] + options)
    }
    expect(try prove(), exits: 5, saying: "too few witnesses")
    expect(try prove("--cosigned", "1"), exits: 5, saying: "too few witnesses")
    let proved = try prove("--cosigned", "1", "--cosigned", "2", "-o", "P", "--json")
    #expect(try (proved.json["witnesses"] as? [Any])?.count == 2)
    // A witness answers with its lines alone.
    let line =
      try workspace.text("2").split(separator: "\n").filter { $0.hasPrefix("— witness") }.joined() + "\n"
    try workspace.write(line, to: "line")
    expect(try prove("--cosigned", "1", "--cosigned", "line", "-o", "P2"), exits: 0)
    #expect(try workspace.bytes("P") == workspace.bytes("P2"))
    let verified = try workspace.must("log", "verify", "--proof", "P", "--policy", "policy", "e7", "--json")
      .json
    #expect(verified["witnessTime"] as? String != nil)
    // A policy that does not know the log does, when the key is given; one that asks for all three is not reached.
    try workspace.write("\(witnesses)group g all a b c\nquorum g\n", to: "all")
    expect(try verify("P", "e7", "--policy", "all"), exits: 5, saying: "P: too few witnesses")
    expect(
      try workspace.run("log", "verify", "--proof", "P", "--policy", "all", "e7"), exits: 5,
      saying: "another log")
    // Line 1 stands for what a witness cannot have said.
    let forged = try workspace.text("1").replacingOccurrences(of: "w1 ", with: "w3 ")
    try workspace.write(forged, to: "forged")
    expect(try prove("--cosigned", "forged", "--cosigned", "2"), exits: 5)
    let whole = try workspace.must(
      "log", "verify", "L", "--policy", "policy", "--cosigned", "1", "--cosigned", "2", "--json"
    ).json
    #expect(whole["witnessedSize"] as? Int == 300)
    try scene.append(300..<301)
    // What was cosigned is part of what is published now.
    try workspace.must("log", "verify", "L", "--policy", "policy", "--cosigned", "1", "--cosigned", "2")
    expect(try workspace.run("log", "checkpoint", "L", "--cosigned", "1"), exits: 5, saying: "1: ", "300")
  }

  @Test func aWitnessFollowsOneHistory() throws {
    _ = try makeWitness("w")
    try workspace.must("log", "prove", "--from", "0", "L", "-o", "first")
    expect(try cosign("w", "--request", "first"), exits: 0)
    try scene.append(300..<310)
    try workspace.must("log", "prove", "--from", "0", "L", "-o", "again")
    expect(try cosign("w", "--request", "again"), exits: 3, saying: "again: ", "size 300")
    try workspace.must("log", "prove", "--from", "300", "L", "-o", "next")
    let next = try cosign("w", "--request", "next", "--json", "-o", "noted")
    #expect(try next.json["size"] as? Int == 310)
    // The same again, at another time, is no other history; an older one is.
    expect(try cosign("w", "L"), exits: 0)
    expect(try cosign("w", "--request", "first"), exits: 3, saying: "310")
    let memory = try workspace.files.filter { $0.hasPrefix("w.memory/") && $0.hasSuffix("/checkpoint") }
      .map { try workspace.bytes($0) }
    #expect(memory.count == 1)
    try scene.fork(at: 305, size: 400)
    expect(try cosign("w", "L"), exits: 5, saying: "rewrote its history")
    try workspace.must("log", "prove", "--from", "310", "L", "-o", "forked")
    expect(try cosign("w", "--request", "forked"), exits: 5, saying: "forked: ")
    #expect(
      try workspace.files.filter { $0.hasPrefix("w.memory/") && $0.hasSuffix("/checkpoint") }
        .map { try workspace.bytes($0) } == memory)
    for options in [["L", "--request", "next"], [], ["--request", "next"]] {
      expect(try workspace.run(["log", "cosign", "--key", "w"] + options), exits: 64)
    }
  }

  @Test func theLocalWitnessRefusesARestoredCopy() throws {
    let scene = try LogScene.withWitness(entries: 5)
    let workspace = scene.workspace
    try FileManager.default.copyItem(atPath: workspace.path("L"), toPath: workspace.path("backup"))
    try scene.append(5..<8, key: nil)
    try FileManager.default.removeItem(atPath: workspace.path("L"))
    try FileManager.default.moveItem(atPath: workspace.path("backup"), toPath: workspace.path("L"))
    try workspace.write("another", to: "e")
    expect(
      try workspace.run("log", "append", "L", "e"), exits: 5, saying: "entries 5 to 5 are in the log",
      "witness did not cosign")
    expect(try workspace.run("log", "verify", "L", "--policy", "L.witness/policy"), exits: 5, saying: "L: ")
    // No proof goes out under a checkpoint that the log does not extend.
    expect(try workspace.run("log", "prove", "--index", "0", "L"), exits: 5, saying: "rewrote its history")
  }

  // MARK: Checkpoints

  @Test func aCheckpointIsShownAndHandedOut() throws {
    let scene = try LogScene.withWitness(entries: 3)
    let workspace = scene.workspace
    let shown = try workspace.must(
      "log", "checkpoint", "L", "-o", "c", "--policy", "L.witness/policy", "--json"
    ).json
    #expect(shown["size"] as? Int == 3)
    #expect((shown["signatureLines"] as? [String])?.count == 2)
    #expect(shown["witnessTime"] as? String != nil)
    let bytes = try workspace.bytes("c")
    let note = try UnverifiedNote(parsing: bytes.span)
    #expect(note.signatures.count == 2)
    let piped = try workspace.must("log", "checkpoint", "L", "-o", "-")
    #expect(piped.output == (try workspace.text("c")))
    expect(try workspace.run("log", "checkpoint", "L", "-o", "c"), exits: 64, saying: "overwritten")
  }
}
