import Foundation
import Testing

/// Rosters: drafted, signed by every holder, verified, succeeded.
struct RosterTests {
  private let workspace: Workspace
  private let policy = "and(judge, or(provider, agency))"

  init() throws {
    workspace = try Workspace()
    for holder in ["judge", "provider", "agency"] {
      try workspace.must("holder", "new", "--id", holder, "--out", holder)
    }
  }

  private func new(_ name: String, _ options: String...) throws -> Tool.Outcome {
    try workspace.run(
      ["roster", "new", "--policy", policy, "-o", name]
        + ["judge", "provider", "agency"].flatMap { ["--holder", "\($0)/holder.json"] } + options)
  }

  @Test func aRosterCountsWhenEveryHolderHasSigned() throws {
    let drafted = try new("R", "--json")
    #expect(drafted.status == 0)
    #expect(try drafted.json["missing"] as? [String] == ["judge", "provider", "agency"])
    expect(try workspace.run("roster", "verify", "R"), exits: 5, saying: "judge, provider, agency")
    try workspace.must("roster", "sign", "--holder", "judge", "R")
    try workspace.must("roster", "sign", "--holder", "agency", "R")
    expect(try workspace.run("roster", "verify", "R"), exits: 5, saying: "not signed by provider;")
    let shown = try workspace.must("roster", "show", "R", "--json").json
    #expect(shown["signedBy"] as? [String] == ["judge", "agency"])
    try workspace.must("roster", "sign", "--holder", "provider", "R")
    let signed = try workspace.bytes("R")
    try workspace.must("roster", "sign", "--holder", "provider", "R")
    #expect(try workspace.bytes("R") == signed, "signing again changes nothing")
    let verified = try workspace.must("roster", "verify", "R", "--json").json
    #expect(verified["roster"] as? String == shown["roster"] as? String)
    #expect(verified["generation"] as? Int == 1)
    // From a pipe to a pipe, too.
    #expect(try workspace.must("roster", "verify", "-", input: .file("R")).status == 0)
    let piped = try workspace.must("roster", "sign", "--holder", "judge", "-", input: .file("R"))
    #expect(Array(piped.output.utf8) == signed)
  }

  @Test func signaturesMadeAtOnceAreAllKept() throws {
    #expect(try new("R").status == 0)
    let running = try ["judge", "provider", "agency"].map { holder in
      try Tool.start(["roster", "sign", "--holder", holder, "R"], in: workspace.url)
    }
    for run in running { #expect(try run.outcome().status == 0) }
    try workspace.must("roster", "verify", "R")
  }

  @Test func holdersAreExactlyThePolicys() throws {
    try workspace.must("holder", "new", "--id", "judge:two", "--out", "two")
    expect(try new("R", "--holder", "two/holder.json"), exits: 3, saying: "judge:two")
    expect(try new("R", "--holder", "judge/holder.json"), exits: 3, saying: "judge", "twice")
    expect(
      try workspace.run("roster", "new", "--policy", policy, "--holder", "judge", "agency", "-o", "R"),
      exits: 3,
      saying: "provider")
    expect(try new("R", "--holder", "absent"), exits: 64, saying: "absent")
    #expect(!workspace.exists("R"))
    #expect(try new("R").status == 0)
    expect(try workspace.run("roster", "sign", "--holder", "two", "R"), exits: 3, saying: "judge:two")
    expect(try new("R"), exits: 64, saying: "R", "not overwritten")
  }

  @Test func limitsStandInTheRosterAndMustMakeSense() throws {
    #expect(
      try new(
        "R", "--max-keys", "1000", "--max-days", "30", "--max-keys-per-month", "5000", "--depositors",
        "server"
      ).status == 0)
    let shown = try workspace.must("roster", "show", "R", "--json").json
    #expect(shown["maximumKeys"] as? Int == 1000)
    #expect(shown["maximumDays"] as? Int == 30)
    #expect(shown["maximumKeysPerMonth"] as? Int == 5000)
    #expect(shown["depositors"] as? String == "server")
    expect(try new("X", "--max-keys", "0"), exits: 3, saying: "limit")
    expect(try new("X", "--cap", "100:2"), exits: 3, saying: "2 judges")
    for wrong in [
      ["--max-keys", "-1"], ["--max-keys", "many"], ["--cap", "100"], ["--depositors", "both"],
    ] {
      expect(try workspace.run(["roster", "new", "--policy", policy, "-o", "X"] + wrong), exits: 64)
    }
    #expect(!workspace.exists("X"))
  }

