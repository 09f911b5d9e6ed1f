import Foundation
import KeyEscrow
import Testing

/// Extracts, releases, refusals and status.
struct AnswerTests {
  private let scene: Scene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try Scene.standard.get().copy() }

  private func status(_ files: String...) throws -> Tool.Outcome {
    try workspace.run(["status", "--roster", "R", "--warrant", "W", "--json"] + files)
  }

  private func refuse(_ holder: String, _ ground: String, reason: String = "counsel", to file: String) throws
    -> Tool.Outcome
  {
    try workspace.run(
      "refuse", "--holder", holder, "--roster", "R", "--warrant", "W", "--ground", ground, "--reason", reason,
      "-o",
      file)
  }

  @Test func theSameWarrantGetsTheSameAnswer() throws {
    let first = try scene.release("judge", to: "first")
    #expect(first.status == 0 && first.errorLines.isEmpty)
    let second = try scene.release("judge", to: "second")
    #expect(second.status == 0 && second.errors.contains("answered before"))
    #expect(try workspace.bytes("first") == (try workspace.bytes("second")))
    // A refusal now is another answer.
    expect(try refuse("judge", "other", to: "third"), exits: 3, saying: "one warrant has one answer")
    #expect(!workspace.exists("third"))
    // What came to the holder by extract is the same answer, if it is the first.
    try workspace.must(
      "extract", "--roster", "R", "--warrant", "W", "--store", "S", "--holder", "agency", "-o", "E")
    let release = ["release", "--holder", "agency", "--roster", "R", "--warrant", "W"]
    let piped = try workspace.must(release + ["--deposits", "-", "-o", "-"], input: .file("E"))
    #expect(piped.output.hasPrefix("{\n"))
    try workspace.must(release + ["--store", "S", "-o", "F"])
    #expect(try scene.recover(["first", "F"]).status == 0)
    #expect(try workspace.text("out.jsonl") == Scene.inScope)
    expect(
      try workspace.run(release + ["--store", "S", "-o", "F"]), exits: 64, saying: "F", "not overwritten")
    expect(try workspace.run(release + ["-o", "G"]), exits: 64)
    expect(try workspace.run(release + ["--store", "S", "--deposits", "E", "-o", "G"]), exits: 64)
  }

  @Test func aRefusalIsAnAnswerToo() throws {
    let grounds = [
      "out-of-scope", "not-in-force", "signature", "cap", "not-held", "privilege", "conflict-of-law", "other",
    ]
    for ground in grounds {
      let other = try scene.copy().workspace
      let refused = try other.must(
        "refuse", "--holder", "provider", "--roster", "R", "--warrant", "W", "--ground", ground, "--reason",
        "because", "-o", "F", "--json")
      #expect(try refused.json["ground"] as? String == ground)
    }
    #expect(try refuse("provider", "privilege", to: "F1").status == 0)
    #expect(try refuse("provider", "privilege", to: "F2").status == 0)
    #expect(try workspace.bytes("F1") == (try workspace.bytes("F2")))
    expect(try refuse("provider", "other", to: "F3"), exits: 3, saying: "another answer")
    expect(try scene.release("provider", to: "F3"), exits: 3, saying: "another answer")
    expect(try refuse("provider", "boredom", to: "F3"), exits: 64, saying: "boredom")
    expect(try refuse("judge", "other", reason: "a\u{1B}b", to: "F3"), exits: 64, saying: "reason")
    #expect(!workspace.exists("F3"))
    // An expired or unsigned warrant is refused too.
    try scene.draft("W2", key: "K2.pem")
    try workspace.must(
      "refuse", "--holder", "judge", "--roster", "R", "--warrant", "W2", "--ground", "signature", "--reason",
      "no",
      "-o", "F4")
  }

  @Test func aRecipientKeyServesOneWarrant() throws {
    try scene.draft("W2", key: "K.pem", "--to-epoch", "3")
    try scene.sign("W2")
    #expect(try scene.release("judge", "W", to: "F1").status == 0)
    expect(try scene.release("judge", "W2", to: "F2"), exits: 3, saying: "recipient key")
    #expect(!workspace.exists("F2"))
    #expect(try scene.release("provider", "W2", to: "F2").status == 0, "the others have not seen it")
  }

  /// Scopes in which nothing is, or too much.
  static let outside: [(options: [String], word: String)] = [
    (["--conversation", Scene.conversation(9)], "nothing that was deposited"),
    (["--from-epoch", "10", "--to-epoch", "99"], "nothing that was deposited"),
    (["--deposited-to", "2020-01-01T00:00:00Z"], "nothing that was deposited"),
    (["--deposited-from", "2098-01-01T00:00:00Z"], "nothing that was deposited"),
    (["--maximum-keys", "4"], "5 keys are in scope, and the warrant allows 4"),
  ]

  @Test(arguments: outside)
  func nothingOutsideTheScopeIsReleased(_ options: [String], word: String) throws {
    var arguments = [
      "warrant", "draft", "--roster", "R", "--holder", "agency", "--recipient-key", "K2.pem", "--case", "c",
      "--legal-basis", "l", "--not-after", "2099-12-31T23:59:59Z", "-o", "W2",
    ]
    for pair in [
      ["--conversation", Scene.conversation(0)], ["--from-epoch", "2"], ["--to-epoch", "6"],
      ["--maximum-keys", "100"],
    ] where !options.contains(pair[0]) { arguments += pair }
    try workspace.must(arguments + options)
    try scene.sign("W2")
    let before = workspace.files.filter { !$0.contains("answers") && !$0.hasPrefix("S-") }
    for holder in scene.holders {
      expect(try scene.release(holder, "W2", to: "F"), exits: 3, saying: word)
      let answers = workspace.files.filter { $0.hasPrefix("\(holder)/answers/") && !$0.hasSuffix("lock") }
      #expect(answers == ["\(holder)/answers/recipient-keys"])
    }
    #expect(workspace.files.filter { !$0.contains("answers") && !$0.hasPrefix("S-") } == before)
    if !word.hasPrefix("5 keys") {
      expect(
        try workspace.run(
          "extract", "--roster", "R", "--warrant", "W2", "--store", "S", "--holder", "agency", "-o", "E"),
        exits: 3, saying: word)
    }
  }

  @Test func anExtractIsForOneHolderAndOneWarrant() throws {
    try scene.draft("W2", key: "K2.pem", "--to-epoch", "3")
    try scene.sign("W2")
    func extract(_ warrant: String, _ holder: String, _ file: String) throws -> Tool.Outcome {
      try workspace.run(
        "extract", "--roster", "R", "--warrant", warrant, "--store", "S", "--holder", holder, "-o", file)
    }
    func release(_ holder: String, _ warrant: String, _ extract: String) throws -> Tool.Outcome {
      try workspace.run(
        "release", "--holder", holder, "--roster", "R", "--warrant", warrant, "--deposits", extract, "-o", "F"
      )
    }
    #expect(try extract("W", "agency", "E").status == 0)
    expect(try extract("W", "agency", "E"), exits: 64, saying: "E")
    expect(try extract("W", "judge:nobody", "E2"), exits: 3, saying: "judge:nobody")
    expect(try extract("W", "nobody", "E2"), exits: 64)
    expect(try release("judge", "W", "E"), exits: 5, saying: "E", "for agency")
    expect(try release("agency", "W2", "E"), exits: 5, saying: "E")
    let bytes = try workspace.bytes("E")
    for index in stride(from: 3, to: bytes.count, by: bytes.count / 40) {
      var altered = bytes
      altered[index] ^= 4
      try workspace.write(altered, to: "altered")
      expect(try release("agency", "W", "altered"), exits: 5, saying: "altered")
    }
    // No pseudonym of anybody out of scope is in it.
    for conversation in 1...2 {
      let pseudonym = Data(repeating: UInt8(conversation << 4 | 15), count: 32)
      #expect(Data(bytes).range(of: pseudonym) == nil)
    }
    #expect(Data(bytes).range(of: Data(repeating: 0x0F, count: 32)) != nil)
    #expect(!workspace.exists("F"))
  }

  @Test func aMonthHasALimit() throws {
    try scene.makeRoster("L", policy: "and(judge, agency)", options: ["--max-keys-per-month", "7"])
    try workspace.must(["deposit", "--roster", "L", "--store", "S"], input: .text(Scene.lines))
    for (name, last) in [("one", "4"), ("two", "5"), ("three", "1")] {
      try workspace.must(
        "warrant", "draft", "--roster", "L", "--holder", "agency", "--recipient-key", "\(name).pem", "--case",
        "c",
        "--legal-basis", "l", "--conversation", Scene.conversation(1), "--to-epoch", last, "--not-after",
        "2099-12-31T23:59:59Z", "--maximum-keys", "10", "-o", name)
      try workspace.must("warrant", "sign", "--holder", "judge", "--roster", "L", name)
    }
    #expect(try scene.release("judge", "one", roster: "L", to: "F1").status == 0)
    expect(try scene.release("judge", "two", roster: "L", to: "F2"), exits: 3, saying: "maximumKeysPerMonth")
    #expect(try scene.release("judge", "three", roster: "L", to: "F3").status == 0, "5 and 2 make 7")
    #expect(!workspace.exists("F2"))
  }

  @Test func statusSaysWhoAnsweredAndWhetherItSuffices() throws {
    #expect(try status().status == 4)
    #expect(try refuse("provider", "privilege", to: "F.provider").status == 0)
    for holder in ["judge", "agency"] { #expect(try scene.release(holder).status == 0) }
    let without = try status("F.provider", "F.agency")
    #expect(without.status == 4)
    #expect(try without.json["policyMet"] as? Bool == false)
    let met = try status("F.provider", "F.judge", "F.agency")
    #expect(met.status == 0)
    let holders = try #require(try met.json["holders"] as? [[String: Any]])
    #expect(holders.map { $0["answer"] as? String } == ["released", "refused", "released"])
    #expect(holders[1]["ground"] as? String == "privilege")
    try workspace.write("garbage\n", to: "garbage")
    let wrong = try status("F.judge", "F.agency", "garbage")
    expect(wrong, exits: 5, saying: "garbage", "neither")
    expect(try status("absent"), exits: 64, saying: "absent")
  }

  @Test func whoIsLateIsSaid() throws {
    for (name, days, priority, isLate) in [
      ("a", 9.9, "routine", false), ("b", 10.1, "routine", true), ("c", 0.3, "emergency", false),
      ("d", 0.4, "emergency", true),
    ] {
      let start = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: -days * 86_400))
      try scene.draft(name, key: "\(name).pem", "--not-before", start, "--priority", priority)
      try scene.sign(name)
      #expect(try scene.release("agency", name, to: "F.\(name)").status == 0)
      let report = try workspace.run("status", "--roster", "R", "--warrant", name, "--json", "F.\(name)").json
      let holders = try #require(report["holders"] as? [[String: Any]])
      #expect(holders.map { $0["late"] as? Bool } == [isLate, isLate, isLate])
    }
  }

  @Test func onlyHoldersWhoseJudgesSignedMayAnswer() throws {
    let policy = "or(and(judge:fr, agency:fr), and(judge:de, agency:de))"
    let states = try Scene(policy: policy)
    let workspace = states.workspace
    try workspace.must(
      "warrant", "draft", "--roster", "R", "--holder", "agency-fr", "--recipient-key", "K.pem", "--case", "c",
      "--legal-basis", "l", "--conversation", Scene.conversation(0), "--not-after", "2099-12-31T23:59:59Z",
      "--maximum-keys", "10", "-o", "W")
    try workspace.must("warrant", "sign", "--holder", "judge-fr", "--roster", "R", "W")
    expect(try states.release("agency:de"), exits: 3, saying: "agency:de")
    expect(try states.release("judge:de"), exits: 3, saying: "judge:de")
    #expect(try states.release("agency:fr").status == 0)
    #expect(try states.release("judge:fr").status == 0)
    #expect(try states.recover(["F.agency-fr", "F.judge-fr"]).status == 0)
  }

  @Test func aStoreByteAlteredIsFoundAtRelease() throws {
    let (deposit, _) = try scene.deposit(0, 3)
    try workspace.flip(deposit.publicPart.tags, in: "S")
    for holder in scene.holders {
      expect(try scene.release(holder, to: "F"), exits: 5, saying: "S")
    }
    #expect(!workspace.exists("F"))
  }
}
