import Foundation
import LibCrypto
import TestSupport
import Testing
import TransparencyLog

/// Go's `golang.org/x/mod/sumdb/note` and `tlog` verify what the tool writes, and the tool verifies what they write.
@Suite(.enabled(if: GoProgram.path != nil, "Scripts/interop-go builds Go's side and runs these"))
struct GoInteropToolTests {
  private static let vkey = LogScene.vkey

  @Test(arguments: [1, 2, 255, 256, 257, 700])
  func logsAndProofs(size: Int) throws {
    let scene = try LogScene(entries: max(size / 2, 1))
    let workspace = scene.workspace
    let half = max(size / 2, 1)
    try workspace.must("log", "checkpoint", "L", "-o", "old")
    if size > half { try scene.append(half..<size) }
    try GoProgram.run("check", Self.vkey, workspace.path("L"))
    #expect(
      try GoProgram.run("open", Self.vkey, workspace.path("L/checkpoint")).starts(
        with: Array("log.example/test\n\(size)\n".utf8)))

    for index in Set([0, size / 3, half - 1, size - 1]) {
      try workspace.write(LogScene.entry(index), to: "e")
      try workspace.must("log", "prove", "--index", "\(index)", "L", "-o", "ours.\(index)")
      try GoProgram.run("included", Self.vkey, workspace.path("ours.\(index)"), workspace.path("e"))
      let theirs = try GoProgram.run("include", Self.vkey, workspace.path("L"), "\(index)")
      #expect(try theirs == workspace.bytes("ours.\(index)"))
      try workspace.write(theirs, to: "theirs")
      try workspace.must("log", "verify", "--proof", "theirs", "--vkey", Self.vkey, "e")
      // Both refuse another entry.
      try workspace.write("something else", to: "e")
      #expect(throws: GoProgram.Failure.self) {
        try GoProgram.run("included", Self.vkey, workspace.path("ours.\(index)"), workspace.path("e"))
      }
      expect(
        try workspace.run("log", "verify", "--proof", "theirs", "--vkey", Self.vkey, "e"), exits: 5)
    }

    try workspace.must("log", "prove", "--from", "old", "L", "-o", "ours")
    try GoProgram.run("extended", Self.vkey, workspace.path("old"), workspace.path("ours"))
    let theirs = try GoProgram.run("extend", Self.vkey, workspace.path("L"), "\(half)")
    #expect(try theirs == workspace.bytes("ours"))
    try workspace.write(theirs, to: "theirs")
    try workspace.must("log", "verify", "--consistency", "theirs", "--vkey", Self.vkey, "old")
  }

  /// A log that Go wrote is verified, proved from and appended to by the tool; its files are those that the tool writes.
  @Test func goWritesTheSameLog() throws {
    let size = 600
    let scene = try LogScene(entries: size)
    let workspace = scene.workspace
    let entries = (0..<size).flatMap { number in
      let entry = Array(LogScene.entry(number).utf8)
      return [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
    }
    try workspace.write(entries, to: "entries")
    try GoProgram.run(
      "make", workspace.path("key"), LogScene.origin, workspace.path("entries"), workspace.path("G"))
    #expect(try scene.files(of: "G") == scene.files())
    try workspace.must("log", "verify", "G", "--vkey", Self.vkey)
    try scene.append(600..<620, to: "G")
    try scene.append(600..<620)
    #expect(try scene.files(of: "G") == scene.files())
    try GoProgram.run("check", Self.vkey, workspace.path("G"))
  }

  @Test func cosignatures() throws {
    let scene = try LogScene(entries: 5)
    let workspace = scene.workspace
    try workspace.must("log", "key", "--witness", "--name", "witness.example/w", "-o", "w")
    let witness = String(try workspace.text("w.vkey").dropLast())
    let cosigned = try workspace.must(
      "log", "cosign", "--key", "w", "--memory", "m", "L", "-o", "ours", "--json"
    ).json
    let time = try GoProgram.run("witnessed", witness, workspace.path("ours"))
    let seconds = try #require(Int(String(decoding: time, as: UTF8.self).dropLast()))
    let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    #expect(cosigned["cosigned"] as? String == text)
    let theirs = try GoProgram.run(
      "cosign", workspace.path("w"), "1679315147", workspace.path("L/checkpoint"))
    try workspace.write(theirs, to: "theirs")
    try workspace.write("witness w \(witness)\nquorum w\n", to: "policy")
    let report = try workspace.must(
      "log", "checkpoint", "L", "--cosigned", "theirs", "--policy", "policy", "--json"
    ).json
    #expect(report["witnessTime"] as? String == "2023-03-20T12:25:47Z")
  }
}
