import Foundation
import Testing

/// `escrow doctor`, and what all reports have in common.
struct DoctorTests {
  private let workspace: Workspace

  init() throws {
    workspace = try Workspace()
    try workspace.must("holder", "new", "--id", "judge", "--out", "judge")
  }

  private func findings(_ outcome: Tool.Outcome) throws -> [[String: Any]] {
    try #require(try outcome.json["findings"] as? [[String: Any]])
  }

  @Test func aMachineThatTestsRunOnIsFit() throws {
    let outcome = try workspace.must("doctor", "judge", "--json")
    let findings = try findings(outcome)
    let subjects = findings.compactMap { $0["subject"] as? String }
    #expect(
      subjects == [
        "version", "libcrypto", "randomness", "locked memory", "swap", "core dumps", "clock", "files",
      ])
    for finding in findings {
      let state = try #require(finding["state"] as? String)
      #expect(state == "ok" || state == "warning")
      #expect((finding["advice"] == nil) == (state == "ok"))
    }
    #expect(try outcome.json["faults"] as? Int == 0)
    let text = try workspace.must("doctor", "judge").output
    #expect(text.contains("files") && text.contains("ok: judge: 3 files"))
  }

  @Test func filesThatOthersReadOrChangeAreFaults() throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: workspace.path("judge/signing.pem"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o666], ofItemAtPath: workspace.path("judge/holder.json"))
    let outcome = try workspace.run("doctor", "judge", "--json")
    expect(outcome, exits: 1, saying: "2 faults")
    let faults = try findings(outcome).filter { $0["state"] as? String == "fault" }.compactMap {
      $0["fact"] as? String
    }
    #expect(faults.contains { $0.hasPrefix("judge/signing.pem: mode 640") })
    #expect(faults.contains { $0.hasPrefix("judge/holder.json: mode 666") })
    expect(try workspace.run("doctor", "nowhere"), exits: 1, saying: "1 fault")
  }

  @Test func aLogThatIsNotThereIsAFault() throws {
    try FileManager.default.createDirectory(atPath: workspace.path("log"), withIntermediateDirectories: true)
    let absent = try workspace.run("doctor", "--log", "log", "--json")
    expect(absent, exits: 1, saying: "1 fault")
    #expect(absent.output.contains("log/checkpoint: there is no such file"))
    try workspace.write("nonsense", to: "log/checkpoint")
    expect(try workspace.run("doctor", "--log", "log"), exits: 1, saying: "1 fault")
    try workspace.write(
      "log.example/test\n3\nlPvQ3YNvUDAWkubQ6t5yjuGexSv/8WBu2AfIV11aqhk=\n\n"
        + "— log.example/test nj5ez/V4FRvq+ANronjNepdKdyqu2YCxJWCMxDQmuUj/TveUw9BbBnzJodV+8hQnUPncCGw4MyYr1B9KJBF6DDKAngc=\n",
      to: "log/checkpoint")
    #expect(try workspace.must("doctor", "--log", "log").output.contains("ok: log.example/test, 3 entries"))
  }

  @Test func everyReportBeginsWithItsSchema() throws {
    for arguments in [
      ["holder", "show", "judge"], ["doctor"], ["policy", "explain", "and(judge, agency)"],
    ] {
      let output = try workspace.must(arguments + ["--json"]).output
      #expect(output.hasPrefix("{\"schema\":\"escrow/v1\","), "\(arguments)")
      #expect(output.hasSuffix("}\n") && output.filter { $0 == "\n" }.count == 1)
    }
  }
}
