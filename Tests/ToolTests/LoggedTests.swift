import Foundation
import Testing

/// Under a roster that names a log, nothing leaves without a logged warrant.
struct LoggedTests {
  private let scene: Scene
  private let workspace: Workspace

  init() throws {
    scene = try Scene.logged.get().copy()
    workspace = scene.workspace
  }

  private func release(_ options: String...) throws -> Tool.Outcome {
    try workspace.run(
      ["release", "--holder", "judge", "--roster", "R", "--warrant", "W", "--store", "S", "-o", "F"] + options
    )
  }

  @Test func aRosterNamesItsLogAndSaysWhoWitnesses() throws {
    let verified = try workspace.must("roster", "verify", "R", "--json")
    let roster = try verified.json
    #expect(roster["test"] as? Bool == false && roster["unwitnessed"] as? Bool == true)
    #expect(roster["maximumWitnessAgeHours"] as? Int == 24)
    #expect((roster["logKey"] as? String)?.hasPrefix("\(roster["log"] ?? "")+") == true)
    #expect(verified.errorLines.count == 1 && verified.errors.contains("unwitnessed"))
    // A roster without a log says that it is a test roster.
    try scene.makeRoster("R0", policy: "and(judge, agency)")
    let unlogged = try workspace.must("roster", "verify", "R0", "--json")
    #expect(try unlogged.json["test"] as? Bool == true)
    #expect(
      unlogged.errors.split(separator: "\n").count == 1 && unlogged.errors.hasPrefix(Tool.testRosterWarning))
  }

  @Test func aPolicyOfWitnessesIsTakenAsItIs() throws {
    let records = scene.holders.flatMap { ["--holder", "\(Scene.directory($0))/holder.json"] }
    func new(_ name: String, _ options: String...) throws -> Tool.Outcome {
      try workspace.run(
        ["roster", "new", "--policy", "and(judge, or(provider, agency))", "-o", name] + records + options)
    }
    try workspace.must("log", "init", "L2")
    let outcome = try new(
      "A", "--log", "L", "--witness-policy", "L.witness/policy", "--max-witness-age-hours", "8760")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(try workspace.text("A").contains("\"maximumWitnessAgeHours\": 8760"))
    #expect(try new("B", "--log", "L.keys/log.vkey", "--witness-policy", "L.witness/policy").status == 0)
    expect(try new("C", "--log", "L.keys/log.vkey"), exits: 64, saying: "--witness-policy")
    expect(
      try new("C", "--log", "L", "--witness-policy", "L2.witness/policy"), exits: 3, saying: "another log's")
    expect(try new("C", "--witness-policy", "L.witness/policy"), exits: 64, saying: "--log")
    expect(try new("C", "--log", "L", "--max-witness-age-hours", "0"), exits: 64, saying: "1 to 8760")
    try workspace.write("quorum none\n", to: "nobody")
    expect(try new("C", "--log", "L", "--witness-policy", "nobody"), exits: 3, saying: "unwitnessed")
    #expect(try new("D", "--log", "L", "--witness-policy", "nobody", "--unwitnessed").status == 0)
    expect(try new("C", "--log", "absent"), exits: 64, saying: "absent")
    #expect(!workspace.exists("C"))
  }

  @Test func aLoggedWarrantIsAnsweredAndItsKeysComeBack() throws {
    for holder in scene.holders {
      let outcome = try scene.release(holder)
      expect(outcome, exits: 0)
      #expect(outcome.output.contains("not-revoked"))
      #expect(workspace.exists("F.\(holder).entry"))
    }
    let files = ["F.judge", "F.agency"]
    let recovered = try scene.recover(files)
    expect(recovered, exits: 0)
    #expect(try workspace.text("out.jsonl") == Scene.inScope)
    // Every tool says once that the witness is the operator's own.
    #expect(recovered.errorLines.count == 1 && recovered.errors.contains("unwitnessed"))
    let status = try workspace.must(["status", "--roster", "R", "--warrant", "W"] + files + ["--json"])
    #expect(try status.json["logIndex"] as? Int == 0)
    // The entries go into the log, and change nothing for who has the answers.
    try workspace.must("log", "append", "L", "F.judge.entry", "F.agency.entry", "F.provider.entry")
    let again = try scene.release("judge", to: "again")
    #expect(again.status == 0 && again.errors.contains("answered before"))
    #expect(try workspace.bytes("again") == (try workspace.bytes("F.judge")))
    #expect(try workspace.bytes("again.entry") == (try workspace.bytes("F.judge.entry")))
  }

  @Test func withoutLogOrProofNothingLeaves() throws {
    expect(try release(), exits: 3, saying: "--log")
    try FileManager.default.moveItem(
      atPath: workspace.path("W.tlog-proof"), toPath: workspace.path("elsewhere"))
    expect(try release("--log", "L"), exits: 3, saying: "no proof that the warrant is in it")
    expect(try release("--log", "L", "--log-proof", "absent"), exits: 64, saying: "absent")
    expect(try release("--log", "L", "--log-proof", "W"), exits: 5, saying: "W: ")
    #expect(!workspace.exists("F") && !workspace.exists("F.entry"))
    expect(try release("--log", "L", "--log-proof", "elsewhere"), exits: 0)
    expect(
      try workspace.run(
        "recover", "--roster", "R", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "F"),
      exits: 3,
      saying: "no proof that the warrant is in it")
    expect(
      try workspace.run(
        "recover", "--roster", "R", "--warrant", "W", "--recipient-key", "K.pem", "--store", "S",
        "--log-proof",
        "elsewhere", "F"), exits: 4)
  }

  @Test func aProofIsOfOneWarrant() throws {
    try scene.draft("W2", key: "K2.pem")
    try scene.sign("W2")
    expect(
      try workspace.run(
        "release", "--holder", "judge", "--roster", "R", "--warrant", "W2", "--store", "S", "-o", "F",
        "--log",
        "L", "--log-proof", "W.tlog-proof"), exits: 5, saying: "another warrant's entry")
    // Another log's proof, and a damaged one.
    try workspace.must("log", "init", "L2")
    expect(try release("--log", "L2"), exits: 5, saying: "L2")
    let proof = try workspace.text("W.tlog-proof")
    try workspace.write(proof.replacingOccurrences(of: "index 0", with: "index 1"), to: "W.tlog-proof")
    expect(try release("--log", "L"), exits: 5)
  }

  @Test func loggingAgainRenewsTheProof() throws {
    let first = try workspace.bytes("W.tlog-proof")
    let again = try workspace.must("warrant", "log", "--roster", "R", "--log", "L", "W", "--json").json
    #expect(again["renewed"] as? Bool == true && again["logIndex"] as? Int == 0)
    #expect(try workspace.must("log", "verify", "L", "--json").json["size"] as? Int == 1)
    try workspace.write("entry", to: "e")
    try workspace.must("log", "append", "L", "e")
    let later = try workspace.must("warrant", "log", "--roster", "R", "--log", "L", "W", "--json").json
    #expect(later["logIndex"] as? Int == 0)
    #expect(try workspace.bytes("W.tlog-proof") != first)
    expect(try release("--log", "L"), exits: 0)
  }

  @Test func aKilledLoggingIsFinishedWithTheSameOpening() throws {
    try scene.draft("W2", key: "K2.pem")
    try scene.sign("W2")
    try scene.log("W2")
    // As a run leaves it that died after the log had the entry, and before the proof was written.
    let proof = try workspace.text("W2.tlog-proof")
    let extra = try #require(proof.split(separator: "\n").first { $0.hasPrefix("extra ") }?.dropFirst(6))
    let pending = try #require(Data(base64Encoded: String(extra)))
    try FileManager.default.removeItem(atPath: workspace.path("W2.tlog-proof"))
    try workspace.write(Array(pending), to: "W2.tlog-proof.pending")
    let again = try workspace.must("warrant", "log", "--roster", "R", "--log", "L", "W2", "--json").json
    #expect(again["logIndex"] as? Int == 1)
    #expect(try workspace.text("W2.tlog-proof").contains("extra \(extra)\n"))
    #expect(!workspace.exists("W2.tlog-proof.pending"))
    #expect(try workspace.must("log", "verify", "L", "--json").json["size"] as? Int == 2)
  }

  @Test func onlyWhatMayBeLoggedIsLogged() throws {
    func log(_ options: String...) throws -> Tool.Outcome {
      try workspace.run(["warrant", "log", "--roster", "R", "--log", "L"] + options)
    }
    try scene.draft("W2", key: "K2.pem")
    expect(try log("W2"), exits: 3, saying: "no judge has signed")
    try scene.sign("W2")
    expect(try log("--log-key", "absent", "W2"), exits: 6, saying: "absent")
    try workspace.must("log", "init", "L2")
    expect(
      try workspace.run("warrant", "log", "--roster", "R", "--log", "L2", "W2"), exits: 5, saying: "L2")
    try scene.makeRoster("R0", policy: "and(judge, agency)")
    try scene.draft("W0", key: "K0.pem", roster: "R0")
    expect(
      try workspace.run("warrant", "log", "--roster", "R0", "--log", "L", "W0"), exits: 3,
      saying: "names no transparency log")
    #expect(try workspace.must("log", "verify", "L", "--json").json["size"] as? Int == 1)
  }

  @Test func aHolderWhoseDirectoryIsOlderThanTheLogDoesNotAnswer() throws {
    expect(try scene.release("judge"), exits: 0)
    try workspace.must("log", "append", "L", "F.judge.entry")
    // A copy of the directory from before.
    try FileManager.default.removeItem(atPath: workspace.path("judge/answers"))
    expect(try release("--log", "L"), exits: 3, saying: "entry 1 of the log")
    func refuse(_ options: String...) throws -> Tool.Outcome {
      try workspace.run(
        [
          "refuse", "--holder", "judge", "--roster", "R", "--warrant", "W", "--ground", "privilege",
          "--reason", "counsel", "-o", "F",
        ] + options)
    }
    expect(try refuse("--log", "L"), exits: 3, saying: "entry 1 of the log")
    #expect(!workspace.exists("F"))
    let rebuilt = try workspace.must(
      "holder", "rebuild", "--holder", "judge", "--roster", "R", "--log", "L", "--json"
    ).json
    #expect(rebuilt["lost"] as? Int == 1 && rebuilt["keysLostThisMonth"] as? Int == 5)
    expect(try release("--log", "L"), exits: 3, saying: "one warrant has one answer")
    // Also when nobody shows the log: what was rebuilt is remembered.
    expect(try refuse(), exits: 3, saying: "one warrant has one answer")
    expect(try refuse("--log", "L"), exits: 3, saying: "one warrant has one answer")
    #expect(!workspace.exists("F"))
    try scene.draft("W2", key: "K2.pem")
    try scene.sign("W2")
    try scene.log("W2")
    expect(try scene.release("judge", "W2", to: "F2"), exits: 0)
  }

  @Test func aRefusalHasItsEntryToo() throws {
    func refuse(_ warrant: String, to file: String) throws -> Tool.Outcome {
      try workspace.run(
        "refuse", "--holder", "provider", "--roster", "R", "--warrant", warrant, "--ground", "privilege",
        "--reason", "counsel", "-o", file, "--json")
    }
    let refused = try refuse("W", to: "F")
    expect(refused, exits: 0)
    #expect(try refused.json["logIndex"] as? Int == 0)
    #expect(try workspace.text("F.entry").contains("\"entry\": 0"))
    try scene.draft("W2", key: "K2.pem")
    expect(try refuse("W2", to: "F2"), exits: 0)
    #expect(try !workspace.text("F2.entry").contains("\"entry\""))
    try workspace.must("log", "append", "L", "F.entry", "F2.entry")
  }

  /// Kills `release` at 200 random moments: whatever was handed out or stored stays the answer.
  @Test func aKilledReleaseNeverGivesTwoAnswers() throws {
    var given: [UInt8]?
    var kills = 0
    for number in 0..<200 {
      if number.isMultiple(of: 20) {
        // A new warrant for each twenty, so that deaths before the first answer are many.
        try scene.draft("W\(number)", key: "K\(number).pem")
        try scene.sign("W\(number)")
        try scene.log("W\(number)")
        given = nil
      }
      let name = "W\(number - number % 20)"
      let stored = "judge/answers/\(try digest(of: name)).release"
      let running = try Tool.start(
        [
          "release", "--holder", "judge", "--roster", "R", "--warrant", name, "--store", "S", "--log", "L",
          "-o",
          "F\(number)",
        ], in: workspace.url)
      usleep(UInt32.random(in: 0...40_000))
      kill(running.process.processIdentifier, SIGKILL)
      let outcome = try running.outcome()
      if outcome.status != 0 { kills += 1 }
      for file in [stored, "F\(number)"] where workspace.exists(file) {
        let bytes = try workspace.bytes(file)
        #expect(given == nil || given == bytes, "run \(number): \(file) is another answer")
        given = bytes
      }
    }
    // Undisturbed, each of them still answers, and with what it gave before.
    for number in stride(from: 0, to: 200, by: 20) {
      let before = try? workspace.bytes("judge/answers/\(try digest(of: "W\(number)")).release")
      expect(try scene.release("judge", "W\(number)", to: "end\(number)"), exits: 0)
      let after = try workspace.bytes("end\(number)")
      #expect(before == nil || before == after)
    }
    #expect(kills > 20, "the runs ended before they were killed")
    try workspace.must("store", "verify", "S", "--roster", "R")
  }

  private func digest(of warrant: String) throws -> String {
    try #require(
      try workspace.must("warrant", "show", warrant, "--json").json["warrant"] as? String)
  }
}
