import Foundation
import Testing

/// Drills of rosters that are in use.
struct DrillTests {
  private static let all = ["--holder", "judge", "provider", "agency"]

  private func logSize(_ workspace: Workspace) throws -> Int {
    let checkpoint = try workspace.text("L/checkpoint").split(separator: "\n")
    return try #require(Int(checkpoint[1]))
  }

  @Test func everySetIsTriedUnderATestRoster() throws {
    let workspace = try Scene.standard.get().copy().workspace
    let report = try workspace.must(["drill", "--roster", "R", "--json", "-o", "report"] + Self.all).json
    #expect(report["recovered"] as? [String] == ["judge, provider", "judge, agency"])
    #expect(report["refused"] as? [String] == ["provider, agency", "judge"])
    #expect(report["complete"] as? Bool == true)
    let text = try workspace.text("report")
    for holder in ["judge", "provider", "agency"] { #expect(text.contains("— \(holder) ")) }
    // Nothing is kept among a holder's answers.
    #expect(!workspace.files.contains { $0.hasPrefix("judge/answers/") && $0.hasSuffix(".release") })
    expect(
      try workspace.run(["drill", "--roster", "R", "--log", "L", "--evidence", "E"] + Self.all), exits: 64,
      saying: "names no transparency log")
    expect(
      try workspace.run("drill", "--roster", "R", "--holder", "judge", "agency"), exits: 4, saying: "provider"
    )
    expect(
      try workspace.run("drill", "--roster", "R", "--holder", "judge", "judge"), exits: 64, saying: "twice")
  }

  @Test func encryptedKeysWantATerminal() throws {
    let workspace = try Workspace()
    try workspace.write("key phrase\n", to: "phrase")
    let passphrase = ["--passphrase-file", "phrase"]
    let holders = ["judge", "provider", "agency"]
    for id in holders { try workspace.must(["holder", "new", "--id", id, "--out", id] + passphrase) }
    try workspace.must(
      ["roster", "new", "--test", "--policy", "and(judge, or(provider, agency))", "-o", "R"]
        + holders.flatMap { ["--holder", "\($0)/holder.json"] })
    for id in holders { try workspace.must(["roster", "sign", "--holder", id, "R"] + passphrase) }
    expect(
      try workspace.run(["drill", "--roster", "R"] + Self.all), exits: 6,
      saying: "judge/sealing.pem", "is encrypted; run this on a terminal")
  }

  @Test func underARosterWithALogEveryTestWarrantIsLogged() throws {
    let scene = try Scene.logged.get().copy()
    let workspace = scene.workspace
    let refused = try workspace.run(["drill", "--roster", "R"] + Self.all)
    expect(refused, exits: 3, saying: "--log", "--evidence")
    let before = try logSize(workspace)
    let report = try workspace.must(
      ["drill", "--roster", "R", "--log", "L", "--evidence", "E", "-o", "report", "--json"] + Self.all
    ).json
    #expect(report["recovered"] as? [String] == ["judge, provider", "judge, agency"])
    #expect(report["refused"] as? [String] == ["provider, agency", "judge"])
    // For each set a warrant, two answers and a recovery; for all together a warrant and three answers.
    #expect(try logSize(workspace) == before + 2 * 4 + 4)
    #expect(
      workspace.files.filter { $0.hasPrefix("E/") }
        == Set((1...3).flatMap { ["E/warrant-\($0)", "E/warrant-\($0).tlog-proof"] }))
    for number in 1...3 {
      let shown = try workspace.must("warrant", "show", "E/warrant-\(number)", "--json").json
      #expect(shown["test"] as? Bool == true)
    }
    try workspace.must("log", "verify", "L")
    // The holders know what they answered, and go on answering what is not a test.
    try workspace.must(
      "release", "--holder", "judge", "--roster", "R", "--warrant", "W", "--store", "S", "--log", "L", "-o",
      "F")
    // Another directory of evidence than the one that is there.
    expect(
      try workspace.run(["drill", "--roster", "R", "--log", "L", "--evidence", "E"] + Self.all), exits: 64,
      saying: "E: is already there")
  }

  @Test func anotherLogThanTheRostersIsRefused() throws {
    let workspace = try Scene.logged.get().copy().workspace
    try workspace.must("log", "init", "L2")
    expect(
      try workspace.run(["drill", "--roster", "R", "--log", "L2", "--evidence", "E"] + Self.all), exits: 5,
      saying: "L2")
    #expect(!workspace.exists("E"))
  }

  @Test func aHolderWithOtherKeysIsNoHolder() throws {
    let workspace = try Scene.standard.get().copy().workspace
    try workspace.must("holder", "new", "--id", "judge", "--out", "other")
    expect(
      try workspace.run("drill", "--roster", "R", "--holder", "other", "provider", "agency"), exits: 64,
      saying: "other: judge is not on the roster with these keys")
  }
}
