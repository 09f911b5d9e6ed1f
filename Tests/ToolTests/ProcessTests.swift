import Foundation
import Testing

/// What the tool is as a program: its version, and its end by a signal.
struct ProcessTests {
  @Test func theVersionNamesTheCommitAndTheOpenSSLInUse() throws {
    let outcome = try Tool.run(["--version"], in: FileManager.default.temporaryDirectory)
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(lines.count == 3 && lines[0].hasPrefix("escrow ") && lines[2].hasPrefix("OpenSSL 3."))
    let commit = lines[1].dropFirst("commit ".count)
    #expect(commit == "unknown" || commit.count == 40 && commit.allSatisfy(\.isHexDigit))
  }

  @Test func everyCommandHasHelpOnStandardOutput() throws {
    for command in [
      ["policy", "explain"], ["holder", "new"], ["roster", "new"], ["deposit"], ["deposit", "add"],
      ["deposit", "check"], ["deposit", "audit"], ["warrant", "draft"], ["extract"], ["release"], ["refuse"],
      ["recover"], ["status"], ["store", "info"],
    ] {
      let outcome = try Tool.run(command + ["--help"], in: FileManager.default.temporaryDirectory)
      #expect(outcome.status == 0 && outcome.errors == "" && outcome.output.contains("USAGE: escrow"))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func anInterruptionLeavesNothingUnfinished(_ number: Int32) throws {
    let workspace = try Workspace()
    // Two scrypts lie between the first temporary and the end.
    try workspace.write("a passphrase\n", to: "p")
    for _ in 0..<20 {
      let running = try Tool.start(
        ["holder", "new", "--id", "judge", "--out", "j", "--passphrase-file", "p"], in: workspace.url)
      while running.process.isRunning, !workspace.files.contains(where: { $0.hasSuffix(".tmp") }) {
        usleep(500)
      }
      kill(running.process.processIdentifier, number)
      let outcome = try running.outcome()
      guard outcome.status != 0 else {
        // It had finished before the signal came: try again.
        #expect(workspace.files.contains("j/holder.json"))
        try FileManager.default.removeItem(atPath: workspace.path("j"))
        continue
      }
      expect(outcome, exits: 130, saying: "interrupted")
      #expect(workspace.files == ["p"])
      return
    }
    Issue.record("the signal never came in time")
  }

  @Test func anInterruptionWhileWaitingForInputEndsTheTool() throws {
    let scene = try Scene.standard.get().copy()
    let before = scene.workspace.files
    let pipe = Pipe()
    let process = Process()
    process.executableURL = Tool.url
    process.arguments = ["deposit", "--roster", "R", "--store", "S"]
    process.currentDirectoryURL = scene.workspace.url
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Data(Scene.lines.utf8))
    usleep(200_000)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(scene.workspace.files.filter { !$0.hasPrefix("S-") } == before.filter { !$0.hasPrefix("S-") })
    #expect(try scene.workspace.must("store", "info", "S", "--json").json["records"] as? Int == 30)
  }
}
