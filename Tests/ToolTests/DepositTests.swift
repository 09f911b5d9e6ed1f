import Foundation
import Testing

/// `deposit`: strict input, batches, sessions that go on, and what is reported.
struct DepositTests {
  private let scene: Scene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try Scene.standard.get().copy() }

  private func deposit(_ options: String..., input: Tool.Input = .nothing) throws -> Tool.Outcome {
    try workspace.run(["deposit", "--roster", "R", "--store", "S"] + options, input: input)
  }

  private func records() throws -> Int? {
    try workspace.must("store", "info", "S", "--json").json["records"] as? Int
  }

  @Test func theStoreIsMadeWithItsKeyAndReported() throws {
    let made = try workspace.must("deposit", "--roster", "R", "--store", "T", "--json", "keys.jsonl")
    #expect(made.errorLines.count == 1 && made.errors.contains("T.key"))
    #expect(try workspace.mode("T.key") == 0o600)
    let report = try made.json
    #expect(report["records"] as? Int == 30)
    #expect(report["deposits"] as? Int == 1)
    #expect(report["sequence"] as? Int == 0)
    #expect((report["session"] as? String)?.count == 64)
    #expect((report["head"] as? String)?.count == 64)
    #expect((report["store"] as? String)?.hasPrefix("store+") == true)
    #expect((report["depositor"] as? String)?.hasPrefix("depositor+") == true)
    #expect(report["oneTimeDepositor"] as? Bool == true)
    #expect(
      try workspace.must("store", "info", "T", "--json").json["store"] as? String == report["store"]
        as? String)
  }

  @Test func inputIsAFileOrAPipeWithOrWithoutALastLineFeed() throws {
    for arguments in [[], ["-"]] {
      #expect(
        try workspace.must(
          ["deposit", "--roster", "R", "--store", "S", "--json"] + arguments, input: .file("keys.jsonl")
        ).json["records"] as? Int == 30)
    }
    let spaced =
      #" { "key" : "\#(String(repeating: "0a", count: 32))" ,"#
      + "\t\"epoch\": 18446744073709551615, \"conversation\": \"\(Scene.conversation(8))\" } "
    try workspace.must(
      "deposit", "--roster", "R", "--store", "S", input: .text(spaced))
    try workspace.write(
      "{\"conversation\":\"\(Scene.conversation(8))\",\"epoch\":18446744073709551615,\"key\":\""
        + String(repeating: "0a", count: 32) + "\"}\n", to: "same.jsonl")
    try workspace.must("deposit", "check", "--roster", "R", "--store", "S", "same.jsonl")
    #expect(try records() == 91)
  }

  /// Lines that are no key lines, and a word of the reason.
  static let badLines: [(line: String, word: String)] = {
    let conversation = Scene.conversation(0)
    let key = String(repeating: "ab", count: 32)
    func line(_ conversation: String, _ epoch: String, _ key: String) -> String {
      "{\"conversation\":\(conversation),\"epoch\":\(epoch),\"key\":\(key)}"
    }
    let good = line("\"\(conversation)\"", "1", "\"\(key)\"")
    var bad: [(String, String)] = [
      "01", "-1", "1.0", "1e3", "18446744073709551616", "\"1\"", "null", "",
    ].map {
      (line("\"\(conversation)\"", $0, "\"\(key)\""), "epoch")
    }
    bad += [key.uppercased(), String(key.dropLast()), key + "ab", "", String(key.dropLast(2)) + "g0"].map {
      (line("\"\(conversation)\"", "1", "\"\($0)\""), "key")
    }
    bad += [
      (line("\"\(conversation)\"", "0x1", "\"\(key)\""), "needs }"),
      (line("\"\(conversation.uppercased())\"", "1", "\"\(key)\""), "conversation"),
      (line("\"\(conversation.dropLast(2))\"", "1", "\"\(key)\""), "conversation"),
      (line("7", "1", "\"\(key)\""), "conversation"),
      (line("\"\(conversation)\"", "1", "7"), "key"),
      (good.dropLast() + ",\"epoch\":1}", "twice"),
      (good.dropLast() + ",\"key\":\"\(key)\"}", "twice"),
      (good.dropLast() + ",\"note\":1}", "member other than"),
      (good.replacingOccurrences(of: "\"epoch\"", with: "\"\\u0065poch\""), "member other than"),
      (good.replacingOccurrences(of: ",\"epoch\":1", with: ""), "no member \"epoch\""),
      (good + " x", "goes on"), (good + good, "goes on"), ("[\(good)]", "needs {"), ("null", "needs {"),
      ("\u{FEFF}" + good, "needs {"), (good + "\r", "CR LF"), ("", "empty"), ("   ", "needs {"),
      ("{}", "needs \""),
      (String(good.dropLast()), "needs }"), (String(good.prefix(40)), "conversation"),
      (good.replacingOccurrences(of: "1", with: "\u{0}"), "epoch"),
      (good.replacingOccurrences(of: "epoch", with: "epöch"), "member other than"),
      (String(repeating: " ", count: 5000) + good, "longer than 4096"),
    ]
    return bad
  }()

  @Test(arguments: badLines)
  func aBadLineIsNamedAndNothingIsDeposited(_ line: String, word: String) throws {
    let text = Scene.line(4, 0) + line + "\n" + Scene.line(4, 1)
    try workspace.write(text, to: "bad.jsonl")
    for outcome in [try deposit("bad.jsonl"), try deposit(input: .text(text))] {
      expect(outcome, exits: 5, saying: "line 2 ", word)
      // No key is quoted in an error.
      #expect(!outcome.errors.contains("ababab"))
    }
    let checked = try workspace.run("deposit", "check", "--roster", "R", "--store", "S", "bad.jsonl")
    #expect(checked.status == 5 && checked.errorLines.last?.contains("line 2 ") == true, "\(checked.errors)")
    #expect(try records() == 30)
  }

  @Test func noRecordAtAllIsAnError() throws {
    expect(try deposit(), exits: 5, saying: "standard input", "no record")
    expect(try deposit("/dev/null"), exits: 5, saying: "no record")
    expect(try deposit("absent.jsonl"), exits: 64, saying: "absent.jsonl")
    expect(try deposit("."), exits: 64, saying: "directory")
    expect(try workspace.run("deposit", "--roster", "R", "--store", "T"), exits: 5)
    #expect(!workspace.exists("T") && !workspace.exists("T.key"))
  }

  @Test func batchesAreCutAsAskedFor() throws {
    #expect(try deposit("--batch", "7", "--json", "keys.jsonl").json["deposits"] as? Int == 5)
    #expect(try deposit("--batch", "4096", "--json", "keys.jsonl").json["deposits"] as? Int == 1)
    // More than one submission.
    let many = (0..<150).map { Scene.line(5, UInt64($0)) }.joined()
    let report = try workspace.must(
      ["deposit", "--roster", "R", "--store", "S", "--batch", "1", "--json"], input: .text(many)
    ).json
    #expect(report["deposits"] as? Int == 150 && report["sequence"] as? Int == 149)
    for wrong in ["0", "4097", "-1", "x"] { expect(try deposit("--batch", wrong, "keys.jsonl"), exits: 64) }
    try workspace.must("store", "verify", "S", "--roster", "R")
    try workspace.must("deposit", "audit", "--roster", "R", "--store", "S", "--holder", "judge")
  }

  @Test func aBadLineFarInAPipeLeavesWhatWasAcknowledgedAndSaysSo() throws {
    let good = (0..<65_536).map { Scene.line(6, UInt64($0)) }.joined()
    let outcome = try deposit("--batch", "4096", input: .text(good + Scene.line(7, 0) + "{}\n"))
    // The pipe is a file here; a file is read to its end first.
    expect(outcome, exits: 5, saying: "line 65538")
    #expect(try records() == 30)
    let pipe = Pipe()
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = ["deposit", "--roster", "R", "--store", "S", "--batch", "4096"]
    process.currentDirectoryURL = workspace.url
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Data((good + Scene.line(7, 0) + "{}\n").utf8))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 5)
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(said.contains("line 65538 ") && said.contains("65536 records before it are deposited"))
    #expect(try records() == 30 + 65_536)
  }

  @Test func aDepositorsSessionGoesOn() throws {
    try workspace.must("depositor", "new", "--out", "d")
    func run(_ store: String = "S") throws -> (report: [String: Any], errors: String) {
      let outcome = try workspace.must(
        "deposit", "--roster", "R", "--store", store, "--depositor", "d", "--json", "keys.jsonl")
      return (try outcome.json, outcome.errors)
    }
    let first = try run().report
    let state = try #require(workspace.files.first { $0.hasPrefix("d/sessions/") && $0.hasSuffix(".state") })
    #expect(try workspace.mode(state) == 0o600)
    let saved = try workspace.bytes(state)
    let second = try run().report
    #expect(second["session"] as? String == first["session"] as? String)
    #expect(first["sequence"] as? Int == 0 && second["sequence"] as? Int == 1)
    #expect(second["oneTimeDepositor"] as? Bool == false)
    // A state that went back in time, one that is damaged, and a store that knows nothing of it: a new session each.
    try workspace.write(saved, to: state)
    let restored = try run()
    #expect(restored.report["session"] as? String != first["session"] as? String)
    #expect(restored.errors.contains("two histories; a new session is opened"))
    try workspace.write(Array(try workspace.bytes(state).dropLast()), to: state)
    #expect(try run().errors.contains("a new session is opened"))
    #expect(try run().errors.hasPrefix(Tool.testRosterWarning))
    #expect(try run("T").errors.contains("a new session is opened"))
    try workspace.must("store", "verify", "S", "--roster", "R")
  }

  @Test func depositsAtOnceTakeTurnsInOneSession() throws {
    try workspace.must("depositor", "new", "--out", "d")
    let arguments = ["deposit", "--roster", "R", "--store", "S", "--depositor", "d", "--json", "keys.jsonl"]
    let outcomes = try (0..<4).map { _ in try Tool.start(arguments, in: workspace.url) }.map {
      try $0.outcome()
    }
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
    #expect(Set(try outcomes.map { try $0.json["session"] as? String }).count == 1)
    #expect(Set(try outcomes.map { try $0.json["sequence"] as? Int }) == [0, 1, 2, 3])
  }

  @Test func aStoreIsMadeOnceByManyAtOnce() throws {
    let arguments = ["deposit", "--roster", "R", "--store", "T", "--json", "keys.jsonl"]
    let outcomes = try (0..<4).map { _ in try Tool.start(arguments, in: workspace.url) }.map {
      try $0.outcome()
    }
    for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
    #expect(Set(try outcomes.map { try $0.json["store"] as? String }).count == 1)
    #expect(try workspace.must("store", "info", "T", "--json").json["records"] as? Int == 120)
    try workspace.must("store", "verify", "T", "--roster", "R")
  }

  @Test func aDepositorKeepsToItsGenesis() throws {
    try workspace.must("depositor", "new", "--out", "d")
    #expect(try deposit("--depositor", "d", "keys.jsonl").status == 0)
    try scene.makeRoster("R2", policy: "and(judge, agency)")
    expect(
      try workspace.run("deposit", "--roster", "R2", "--store", "S", "--depositor", "d", "keys.jsonl"),
      exits: 5,
      saying: "d/genesis")
    expect(try deposit("--depositor", "absent", "keys.jsonl"), exits: 6, saying: "absent/depositor.pem")
  }

  @Test func aStoreWithAnotherKeyIsRefused() throws {
    try workspace.must("deposit", "--roster", "R", "--store", "T", "keys.jsonl")
    try workspace.write(try workspace.bytes("T.key"), to: "S.key")
    expect(try deposit("keys.jsonl"), exits: 6, saying: "S.key")
    try FileManager.default.removeItem(atPath: workspace.path("S.key"))
    expect(try deposit("keys.jsonl"), exits: 6, saying: "S.key")
    #expect(!workspace.exists("S.key"))
    #expect(try records() == 30)
  }

  @Test func testDepositsAndRealWarrantsDoNotMix() throws {
    let scene = try Scene.logged.get().copy()
    let workspace = scene.workspace
    // Conversation 7 holds one test deposit and conversation 8 one of each; 0 to 2 are real.
    for (conversation, options) in [(7, ["--test"]), (8, ["--test"]), (8, [])] {
      try workspace.must(
        ["deposit", "--roster", "R", "--store", "S"] + options, input: .text(Scene.line(conversation, 1)))
    }
    func release(_ name: String, _ conversation: Int, _ options: [String]) throws -> Tool.Outcome {
      try scene.draft(
        name, key: "\(name).pem",
        options: ["--conversation", Scene.conversation(conversation), "--from-epoch", "0"] + options)
      try scene.sign(name)
      try scene.log(name)
      return try scene.release("judge", name, to: "F.\(name)")
    }
    expect(try release("W7", 7, []), exits: 3, saying: "test")
    expect(try release("W8", 7, ["--test"]), exits: 0)
    expect(try release("W9", 0, ["--test"]), exits: 3, saying: "test")
    // Where both lie under one conversation, each warrant opens its own.
    for outcome in [try release("W10", 8, []), try release("W11", 8, ["--test"])] {
      expect(outcome, exits: 0)
      #expect(outcome.output.contains("records      1\n"), "\(outcome.output)")
    }
  }
}
