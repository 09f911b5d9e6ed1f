import Foundation
import LibCrypto
import TestSupport
import Testing

/// `log monitor`.
struct LogMonitorTests {
  private let scene: LogScene
  private var workspace: Workspace { scene.workspace }

  init() throws { scene = try LogScene(entries: 300) }

  private func look(_ options: String...) throws -> Tool.Outcome {
    try workspace.run(["log", "monitor", "L", "--json"] + options)
  }

  @Test func newEntriesAreShownOnce() throws {
    let first = try look().json
    #expect(first["seenSize"] == nil && first["size"] as? Int == 300)
    let entries = try #require(first["entries"] as? [[String: Any]])
    #expect(entries.map { $0["index"] as? Int } == (0..<300).map { $0 })
    #expect(entries[7]["sha256"] as? String == (try SHA256.digest(Array("entry 7".utf8)).hex))
    #expect(try workspace.bytes("L.monitor") == workspace.bytes("L/checkpoint"))
    let second = try look().json
    #expect(second["seenSize"] as? Int == 300 && (second["entries"] as? [Any])?.isEmpty == true)
    try scene.append(300..<303)
    let text = try workspace.must("log", "monitor", "L").output
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("entry ") }.count == 3)
    #expect(text.contains("entry 302  9 bytes  sha256 "))
    #expect(try look().json["seenSize"] as? Int == 303)
    // A memory elsewhere has seen nothing.
    #expect((try look("--state", "mine").json["entries"] as? [Any])?.count == 303)
  }

  /// The same key signed two histories: what was seen last is kept, and so is what contradicts it.
  @Test(arguments: [(100, 400), (100, 300), (100, 200), (299, 300), (300, 200)])
  func aRewrittenHistoryIsASplitView(at number: Int, size: Int) throws {
    expect(try look(), exits: 0)
    let seen = try workspace.bytes("L.monitor")
    try scene.fork(at: number, size: size)
    for _ in 0..<2 {
      let outcome = try look()
      expect(outcome, exits: 5, saying: "L: ", "size \(size)", "L.monitor.contradiction")
      #expect(outcome.output.isEmpty)
    }
    #expect(try workspace.bytes("L.monitor") == seen)
    #expect(try workspace.bytes("L.monitor.contradiction") == workspace.bytes("L/checkpoint"))
  }

  @Test func twoWhoWereShownTwoHistoriesFindOut() throws {
    try workspace.must("log", "checkpoint", "L", "-o", "theirs")
    expect(try look("--against", "theirs"), exits: 0)
    try scene.append(300..<310)
    expect(try look("--against", "theirs"), exits: 0)
    try scene.fork(at: 250, size: 350)
    expect(try look("--state", "mine", "--against", "theirs"), exits: 5, saying: "theirs: ", "split view")
    #expect(!workspace.exists("mine"))
    // One who is ahead says nothing yet.
    try workspace.must("log", "checkpoint", "L", "-o", "ahead")
    try FileManager.default.removeItem(atPath: workspace.path("L"))
    try FileManager.default.moveItem(atPath: workspace.path("before"), toPath: workspace.path("L"))
    let outcome = try look("--state", "mine", "--against", "ahead")
    #expect(outcome.status == 0 && outcome.errors.contains("ahead: is of size 350"), "\(outcome.errors)")
  }

  @Test func nothingIsShownOfALogWhoseFilesAreNotItsTree() throws {
    let good = try workspace.bytes("L/tile/entries/001.p/44")
    var altered = good
    altered[good.count - 1] ^= 1
    try workspace.write(altered, to: "L/tile/entries/001.p/44")
    let outcome = try look()
    expect(outcome, exits: 5, saying: "L: ")
    #expect(outcome.output.isEmpty && !workspace.exists("L.monitor"))
    try workspace.write(good, to: "L/tile/entries/001.p/44")
    expect(try look(), exits: 0)
  }

  @Test func aHostileStateIsRefusedAndKept() throws {
    expect(try look(), exits: 0)
    let good = try workspace.bytes("L.monitor")
    for hostility in HostileInputTests.Hostility.allCases where hostility != .endless {
      let bytes = hostility.spoil(good)
      guard bytes != good else { continue }
      try workspace.write(bytes, to: "L.monitor")
      expect(try look(), exits: 5, saying: "L.monitor: ")
      #expect(try workspace.bytes("L.monitor") == bytes)
    }
    expect(try look("--state", "/dev/zero"), exits: 5, saying: "/dev/zero")
  }

  @Test func aPolicyAsksForWitnesses() throws {
    let scene = try LogScene.withWitness(entries: 2)
    let workspace = scene.workspace
    let policy = ["--policy", "L.witness/policy", "--json"]
    let report = try workspace.must(["log", "monitor", "L"] + policy).json
    #expect(report["witnessedSize"] as? Int == 2 && report["witnessTime"] as? String != nil)
    try FileManager.default.removeItem(atPath: workspace.path("L.keys/witness.key"))
    try scene.append(2..<3, key: nil)
    let late = try workspace.must(["log", "monitor", "L"] + policy).json
    #expect(late["size"] as? Int == 3 && late["witnessedSize"] as? Int == 2)
    try workspace.write("log \(try workspace.text("L.keys/log.vkey"))", to: "bad")
    expect(try workspace.run("log", "monitor", "L", "--policy", "bad"), exits: 5, saying: "bad: ")
    try FileManager.default.removeItem(atPath: workspace.path("L.witness"))
    try FileManager.default.createDirectory(
      atPath: workspace.path("L.witness"), withIntermediateDirectories: false)
    try workspace.write("quorum nobody\n", to: "bad")
    expect(try workspace.run("log", "monitor", "L", "--policy", "bad"), exits: 5, saying: "line 1")
  }

  @Test func lookingAgainAndAgainEndsWithAnInterruption() throws {
    let running = try Tool.start(["log", "monitor", "L", "--every", "1"], in: workspace.url)
    while running.process.isRunning, !workspace.exists("L.monitor") { usleep(2000) }
    try scene.append(300..<302)
    let newer = try workspace.bytes("L/checkpoint")
    while running.process.isRunning, try workspace.bytes("L.monitor") != newer { usleep(2000) }
    running.process.interrupt()
    let outcome = try running.outcome()
    #expect(outcome.status == 130)
    #expect(outcome.output.split(separator: "\n").filter { $0.hasPrefix("entry ") }.count == 302)
    expect(try workspace.run("log", "monitor", "L", "--every", "0"), exits: 64)
  }
}
