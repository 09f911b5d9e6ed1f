import Foundation
import TestSupport
import Testing

/// `kill -9` of the tool at random moments: what it reported stays, and the log and its witness go on.
@Suite(.serialized) struct LogKillTests {
  static let kills = 200
  /// After this many kills the log starts anew, so that its first entries are hit too, and checking stays fast.
  static let killsPerLog = 40

  /// Runs the tool and kills it up to `latest` seconds after it started; answers its report if it lived to print it.
  private func killed(_ arguments: [String], in workspace: Workspace, latest: Double) throws -> [String: Any]?
  {
    let running = try Tool.start(arguments + ["--json"], in: workspace.url)
    Thread.sleep(forTimeInterval: .random(in: 0...latest))
    kill(running.process.processIdentifier, SIGKILL)
    let outcome = try running.outcome()
    // A line without its line feed was not reported whole.
    guard outcome.output.hasSuffix("\n") else { return nil }
    return try outcome.json
  }

  /// How long a run takes that nobody kills.
  private func duration(_ body: () throws -> Void) rethrows -> Double {
    let start = Date()
    try body()
    return Date().timeIntervalSince(start)
  }

  private func restart(_ scene: LogScene) throws -> Int {
    try scene.workspace.must("log", "verify", "L")
    let size = try scene.workspace.must("log", "checkpoint", "L", "--json").json["size"] as? Int
    return try #require(size)
  }

  @Test func noReportedEntryIsLost() throws {
    var (reported, lost) = (0, 0)
    for _ in 0..<Self.kills / Self.killsPerLog {
      let scene = try LogScene()
      let workspace = scene.workspace
      try workspace.write((0..<300).map { "line \($0)\n" }.joined(), to: "lines")
      let usual = try duration {
        try workspace.must("log", "append", "--key", "key", "L", "--lines", "lines")
      }
      var acknowledged: [(index: Int, entry: String)] = []
      for kill in 0..<Self.killsPerLog {
        try workspace.write("killed \(kill)", to: "e")
        // Every fifth fills bundles and tiles.
        let entries = kill.isMultiple(of: 5) ? ["--lines", "lines"] : ["e"]
        let report = try killed(
          ["log", "append", "--key", "key", "L"] + entries, in: workspace, latest: usual)
        let size = try restart(scene)
        guard let report else {
          lost += 1
          continue
        }
        reported += 1
        #expect(report["size"] as? Int == size)
        let first = try #require(report["firstIndex"] as? Int)
        acknowledged.append((index: first, entry: entries == ["e"] ? "killed \(kill)" : "line 0"))
      }
      // The next writer finishes what a killed one left, and everything that was reported is where it was.
      try workspace.write("last", to: "last")
      try workspace.must("log", "append", "--key", "key", "L", "last")
      _ = try restart(scene)
      for (index, entry) in acknowledged {
        try workspace.must("log", "prove", "--index", "\(index)", "L", "-o", "P\(index)")
        try workspace.write(entry, to: "e")
        try workspace.must("log", "verify", "--proof", "P\(index)", "--vkey", LogScene.vkey, "e")
      }
      #expect(!workspace.exists("L/checkpoint.next") && !workspace.exists("L/.writing"))
    }
    #expect(
      reported > 0 && lost > 0, "\(reported) runs reported and \(lost) did not: the kills miss the writes")
  }

  @Test func noReportedCosignatureIsForgotten() throws {
    var (reported, lost) = (0, 0)
    for _ in 0..<Self.kills / Self.killsPerLog {
      let scene = try LogScene(entries: 1)
      let workspace = scene.workspace
      try workspace.must("log", "key", "--witness", "--name", "witness.example/w", "-o", "w")
      try workspace.write("witness w \(try workspace.text("w.vkey").dropLast())\nquorum w\n", to: "policy")
      try workspace.write("entry", to: "e")
      let cosign = ["log", "cosign", "--key", "w", "--memory", "m", "L"]
      let usual = try duration { try workspace.must(cosign) }
      for _ in 0..<Self.killsPerLog {
        try workspace.must("log", "append", "--key", "key", "L", "e")
        let before = try memory(workspace)
        let report = try killed(cosign, in: workspace, latest: usual)
        let after = try memory(workspace)
        // The memory is the checkpoint before or the new one, whole; after a report it is the new one.
        let published = Array(try workspace.text("L/checkpoint").split(separator: "\n").prefix(3))
        let isNew = Array(after.split(separator: "\n").prefix(3)) == published
        #expect(isNew || after == before)
        if report != nil {
          reported += 1
          #expect(isNew)
        } else {
          lost += 1
        }
        // The witness goes on from there, and cosigns nothing else.
        try workspace.must(cosign + ["-o", "-"])
        try workspace.write(try memory(workspace), to: "cosigned")
        try workspace.must("log", "verify", "L", "--policy", "policy", "--cosigned", "cosigned")
      }
    }
    #expect(
      reported > 0 && lost > 0, "\(reported) runs reported and \(lost) did not: the kills miss the writes")
  }

  private func memory(_ workspace: Workspace) throws -> String {
    let name = try #require(workspace.files.first { $0.hasPrefix("m/") && $0.hasSuffix("/checkpoint") })
    return try workspace.text(name)
  }
}
