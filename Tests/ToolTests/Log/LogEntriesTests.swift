import Foundation
import Testing

/// Commands about what a log holds: `log unseal`, `log stats`, `warrant revoke` and `receipt verify`.
struct LogEntriesTests {
  private let scene: Scene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try Scene.logged.get().copy() }

  /// A signed and logged warrant over conversation 1.
  private func makeWarrant(_ name: String, _ options: String...) throws {
    try scene.draft(name, key: "K.\(name).pem", options: ["--conversation", Scene.conversation(1)] + options)
    try scene.sign(name)
    try scene.log(name)
  }

  private func append(_ entries: String...) throws {
    try workspace.must(["log", "append", "L"] + entries)
  }

  private func stats(_ options: String...) throws -> [String: Any] {
    let year = Calendar(identifier: .iso8601).dateComponents(in: .gmt, from: Date()).year ?? 0
    return try workspace.must(
      ["log", "stats", "--year", "\(year)", "--roster", "R", "--json", "L"] + options
    ).json
  }

  private func monitored() throws -> [String: Any] {
    try workspace.must("log", "monitor", "L", "--json").json
  }

  // MARK: Unsealing

  @Test func aSealedEntryIsOpenedOnceItsTimeHasPassed() throws {
    try makeWarrant("W1", "--unseal-after", "2020-01-01T00:00:00Z", "--notify-by", "2020-01-01T00:00:00Z")
    try makeWarrant("W2", "--unseal-after", "2098-01-01T00:00:00Z")
    let unseal = ["log", "unseal", "--roster", "R", "--warrant"]
    let index = try #require(
      try workspace.must(
        "log", "monitor", "L", "--json"
      ).json["overdueUnsealings"] as? [[String: Any]])
    #expect(index.count == 1 && index[0]["unsealAfter"] as? String == "2020-01-01T00:00:00Z")
    let group = try #require((try stats()["groups"] as? [[String: Any]])?.first)
    #expect(group["overdueUnsealings"] as? Int == 1 && group["overdueNotifications"] as? Int == 1)

    for (warrant, word) in [("W2", "sealed until 2098"), ("W", "does not say when")] {
      expect(try workspace.run(unseal + [warrant, "L"]), exits: 3, saying: word)
    }
    expect(
      try workspace.run(unseal + ["W1", "--notified", "2098-01-01T00:00:00Z", "L"]), exits: 64,
      saying: "yet to come")
    let size = try workspace.must("log", "checkpoint", "L", "--json").json["size"] as? Int
    let report = try workspace.must(
      unseal + ["W1", "--notified", "2026-01-01T00:00:00Z", "L", "--json"]
    ).json
    #expect(report["entry"] as? Int == size && report["logIndex"] as? Int == index[0]["entry"] as? Int)
    #expect((try monitored()["overdueUnsealings"] as? [Any])?.isEmpty == true)
    let after = try #require((try stats()["groups"] as? [[String: Any]])?.first)
    #expect(after["overdueUnsealings"] as? Int == 0 && after["overdueNotifications"] as? Int == 0)
    // For the log's operator it goes into a file.
    try workspace.must(unseal + ["W1", "-o", "U"])
    #expect(try workspace.text("U").contains("\"kind\": \"unsealing\""))
    try append("U")
    // Not without the proof, and not with another's.
    try FileManager.default.removeItem(atPath: workspace.path("W2.tlog-proof"))
    expect(try workspace.run(unseal + ["W2", "L"]), exits: 3, saying: "no proof")
    expect(try workspace.run(unseal + ["W2", "--log-proof", "W1.tlog-proof", "L"]), exits: 5)
  }

  // MARK: Revocation

  @Test func aRevocationIsFinal() throws {
    let revoke = ["warrant", "revoke", "--roster", "R", "W", "--holder"]
    let before = try workspace.bytes("L/checkpoint")
    for holder in ["agency", "provider"] {
      expect(try workspace.run(revoke + [holder, "--log", "L"]), exits: 3, saying: holder)
    }
    try workspace.must("holder", "new", "--id", "judge", "--out", "impostor")
    expect(try workspace.run(revoke + ["impostor", "--log", "L"]), exits: 3, saying: "judge")
    try workspace.must("log", "init", "L2")
    expect(try workspace.run(revoke + ["judge", "--log", "L2"]), exits: 5, saying: "L2")
    expect(try workspace.run(revoke + ["judge"]), exits: 64)
    #expect(try workspace.bytes("L/checkpoint") == before)

    // In a file it is nothing yet.
    try workspace.must(revoke + ["judge", "-o", "V"])
    expect(try scene.release("provider"), exits: 0)
    try append("V")
    expect(try scene.release("judge"), exits: 3, saying: "revoked")
    try FileManager.default.removeItem(atPath: workspace.path("W.tlog-proof"))
    try scene.log()
    expect(try scene.release("judge"), exits: 3, saying: "revoked")
    let stats = try #require((try stats()["groups"] as? [[String: Any]])?.first)
    #expect(stats["revoked"] as? Int == 1)
    try makeWarrant("W1")
    let report = try workspace.must(
      "warrant", "revoke", "--roster", "R", "--holder", "judge", "--log", "L", "--log-key", "L.keys/log.key",
      "W1",
      "--json"
    ).json
    #expect(report["judge"] as? String == "judge" && report["entry"] as? Int != nil)
    expect(try scene.release("judge", "W1", to: "F1"), exits: 3, saying: "revoked")
  }

  // MARK: Receipts

  private func receipt(_ options: String...) throws -> Tool.Outcome {
    try workspace.run(["receipt", "verify", "--roster", "R", "--warrant", "W", "--json"] + options)
  }

  @Test func aReceiptSaysWhatWasAskedAndAnsweredAndChecksEverySignature() throws {
    for holder in ["judge", "agency"] { expect(try scene.release(holder), exits: 0) }
    try workspace.must(
      "refuse", "--holder", "provider", "--roster", "R", "--warrant", "W", "--ground", "cap", "--reason",
      "no", "-o",
      "F.provider")
    try append("F.judge.entry", "F.provider.entry")
    // A lawyer has the documents and nothing else.
    let lawyer = try Workspace()
    for name in ["R", "W", "W.tlog-proof", "F.judge", "F.agency", "F.provider"] {
      try lawyer.write(try workspace.bytes(name), to: name)
    }
    let vkey = try workspace.text("L.keys/log.vkey")
    try lawyer.write(vkey, to: "vkey")
    let files = ["F.judge", "F.agency", "F.provider"]
    let verify = ["receipt", "verify", "--roster", "R", "--warrant", "W", "--json"]
    let report = try lawyer.must(verify + ["--vkey", "vkey"] + files).json
    #expect(report["case"] as? String == "2026/17" && report["recipient"] as? String == "agency")
    #expect(
      report["judges"] as? [String] == ["judge"] && report["signedBy"] as? [String] == ["agency", "judge"])
    #expect(report["logIndex"] as? Int == 0 && report["witnessTime"] as? String != nil)
    #expect(report["logVkey"] as? String == String(vkey.dropLast()))
    let answers = try #require(report["answers"] as? [[String: Any]])
    #expect(answers.map { $0["holder"] as? String } == ["judge", "agency", "provider"])
    #expect(answers.map { $0["keys"] as? Int } == [5, 5, nil] && answers[2]["ground"] as? String == "cap")
    #expect(report["policyMet"] as? Bool == true && (report["faults"] as? [Any])?.isEmpty == true)
    let roster = try #require(report["roster"] as? String)
    try lawyer.must(verify + ["--roster-id", roster])
    expect(
      try lawyer.run(verify + ["--roster-id", String(repeating: "0", count: 64)]), exits: 5,
      saying: "R: is roster")
    try lawyer.must("log", "key", "--name", "x", "-o", "other")
    expect(try lawyer.run(verify + ["--vkey", "other.vkey"]), exits: 5, saying: "another log")

    // With the log, whatever it shows about the warrant.
    let trail = try receipt("--log", "L", "F.judge", "F.agency", "F.provider").json
    #expect(trail["answersNotLogged"] as? [String] == ["agency"])
    #expect((trail["answersLogged"] as? [Any])?.count == 2)
    #expect((trail["revocations"] as? [Any])?.isEmpty == true)
  }

  @Test func aReceiptThatWasAlteredIsRefused() throws {
    expect(try scene.release("judge"), exits: 0)
    for name in ["R", "W", "W.tlog-proof", "F.judge"] {
      let good = try workspace.bytes(name)
      for index in stride(from: 11, to: good.count, by: max(good.count / 12, 1)) {
        var altered = good
        altered[index] ^= 1
        try workspace.write(altered, to: name)
        let outcome = try receipt("F.judge")
        #expect(outcome.status == 5, "\(name) \(index): \(outcome.errors)")
      }
      try workspace.write(good, to: name)
    }
    #expect(try receipt("F.judge").status == 0)
    try FileManager.default.removeItem(atPath: workspace.path("W.tlog-proof"))
    expect(try receipt("F.judge"), exits: 3, saying: "no proof")
  }

  @Test func anAnswerAfterARevocationShowsInTheTrail() throws {
    expect(try scene.release("judge"), exits: 0)
    // The clock's second must have passed.
    Thread.sleep(forTimeInterval: 1.1)
    try workspace.must("warrant", "revoke", "--roster", "R", "--holder", "judge", "--log", "L", "W")
    try append("F.judge.entry")
    let report = try receipt("--log", "L", "F.judge").json
    #expect((report["revocations"] as? [Any])?.count == 1 && (report["faults"] as? [Any])?.isEmpty == true)
  }

  // MARK: Figures

  @Test func theFiguresOfAYearAreThoseOfTheLog() throws {
    try makeWarrant("W1", "--jurisdiction", "FR <script>", "--priority", "emergency")
    for holder in scene.holders { expect(try scene.release(holder), exits: 0) }
    expect(try scene.release("judge", "W1", to: "F1.judge"), exits: 0)
    try workspace.must(
      "refuse", "--holder", "agency", "--roster", "R", "--warrant", "W1", "--ground", "privilege", "--reason",
      "r",
      "-o", "F1.agency")
    try append("F.judge.entry", "F.provider.entry", "F.agency.entry", "F1.judge.entry", "F1.agency.entry")
    let figures = try stats("--html", "page.html")
    #expect(figures["signaturesChecked"] as? Bool == true && figures["test"] as? Bool == false)
    let groups = try #require(figures["groups"] as? [[String: Any]])
    #expect(groups.map { $0["jurisdiction"] as? String } == ["FR <script>", nil])
    #expect(groups.map { $0["warrants"] as? Int } == [1, 1])
    #expect(groups.map { $0["maximumKeys"] as? Int } == [100, 100])
    let roles = try #require(groups[0]["roles"] as? [[String: Any]])
    #expect(roles.map { $0["role"] as? String } == ["judge", "agency"])
    #expect(
      roles[0]["releases"] as? Int == 1 && roles[0]["keys"] as? Int == 5 && roles[0]["late"] as? Int == 0)
    #expect(roles[1]["refusals"] as? [String: Int] == ["privilege": 1])
    #expect((groups[1]["roles"] as? [[String: Any]])?.map { $0["keys"] as? Int } == [5, 5, 5])
    #expect((figures["entriesLeftOut"] as? [Any])?.isEmpty == true)

    let page = try workspace.text("page.html")
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<svg ") && page.hasSuffix("</html>\n"))
    #expect(!page.contains("<script") && page.contains("FR &lt;script&gt;"))
    // Nothing is fetched from anywhere.
    for word in ["http:", "https:", "src=", "href=", "url(", "@import"] {
      #expect(!page.contains(word), "\(word)")
    }
    let text = try workspace.must("log", "stats", "--year", "\(figures["year"] ?? 0)", "L").output
    #expect(text.contains("(none named)") && text.contains("privilege 1"))
    let empty = try workspace.must("log", "stats", "--year", "1999", "L")
    #expect(empty.output.contains("no warrants were logged in 1999"))
    #expect(
      (try workspace.must("log", "stats", "--year", "1999", "--json", "L").json["groups"] as? [Any])?.isEmpty
        == true)
    expect(try workspace.run("log", "stats", "--year", "0", "L"), exits: 64, saying: "--year")
    expect(
      try workspace.run("log", "stats", "--year", "2026", "--html", "page.html", "L"), exits: 64,
      saying: "page.html")
    try workspace.must("log", "init", "L2")
    expect(
      try workspace.run("log", "stats", "--year", "2026", "--roster", "R", "L2"), exits: 5,
      saying: "L2: is not the log")
  }

  @Test func anEntryThatNobodySignedIsLeftOut() throws {
    expect(try scene.release("judge"), exits: 0)
    var text = try workspace.text("F.judge.entry")
    text = text.replacingOccurrences(of: "\"keys\": 5", with: "\"keys\": 6")
    try workspace.write(text, to: "forged")
    try workspace.write("of no interest", to: "other")
    try append("forged", "other", "F.judge.entry")
    let figures = try stats()
    #expect(figures["entriesLeftOut"] as? [Int] == [1])
    let roles = (figures["groups"] as? [[String: Any]])?.first?["roles"] as? [[String: Any]]
    #expect(roles?.map { $0["keys"] as? Int } == [5])
    let entries = try #require(try monitored()["entries"] as? [[String: Any]])
    #expect(entries.map { $0["kind"] as? String } == ["warrant", "release", nil, "release"])
    #expect(entries[3]["holder"] as? String == "judge" && entries[3]["warrantEntry"] as? Int == 0)
  }

  // MARK: Stores

  @Test func aMonitorShowsWhatStoresAndRostersEnter() throws {
    try workspace.must("store", "entry", "--roster", "R", "-o", "D", "S")
    try workspace.must("roster", "entry", "R", "-o", "E")
    try append("D", "E")
    #expect((try stats()["entriesLeftOut"] as? [Any])?.isEmpty == true)
    let entries = try #require(try monitored()["entries"] as? [[String: Any]])
    #expect(entries.map { $0["kind"] as? String } == ["warrant", "deposits", "roster"])
  }
}
