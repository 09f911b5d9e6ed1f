import Foundation
import LibCrypto
import TestSupport
import Testing
import TransparencyLog

/// `log init`, `log key` and `log append`.
struct LogWriteTests {
  // MARK: The contract

  /// The same key and entries as `Spec/log.md`, whose files other implementations write byte for byte.
  @Test func theFilesAreThoseOfTheSpecification() throws {
    let scene = try LogScene()
    let workspace = scene.workspace
    #expect(try Set(scene.files().keys) == ["checkpoint"])
    #expect(
      try workspace.text("L/checkpoint").hasPrefix(
        "log.example/test\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— log.example/test "))
    for number in 0..<3 { try workspace.write("entry \(number)", to: "e\(number)") }
    let report = try workspace.must("log", "append", "--key", "key", "L", "e0", "e1", "e2", "--json").json
    #expect(report["size"] as? Int == 3 && report["count"] as? Int == 3 && report["firstIndex"] as? Int == 0)
    #expect(
      try workspace.text("L/checkpoint") == """
        log.example/test
        3
        lPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=

        — log.example/test nj5ez/V4FRvq+ANronjNepdKdyqu2YCxJWCMxDQmuUj/TveUw9BbBnzJodV+8hQnUPncCGw4MyYr1B9KJBF6DDKAngc=

        """)
    #expect(try Set(scene.files().keys) == ["checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"])
    #expect(
      try workspace.bytes("L/tile/entries/000.p/3")
        == (0..<3).flatMap { [0, 7] + Array("entry \($0)".utf8) })
    let leaves = try (0..<3).flatMap { try SHA256.digest([0] + Array("entry \($0)".utf8)).bytes }
    #expect(try workspace.bytes("L/tile/0/000.p/3") == leaves)
    // With --key no key is made, and no witness.
    #expect(workspace.files.filter { $0.hasPrefix("L.") }.sorted() == ["L.keys", "L.keys/log.vkey"])
    #expect(try workspace.text("L.keys/log.vkey") == LogScene.vkey + "\n")
  }

  @Test func withoutAKeyALogHasOneAndAWitness() throws {
    let workspace = try Workspace()
    let report = try workspace.must("log", "init", "L/", "--json")
    #expect(report.errorLines.count == 1 && report.errors.hasPrefix("escrow: warning: "), "\(report.errors)")
    let made = try report.json
    #expect(made["size"] as? Int == 0)
    let vkey = try #require(made["vkey"] as? String)
    let witness = try #require(made["witness"] as? String)
    #expect(try workspace.text("L.keys/log.vkey") == vkey + "\n")
    #expect(try workspace.text("L.keys/witness.vkey") == witness + "\n")
    #expect(try workspace.text("L.witness/policy") == "log \(vkey)\nwitness local \(witness)\nquorum local\n")
    let origin = try #require(made["origin"] as? String)
    #expect(vkey.hasPrefix(origin + "+") && origin.hasPrefix("localhost/L-"))
    // Nothing private lies under the log, and only its owner reads the keys.
    #expect(workspace.files.filter { $0.hasPrefix("L/") } == ["L/checkpoint"])
    for key in ["L.keys/log.key", "L.keys/witness.key"] { #expect(try workspace.mode(key) == 0o600) }
    #expect(try workspace.mode("L.keys") == 0o700)
    #expect(try workspace.mode("L.witness") == 0o755)
    // The log's checkpoint carries the log's signature only; the witness's lies in its memory and in proofs.
    try workspace.write("an entry", to: "e")
    let appended = try workspace.must("log", "append", "L", "e", "--json").json
    #expect(appended["cosigned"] as? String != nil)
    #expect(try workspace.text("L/checkpoint").split(separator: "\n").filter { $0.hasPrefix("—") }.count == 1)
    try workspace.must("log", "prove", "--index", "0", "L", "-o", "P")
    #expect(try workspace.text("P").split(separator: "\n").filter { $0.hasPrefix("—") }.count == 2)
    let verified = try workspace.must(
      "log", "verify", "--proof", "P", "--policy", "L.witness/policy", "e", "--json"
    ).json
    #expect(verified["witnessTime"] as? String == appended["cosigned"] as? String)
    try workspace.must("log", "verify", "L", "--policy", "L.witness/policy")
    // Two logs have two names.
    let other = try workspace.must("log", "init", "L2", "--json").json
    #expect(other["origin"] as? String != origin)
  }

  @Test func aLogIsNeverMadeTwice() throws {
    let scene = try LogScene.withWitness(entries: 1)
    let workspace = scene.workspace
    let before = workspace.files
    let checkpoint = try workspace.bytes("L/checkpoint")
    for options in [[], ["--key", "L.keys/log.key"]] {
      expect(try workspace.run(["log", "init"] + options + ["L"]), exits: 64, saying: "L: there is a log")
    }
    // A log that lost its checkpoint, or its directory, had signed others: its key makes no second one by default.
    try FileManager.default.removeItem(atPath: workspace.path("L/checkpoint"))
    expect(try workspace.run("log", "init", "--key", "L.keys/log.key", "L"), exits: 64, saying: "left of one")
    expect(try workspace.run("log", "init", "L"), exits: 64, saying: "L.keys/log.key", "already there")
    try workspace.write(checkpoint, to: "L/checkpoint")
    #expect(workspace.files == before)
    for name in [".", "..", "L/..", "/"] {
      expect(try workspace.run("log", "init", name), exits: 64, saying: "by its name")
    }
    expect(try workspace.run("log", "init", "absent/L"), exits: 64, saying: "absent")
    expect(try workspace.run("log", "init", "--key", "absent", "M"), exits: 6, saying: "absent")
    for origin in ["with space", "a+b", ""] {
      expect(try workspace.run("log", "init", "--origin", origin, "M"), exits: 64)
    }
    expect(
      try workspace.run("log", "init", "--key", "L.keys/log.key", "--origin", "", "M"), exits: 64,
      saying: "--origin")
    #expect(workspace.files == before)
  }

  @Test func anInterruptedInitCanBeRepeated() throws {
    let workspace = try Workspace()
    for _ in 0..<20 {
      let running = try Tool.start(["log", "init", "L"], in: workspace.url)
      usleep(.random(in: 0...30_000))
      kill(running.process.processIdentifier, SIGINT)
      let outcome = try running.outcome()
      if outcome.status == 0 || workspace.exists("L/checkpoint") {
        try? FileManager.default.removeItem(atPath: workspace.path("L"))
        try? FileManager.default.removeItem(atPath: workspace.path("L.keys"))
        try? FileManager.default.removeItem(atPath: workspace.path("L.witness"))
      } else {
        #expect(!workspace.exists("L.keys/log.key"), "\(outcome.errors) \(workspace.files)")
      }
    }
  }

  // MARK: Keys

  @Test func keysAreInGosForm() throws {
    let workspace = try Workspace()
    let made = try workspace.must("log", "key", "--name", "log.example/a", "-o", "k", "--json").json
    let vkey = try #require(made["vkey"] as? String)
    #expect(try workspace.text("k.vkey") == vkey + "\n")
    #expect(try workspace.mode("k") == 0o600)
    #expect(try workspace.text("k").hasPrefix("PRIVATE+KEY+" + vkey.prefix(vkey.count - 45) + "+"))
    let initialised = try workspace.must("log", "init", "--key", "k", "L", "--json").json
    #expect(initialised["vkey"] as? String == vkey && initialised["origin"] as? String == "log.example/a")
    try workspace.must("log", "key", "--witness", "--name", "w", "-o", "w")
    _ = try CosignatureVerifierKey(vkey: String(try workspace.text("w.vkey").dropLast()))
    expect(
      try workspace.run("log", "key", "--name", "a", "-o", "k"), exits: 64, saying: "k: is already there")
    expect(try workspace.run("log", "key", "--name", "a b", "-o", "k2"), exits: 64, saying: "a b")
    #expect(!workspace.exists("k2"))
  }

  @Test func aKeyThatIsNotTheLogsWritesNothing() throws {
    let scene = try LogScene(entries: 2)
    let workspace = scene.workspace
    let before = try scene.files()
    try workspace.write("entry", to: "e")
    try workspace.must("log", "key", "--name", LogScene.origin, "-o", "other")
    expect(
      try workspace.run("log", "append", "--key", "other", "L", "e"), exits: 6, saying: "other", "not the key"
    )
    expect(try workspace.run("log", "append", "--key", "absent", "L", "e"), exits: 6, saying: "absent")
    expect(try workspace.run("log", "append", "L", "e"), exits: 6, saying: "L.keys/log.key")
    for hostility in [
      "", "PRIVATE+KEY+", LogScene.key + LogScene.key,
      LogScene.key.replacingOccurrences(of: "9e3e", with: "9e3f"),
      LogScene.key.replacingOccurrences(of: "+AQ", with: "+BA"), String(LogScene.key.dropLast(3)), "\0",
      String(repeating: "a", count: 100_000),
    ] {
      try workspace.write(hostility, to: "bad")
      expect(try workspace.run("log", "append", "--key", "bad", "L", "e"), exits: 6, saying: "bad")
    }
    expect(try workspace.run("log", "append", "--key", "/dev/zero", "L", "e"), exits: 6, saying: "/dev/zero")
    #expect(try scene.files() == before)
  }

  // MARK: Appending

  @Test func entriesOfEverySizeAreKept() throws {
    let scene = try LogScene()
    let workspace = scene.workspace
    try workspace.write([UInt8](), to: "none")
    try workspace.write([UInt8](repeating: 0, count: 65_535), to: "most")
    try workspace.write([10, 0, 255, 13], to: "bytes")
    let report = try workspace.must(
      "log", "append", "--key", "key", "L", "none", "most", "-", "bytes", "most", "--json",
      input: .file("bytes"))
    #expect(try report.json["size"] as? Int == 5)
    for (index, name) in ["none", "most", "bytes", "bytes", "most"].enumerated() {
      try workspace.must("log", "prove", "--index", "\(index)", "L", "-o", "P\(index)")
      let verified = try workspace.must(
        "log", "verify", "--proof", "P\(index)", "--vkey", LogScene.vkey, name, "--json"
      ).json
      #expect(verified["index"] as? Int == index && verified["size"] as? Int == 5)
    }
    try workspace.must("log", "verify", "L")
  }

  @Test func oneEntryThatIsTooLargeChangesNothing() throws {
    let scene = try LogScene(entries: 255)
    let workspace = scene.workspace
    let before = try scene.files()
    try workspace.write("small", to: "small")
    try workspace.write([UInt8](repeating: 65, count: 65_536), to: "large")
    let large = String(repeating: "A", count: 65_536)
    let attempts: [(arguments: [String], input: Tool.Input, name: String)] = [
      (["large"], .nothing, "large"), (["small", "small", "large"], .nothing, "large"),
      (["-"], .file("large"), "standard input"), (["small", "/dev/zero"], .nothing, "/dev/zero"),
      (["--lines", "-"], .text("small\n\(large)\n"), "line 2"), (["--lines", "large"], .nothing, "line 1"),
    ]
    for (arguments, input, name) in attempts {
      let outcome = try workspace.run(["log", "append", "--key", "key", "L"] + arguments, input: input)
      expect(outcome, exits: 3, saying: name, "65535")
      #expect(try scene.files() == before, "\(arguments)")
    }
    // What is right goes on after them.
    let report = try workspace.must("log", "append", "--key", "key", "L", "small", "small", "--json").json
    #expect(report["firstIndex"] as? Int == 255 && report["size"] as? Int == 257)
    try workspace.must("log", "verify", "L")
  }

  @Test func whatIsNoFileIsAUsageError() throws {
    let scene = try LogScene(entries: 1)
    let workspace = scene.workspace
    try workspace.write("small", to: "small")
    let before = workspace.files
    for files in [["small", "absent"], ["L"], ["-", "-"], []] {
      expect(try workspace.run(["log", "append", "--key", "key", "L"] + files), exits: 64)
    }
    expect(try workspace.run("log", "append", "--key", "key", "L", "small", "--lines", "small"), exits: 64)
    expect(try workspace.run("log", "append", "--key", "key", "absent", "small"), exits: 64, saying: "no log")
    expect(try workspace.run("log", "append", "--key", "key", "small", "small"), exits: 64, saying: "small")
    for text in ["", "\n", "a\n\nb\n"] {
      expect(
        try workspace.run("log", "append", "--key", "key", "L", "--lines", "-", input: .text(text)), exits: 5,
        saying: "standard input")
    }
    #expect(workspace.files == before)
    #expect(try workspace.must("log", "checkpoint", "L", "--json").json["size"] as? Int == 1)
  }

  /// The tree is the entries', however they came.
  @Test func manyFilesAndManyCommandsMakeTheSameTree() throws {
    let count = 700
    let one = try LogScene(entries: count)
    let many = try LogScene()
    for number in 0..<count { try many.workspace.write(LogScene.entry(number), to: "e\(number)") }
    var start = 0
    for size in [1, 254, 1, 2, 300, 142] {
      let files = (start..<start + size).map { "e\($0)" }
      try many.workspace.must(["log", "append", "--key", "key", "L"] + files)
      start += size
    }
    let (atOnce, step) = (try one.files(), try many.files())
    #expect(start == count && atOnce == step.filter { atOnce[$0.key] != nil })
    // From a file as from a pipe, with or without the last line feed.
    let lines = (0..<count).map(LogScene.entry).joined(separator: "\n")
    let other = try LogScene()
    try other.workspace.write(lines, to: "lines")
    try other.workspace.must("log", "append", "--key", "key", "L", "--lines", "lines")
    #expect(try other.files() == atOnce)
  }

  @Test func writersAtTheSameTimeWaitForEachOther() throws {
    let scene = try LogScene.withWitness()
    let workspace = scene.workspace
    try workspace.write("entry", to: "e")
    let running = try (0..<8).map { _ in
      try Tool.start(["log", "append", "L", "e", "e", "--json"], in: workspace.url)
    }
    var firsts: Set<Int> = []
    for run in running {
      let outcome = try run.outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      firsts.insert(try #require(try outcome.json["firstIndex"] as? Int))
    }
    #expect(firsts == Set(stride(from: 0, to: 16, by: 2)))
    let verified = try workspace.must("log", "verify", "L", "--policy", "L.witness/policy", "--json").json
    #expect(verified["size"] as? Int == 16 && verified["witnessedSize"] as? Int == 16)
  }
}
