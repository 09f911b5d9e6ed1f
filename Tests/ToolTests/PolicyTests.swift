import Testing

/// `policy explain`, and the policies that no roster may have.
struct PolicyTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func aPolicyIsExplained() throws {
    let policy = "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, agency))"
    let explained = try workspace.must("policy", "explain", policy, "--json").json
    #expect(explained["policy"] as? String == policy)
    #expect(explained["minimalAuthorizedSetCount"] as? Int == 6)
    let sets = try #require(explained["minimalAuthorizedSets"] as? [String])
    #expect(sets.count == 6 && sets.first == "judge:paris, judge:lyon, provider")
    #expect(explained["mandatoryHolders"] as? [String] == [])
    #expect(explained["mandatoryRoles"] as? [String] == ["judge"])
    #expect(explained["smallestCoalition"] as? String == "judge:paris, judge:lyon, provider")
    #expect(explained["refusals"] as? [String] == [])
    #expect(explained["matrixRows"] as? Int == 5)
    #expect(explained["matrixColumns"] as? Int == 3)
    let text = try workspace.must("policy", "explain", policy).output
    #expect(text.contains("smallest coalition            judge:paris, judge:lyon, provider\n"))
  }

  /// Policies that no roster may have, and who would open what is under them.
  static let refused: [(policy: String, named: String)] = [
    ("thresh(2, judge, provider, agency)", "provider, agency"),
    ("or(judge, and(provider, agency))", "judge"),
    ("or(and(judge, agency), provider)", "provider"),
    ("judge", "judge"),
    ("or(and(judge, agency:a), and(provider, agency:b))", "provider, agency:b"),
    ("and(agency:a, agency:b)", "agency:a, agency:b"),
  ]

  @Test(arguments: refused)
  func aRosterCannotHaveAPolicyThatOpensWithoutAJudgeOrByOneRole(_ policy: String, named: String) throws {
    // The holders do not exist: the policy is refused before anybody looks for them.
    let refused = try workspace.run(
      "roster", "new", "--policy", policy, "--holder", "absent/holder.json", "-o", "R")
    expect(refused, exits: 3, saying: named)
    #expect(refused.errors.contains("without a judge") || refused.errors.contains("role"))
    #expect(workspace.files.isEmpty)
    let explained = try workspace.run("policy", "explain", policy, "--json")
    expect(explained, exits: 3, saying: named)
    let reasons = try #require(try explained.json["refusals"] as? [String])
    #expect(reasons.count == 1 && reasons[0].contains(named))
  }

  @Test(arguments: [
    "", "and(", "and()", "judge provider", "thresh(0, judge)", "thresh(3, judge, agency)",
    "thresh(02, judge, agency)",
    "and(judge, judge)", "and(judge, bishop)", "and(judge, agency:Ä)", "and(judge, agency))",
    "and(judge\u{0}, agency)",
    String(repeating: "and(", count: 40) + "judge", String(repeating: "x", count: 70_000),
  ])
  func aPolicyThatDoesNotParseIsAUsageError(_ policy: String) throws {
    // An argument cannot hold a NUL: the system ends it there.
    expect(try workspace.run("policy", "explain", policy), exits: 64)
    expect(try workspace.run("roster", "new", "--policy", policy, "-o", "R"), exits: 64)
    #expect(workspace.files.isEmpty)
  }
}