  @Test func aSuccessorIsApprovedByItsPredecessorsHolders() throws {
    #expect(try new("R1").status == 0)
    for holder in ["judge", "provider", "agency"] {
      try workspace.must("roster", "sign", "--holder", holder, "R1")
    }
    // The agency gets new keys; judge and provider stay.
    try workspace.must("holder", "new", "--id", "agency", "--out", "agency2")
    try workspace.must(
      "roster", "new", "--policy", policy, "--holder", "judge", "provider", "agency2", "--succeeds", "R1",
      "-o", "R2")
    #expect(try workspace.must("roster", "show", "R2", "--json").json["generation"] as? Int == 2)
    try workspace.must("roster", "sign", "--holder", "provider", "R2")
    try workspace.must("roster", "sign", "--holder", "agency2", "R2")
    expect(try workspace.run("roster", "sign", "--holder", "agency", "R2"), exits: 3, saying: "agency")
    try workspace.must("roster", "sign", "--holder", "agency", "--previous", "R1", "R2")
    expect(try workspace.run("roster", "verify", "R2", "--previous", "R1"), exits: 5, saying: "judge")
    try workspace.must("roster", "sign", "--holder", "judge", "R2")
    expect(try workspace.run("roster", "verify", "R2"), exits: 64, saying: "generation 2")
    expect(try workspace.run("roster", "verify", "R1", "--previous", "R1"), exits: 64, saying: "generation 1")
    try workspace.must("roster", "verify", "R2", "--previous", "R1")
    // Deposits under the first roster are answered under the second, by keys that the second does not name.
    try workspace.write(Scene.lines, to: "keys.jsonl")
    try workspace.must("deposit", "--roster", "R1", "--store", "S", "keys.jsonl")
    let roster = ["--roster", "R2", "--previous-roster", "R1"]
    try workspace.must(
      ["warrant", "draft"] + roster + [
        "--holder", "agency2", "--recipient-key", "K.pem", "--case", "c", "--legal-basis", "l",
        "--conversation",
        Scene.conversation(1), "--not-after", "2099-01-01T00:00:00Z", "--maximum-keys", "10", "-o", "W",
      ])
    try workspace.must(["warrant", "sign", "--holder", "judge"] + roster + ["W"])
    expect(
      try workspace.run(
        ["release", "--holder", "agency2"] + roster + ["--warrant", "W", "--store", "S", "-o", "F.agency2"]),
      exits: 6, saying: "sealing-")
    try FileManager.default.copyItem(
      atPath: workspace.path("agency/sealing.pem"), toPath: workspace.path("agency2/sealing-1.pem"))
    for holder in ["judge", "agency2"] {
      try workspace.must(
        ["release", "--holder", holder] + roster + ["--warrant", "W", "--store", "S", "-o", "F.\(holder)"])
    }
    let recovered = try workspace.must(
      ["recover"] + roster + [
        "--warrant", "W", "--recipient-key", "K.pem", "--store", "S", "F.judge", "F.agency2",
      ])
    #expect(recovered.output == (0..<10).map { Scene.line(1, UInt64($0)) }.joined())
    try workspace.must("store", "verify", "S", "--roster", "R2", "--previous-roster", "R1")
  }

  @Test func aRosterAlteredByOneByteDoesNotVerify() throws {
    #expect(try new("R").status == 0)
    for holder in ["judge", "provider", "agency"] {
      try workspace.must("roster", "sign", "--holder", holder, "R")
    }
    let bytes = try workspace.bytes("R")
    for index in stride(from: 0, to: bytes.count, by: 17) {
      var altered = bytes
      altered[index] ^= 1
      try workspace.write(altered, to: "altered")
      let outcome = try workspace.run("roster", "verify", "altered")
      expect(outcome, exits: 5, saying: "altered")
    }
  }
}
