import Foundation
import Testing

/// The plan of a ceremony is read strictly, and what it leads to is said.
struct PlanTests {
  private let workspace: Workspace
  private let plan: String

  init() throws {
    workspace = try CeremonyScene().workspace
    plan = try workspace.text("ceremony.yaml")
  }

  /// What is exchanged for what, and what is said; always exit 5 unless it is said otherwise.
  struct Fault: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    var status: Int32 = 5
    let words: [String]
    var testDescription: String { new }
  }

  static let faults = [
    Fault(old: "depositors:", new: "depositor:", words: ["line 7", "depositor", "not a key"]),
    Fault(
      old: "  maximum-keys: 1000\n", new: "  maximum-key: 1000\n", words: ["line 11", "limits.maximum-key"]),
    Fault(
      old: "    person: Hugo Bernard\n", new: "    persona: Hugo\n", words: ["line 22", "holders[2].persona"]),
    Fault(old: "test: true", new: "test: true\ntest: false", words: ["line", "test is given twice"]),
    Fault(old: "test: true", new: "test: yes", words: ["line 5", "neither true nor false"]),
    Fault(old: "test: true", new: "test: \"true\"", words: ["line 5", "neither true nor false"]),
    Fault(old: "sealing-days: 366", new: "sealing-days: 1e3", words: ["line 8", "whole number"]),
    Fault(old: "sealing-days: 366", new: "sealing-days: 0", words: ["line 8", "from 1 to 36500"]),
    Fault(old: "sealing-days: 366", new: "sealing-days: [366]", words: ["line 8", "whole number"]),
    Fault(old: "sealing-days: 366", new: "sealing-days: 0x10", words: ["line 8", "whole number"]),
    Fault(old: "version: 1", new: "version: 2", words: ["line 2", "not 1"]),
    Fault(old: "title: First", new: "title: &a First", words: ["line 3", "anchors"]),
    Fault(old: "location: Palais", new: "location: !!binary Palais", words: ["line 4", "tags"]),
    Fault(
      old: "location: Palais de Justice, Paris, room 4.12", new: "location:",
      words: ["line", "location", "not a text"]),
    Fault(old: "location: Palais", new: "location: \"\\u202EPalais\"\nx: ", words: ["line 4", "U+202E"]),
    Fault(old: "holders:\n", new: "holders: 3\nx:\n", words: ["line 18", "not a list"]),
    Fault(old: "  - id: judge:lyon", new: "  - id: bishop", words: ["line 21", "holder's id"]),
    Fault(old: "  - id: judge:lyon", new: "  - id: judge:paris", words: ["judge:paris", "twice"]),
    Fault(old: "  - id: judge:lyon", new: "  - id: judge:nice", status: 3, words: ["judge:nice"]),
    Fault(old: "      judges: 2", new: "      judges: 9", status: 3, words: ["limits"]),
    Fault(old: "and(thresh(2, ", new: "and(thresh(9, ", words: ["line 6", "policy"]),
    Fault(old: "policy: and(", new: "policy: or(", status: 3, words: ["judge"]),
    Fault(old: "test: true", new: "test: false", words: ["no log"]),
    Fault(old: "lead: judge:paris", new: "lead: judge:nice", status: 3, words: ["judge:nice"]),
    Fault(old: "witness:\n", new: "witness: {person: A, person: B}\nx:\n", words: ["line", "twice"]),
    Fault(old: "version: 1", new: "version: 1\n--- \nversion: 1", words: ["line"]),
    Fault(old: "version: 1", new: "\tversion: 1", words: ["line", "no YAML"]),
    Fault(old: "version: 1", new: "version: 1\nx: [[[[", words: ["line", "no YAML"]),
  ]

  @Test(arguments: faults) func aFaultHasItsLine(_ fault: Fault) throws {
    #expect(plan.contains(fault.old))
    try workspace.write(plan.replacingOccurrences(of: fault.old, with: fault.new), to: "ceremony.yaml")
    let outcome = try workspace.run("ceremony", "plan", "ceremony.yaml")
    expect(outcome, exits: fault.status)
    for word in fault.words { #expect(outcome.errors.contains(word), "\(word) in: \(outcome.errors)") }
    #expect(outcome.output.isEmpty)
  }

  @Test func bombsAreRefusedAtOnce() throws {
    // Nine aliases of nine aliases of nine …, as a value and as a key, and brackets beyond measure.
    var laughs = "a: &a [x]\n"
    for (name, before) in zip("bcdefghi", "abcdefgh") {
      laughs += "\(name): &\(name) [\(Array(repeating: "*\(before)", count: 9).joined(separator: ", "))]\n"
    }
    for text in [
      laughs, "a: &a [x]\nb: *a\n", "a: &a {*a : 1}\n", "x: " + String(repeating: "[", count: 100_000),
      String(repeating: "- ", count: 100_000), String(repeating: "a", count: 262_145), "\u{0}", "", "- 1\n",
      "a: *b\n",
    ] {
      try workspace.write(text, to: "ceremony.yaml")
      let start = Date()
      expect(try workspace.run("ceremony", "plan", "ceremony.yaml"), exits: 5, saying: "ceremony.yaml")
      #expect(Date().timeIntervalSince(start) < 20)
    }
    try workspace.write([0xFF, 0xFE, 0x00], to: "ceremony.yaml")
    expect(try workspace.run("ceremony", "plan", "ceremony.yaml"), exits: 5, saying: "UTF-8")
    expect(try workspace.run("ceremony", "plan", "nowhere.yaml"), exits: 64, saying: "nowhere.yaml")
  }

  @Test func everyCutAndFlipOfAPlanIsAnErrorOrAPlan() throws {
    let bytes = Array(plan.utf8)
    for end in stride(from: 0, to: bytes.count, by: 61) {
      try workspace.write(Array(bytes[..<end]), to: "ceremony.yaml")
      let status = try workspace.run("ceremony", "plan", "ceremony.yaml").status
      #expect([0, 3, 5].contains(status), "\(end) bytes gave \(status)")
    }
    for index in stride(from: 7, to: bytes.count, by: 67) {
      var altered = bytes
      altered[index] ^= 1 << UInt8(index % 8)
      try workspace.write(altered, to: "ceremony.yaml")
      let status = try workspace.run("ceremony", "plan", "ceremony.yaml").status
      #expect([0, 3, 5].contains(status), "byte \(index) gave \(status)")
    }
  }

  @Test func theScriptAndItsWarningsAreReported() throws {
    let report = try workspace.must("ceremony", "plan", "ceremony.yaml", "--json").json
    #expect((report["steps"] as? [Any])?.count == 31)
    #expect((report["words"] as? [String])?.count == 32)
    #expect(report["minimalAuthorizedSetCount"] as? Int == 12)
    let text = try workspace.must("ceremony", "plan", "ceremony.yaml").output
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    try workspace.write(
      """
      version: 1
      title: One of each
      location: here
      test: true
      sealing-days: 800
      policy: and(judge, or(provider, agency))
      holders:
        - {id: judge, person: Anna}
        - {id: provider, person: Anna}
        - {id: agency}
      witness: {person: Anna}
      """, to: "small.yaml")
    let warnings = try #require(
      try workspace.must("ceremony", "plan", "small.yaml", "--json").json["warnings"] as? [String])
    for words in [
      "judge is in every set and has no backup", "One judge is enough", "provider has no backup",
      "agency has no backup",
      "Anna stands in 3 places", "no limit maximum-keys", "last 800 days", "for tests only",
    ] {
      #expect(warnings.contains { $0.contains(words) }, "\(words)")
    }
  }
}
