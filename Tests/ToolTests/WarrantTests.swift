import Foundation
import Testing

/// Warrants: drafted by their recipient, signed by judges, shown and verified.
struct WarrantTests {
  private let scene: Scene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try Scene.standard.get().copy() }

  private func verify(_ name: String = "W", roster: String = "R") throws -> Tool.Outcome {
    try workspace.run("warrant", "verify", "--roster", roster, name)
  }

  @Test func aWarrantSaysWhatItWasDraftedWith() throws {
    try workspace.write(Scene.conversation(2) + "\n" + Scene.conversation(1), to: "more")
    try scene.draft(
      "W2", key: "K2.pem", "--authority", "Cour d’appel", "--jurisdiction", "FR", "--offence", "fraud",
      "--priority",
      "emergency", "--conversations-file", "more", "--deposited-from", "2020-01-01T00:00:00Z", "--not-before",
      "2026-01-01T00:00:00Z", "--notify-by", "2100-01-01T00:00:00Z", "--unseal-after", "2101-01-01T00:00:00Z")
    let shown = try workspace.must("warrant", "show", "W2", "--json").json
    let expected: [String: String] = [
      "case": "2026/17", "authority": "Cour d’appel", "jurisdiction": "FR", "offence": "fraud",
      "priority": "emergency", "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2099-12-31T23:59:59Z",
      "depositedFrom": "2020-01-01T00:00:00Z", "depositedTo": "9999-12-31T23:59:59Z", "recipient": "agency",
      "notifyBy": "2100-01-01T00:00:00Z", "unsealAfter": "2101-01-01T00:00:00Z",
    ]
    for (name, text) in expected { #expect(shown[name] as? String == text, "\(name)") }
    #expect(shown["conversations"] as? [String] == (0..<3).map { Scene.conversation($0) })
    #expect(shown["epochFrom"] as? Int == 2 && shown["epochTo"] as? Int == 6)
    #expect(shown["signatureLines"] as? [String] == ["agency"])
    #expect(try workspace.mode("K2.pem") == 0o600)
    #expect(try workspace.must("warrant", "show", "-", input: .file("W2")).status == 0)
  }

  @Test func aKeyThatIsThereIsUsedAndKept() throws {
    let before = try workspace.bytes("K.pem")
    try scene.draft("W2", key: "K.pem")
    #expect(try workspace.bytes("K.pem") == before)
    let keys = try ["W", "W2"].map {
      try workspace.must("warrant", "show", $0, "--json").json["recipientKey"] as? String
    }
    #expect(keys[0] == keys[1])
  }

  /// Flags of a draft that are wrong, and a word of the reason.
  static let wrongFlags: [(flags: [String], word: String)] = [
    (["--not-after", "tomorrow"], "--not-after"), (["--not-after", "2099-02-30T00:00:00Z"], "--not-after"),
    (["--not-after", "2099-01-01T00:00:00+01:00"], "--not-after"),
    (["--not-after", "2020-01-01T00:00:00Z"], "--not-before"), (["--from-epoch", "7"], "--to-epoch"),
    (["--to-epoch", "18446744073709551616"], "--to-epoch"), (["--maximum-keys", "0"], "--maximum-keys"),
    (["--conversation", "00"], "--conversation"), (["--priority", "soon"], "--priority"),
    (["--case", ""], "case"), (["--case", "a\nb"], "case"), (["--case", "a\u{202E}b"], "case"),
    (["--case", "e\u{301}"], "case"), (["--legal-basis", String(repeating: "x", count: 513)], "legal-basis"),
    (
      ["--deposited-from", "2027-01-01T00:00:00Z", "--deposited-to", "2026-01-01T00:00:00Z"], "--deposited-to"
    ),
    (["--conversations-file", "absent"], "absent"),
  ]

  @Test(arguments: wrongFlags)
  func aWrongFlagIsAUsageError(_ flags: [String], word: String) throws {
    let before = workspace.files
    let defaults = [
      ["--conversation", Scene.conversation(0)], ["--to-epoch", "6"], ["--maximum-keys", "100"],
      ["--case", "c"],
      ["--legal-basis", "l"], ["--not-after", "2099-12-31T23:59:59Z"],
    ]
    let kept = defaults.filter { !flags.contains($0[0]) }.flatMap { $0 }
    let outcome = try workspace.run(
      ["warrant", "draft", "--roster", "R", "--holder", "agency", "--recipient-key", "K2.pem", "-o", "W2"]
        + kept
        + flags)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
    #expect(workspace.files == before)
  }

  @Test(arguments: ["zz\n", "\n", "", "00\n", "\u{0}"])
  func aConversationsFileHoldsPseudonymsOnly(_ text: String) throws {
    try workspace.write(text, to: "more")
    let outcome = try workspace.run(
      "warrant", "draft", "--roster", "R", "--holder", "agency", "--recipient-key", "K2.pem", "--case", "c",
      "--legal-basis", "l", "--conversations-file", "more", "--not-after", "2099-12-31T23:59:59Z",
      "--maximum-keys", "1", "-o", "W2")
    #expect(outcome.status == 5, "\(outcome.errors)")
    #expect(!workspace.exists("K2.pem") && !workspace.exists("W2"))
  }

  @Test func aJudgeSeesEveryFieldBeforeSigning() throws {
    try scene.draft("W2", key: "K2.pem")
    let signed = try workspace.must("warrant", "sign", "--holder", "judge", "--roster", "R", "W2", "--json")
    let shown = try workspace.must("warrant", "show", "W2").output
    for line in shown.split(separator: "\n").prefix(16) {
      // The same words, whatever the width of the columns.
      let words = line.split(separator: " ").joined(separator: " ")
      let said = signed.errorLines.map { $0.split(separator: " ").joined(separator: " ") }
      #expect(said.contains(words), "\(words)")
    }
    #expect(try signed.json["signedBy"] as? [String] == ["agency", "judge"])
    let bytes = try workspace.bytes("W2")
    try workspace.must("warrant", "sign", "--holder", "judge", "--roster", "R", "W2")
    #expect(try workspace.bytes("W2") == bytes, "signing again changes nothing")
    let verified = try workspace.must("warrant", "verify", "--roster", "R", "W2", "--json").json
    #expect(
      verified["checked"] as? [String]
        == ["recipient-signature", "judges-signatures", "test-flag", "roster-limits", "in-force"])
    #expect(verified["judges"] as? [String] == ["judge"])
    #expect(verified["mayAnswer"] as? [String] == ["judge", "provider", "agency"])
  }

  @Test func onlyTheRecipientDraftsAndOnlyJudgesSign() throws {
    try scene.draft("W2", key: "K2.pem")
    let draft = try workspace.bytes("W2")
    for holder in ["provider", "agency"] {
      expect(
        try workspace.run("warrant", "sign", "--holder", holder, "--roster", "R", "W2"), exits: 3,
        saying: holder)
    }
    try workspace.must("holder", "new", "--id", "judge", "--out", "impostor")
    expect(
      try workspace.run("warrant", "sign", "--holder", "impostor", "--roster", "R", "W2"), exits: 3,
      saying: "judge")
    #expect(try workspace.bytes("W2") == draft)
    expect(try verify("W2"), exits: 3, saying: "no judge has signed")
  }

  @Test func aDraftWithoutItsRecipientsSignatureOrWithASwappedKeyIsNotSigned() throws {
    try scene.draft("W2", key: "K2.pem")
    let text = try workspace.text("W2")
    let key = try #require(
      try workspace.must("warrant", "show", "W2", "--json").json["recipientKey"] as? String)
    let other = try #require(
      try workspace.must("warrant", "show", "W", "--json").json["recipientKey"] as? String)
    try workspace.write(text.replacingOccurrences(of: key, with: other), to: "swapped")
    expect(
      try workspace.run("warrant", "sign", "--holder", "judge", "--roster", "R", "swapped"), exits: 5,
      saying: "agency")
    // The judge's line alone, over the right text.
    let signed = try workspace.text("W").split(separator: "\n", omittingEmptySubsequences: false)
    try workspace.write(signed.filter { !$0.hasPrefix("— agency ") }.joined(separator: "\n"), to: "alone")
    for arguments in [
      ["warrant", "sign", "--holder", "judge", "--roster", "R", "alone"],
      ["warrant", "verify", "--roster", "R", "alone"],
    ] {
      expect(try workspace.run(arguments), exits: 3, saying: "agency", "has not signed")
    }
  }

  @Test func everyReasonNotToAnswerIsNamed() throws {
    try scene.makeRoster("R2", policy: "and(judge, agency)")
    let cases: [(name: String, options: [String], roster: String, word: String)] = [
      (
        "expired", ["--not-before", "2020-01-01T00:00:00Z", "--not-after", "2020-01-02T00:00:00Z"], "R",
        "expired"
      ),
      ("early", ["--not-before", "2098-01-01T00:00:00Z"], "R", "not in force before"),
      ("other", [], "R2", "another roster"),
    ]
    for (name, options, roster, word) in cases {
      var arguments = [
        "warrant", "draft", "--roster", roster, "--holder", "agency", "--recipient-key", "\(name).pem",
        "--case", "c",
        "--legal-basis", "l", "--conversation", Scene.conversation(0), "--maximum-keys", "100", "-o", name,
      ]
      if !options.contains("--not-after") { arguments += ["--not-after", "2099-12-31T23:59:59Z"] }
      try workspace.must(arguments + options)
      try workspace.must("warrant", "sign", "--holder", "judge", "--roster", roster, name)
      expect(try verify(name), exits: 3, saying: word)
      for holder in ["judge", "agency"] {
        expect(try scene.release(holder, name, to: "F"), exits: 3, saying: word)
      }
    }
    #expect(!workspace.exists("F"))
  }

  @Test func rosterLimitsBind() throws {
    let policy = "and(thresh(1, judge:a, judge:b), agency)"
    for holder in ["judge:a", "judge:b"] {
      try workspace.must("holder", "new", "--id", holder, "--out", Scene.directory(holder))
    }
    try scene.makeRoster(
      "L", policy: policy,
      options: ["--max-keys", "50", "--max-days", "10", "--cap", "5:1", "--cap", "60:2"])
    func draft(_ name: String, _ options: String...) throws -> Tool.Outcome {
      try workspace.must(
        [
          "warrant", "draft", "--roster", "L", "--holder", "agency", "--recipient-key", "\(name).pem",
          "--case", "c",
          "--legal-basis", "l", "--conversation", Scene.conversation(0), "--not-before",
          "2090-01-01T00:00:00Z", "-o",
          name,
        ] + options)
    }
    func sign(_ name: String, _ judge: String) throws {
      try workspace.must("warrant", "sign", "--holder", judge, "--roster", "L", name)
    }
    func verify(_ name: String) throws -> Tool.Outcome { try self.verify(name, roster: "L") }
    let days = try draft("days", "--maximum-keys", "5", "--not-after", "2090-01-11T00:00:01Z")
    #expect(days.errors.contains("warning") && days.errors.contains("maximumDays"))
    try sign("days", "judge-a")
    expect(try verify("days"), exits: 3, saying: "maximumDays")
    _ = try draft("keys", "--maximum-keys", "51", "--not-after", "2090-01-02T00:00:00Z")
    try sign("keys", "judge-a")
    try sign("keys", "judge-b")
    expect(try verify("keys"), exits: 3, saying: "maximumKeys")
    _ = try draft("cap", "--maximum-keys", "6", "--not-after", "2090-01-11T00:00:00Z")
    try sign("cap", "judge-a")
    expect(try verify("cap"), exits: 3, saying: "2 judges")
    try sign("cap", "judge-b")
    expect(try verify("cap"), exits: 3, saying: "not in force before")
  }

  @Test func aWarrantAlteredByOneByteDoesNotVerify() throws {
    let bytes = try workspace.bytes("W")
    for index in stride(from: 0, to: bytes.count, by: 11) {
      var altered = bytes
      altered[index] ^= 1
      try workspace.write(altered, to: "altered")
      expect(try verify("altered"), exits: 5, saying: "altered")
    }
  }
}
