import Foundation
import LibCrypto
import TestSupport
import Testing
import TransparencyLog

/// A log L that the tool makes in a folder of its own, under the key of `Spec/log.md`, `key`, unless it made its own.
struct LogScene {
  static let origin = "log.example/test"
  static let key = "PRIVATE+KEY+log.example/test+9e3e5ecf+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH\n"
  static let vkey = "log.example/test+9e3e5ecf+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"

  let workspace: Workspace

  /// The log of `key`, without a witness.
  init(entries count: Int = 0) throws {
    workspace = try Workspace()
    try workspace.write(Self.key, to: "key")
    try workspace.must("log", "init", "--key", "key", "--origin", Self.origin, "L")
    if count > 0 { try append(0..<count) }
  }

  private init(_ workspace: Workspace) { self.workspace = workspace }

  /// A log whose keys and witness the tool made.
  static func withWitness(entries count: Int = 0) throws -> LogScene {
    let scene = LogScene(try Workspace())
    try scene.workspace.must("log", "init", "L")
    if count > 0 { try scene.append(0..<count, key: nil) }
    return scene
  }

  static func entry(_ number: Int) -> String { "entry \(number)" }

  /// Appends entries of these numbers as lines, in one command.
  @discardableResult
  func append(_ numbers: Range<Int>, to log: String = "L", key: String? = "key") throws -> Tool.Outcome {
    let lines = numbers.map { Self.entry($0) + "\n" }.joined()
    let options = key.map { ["--key", $0] } ?? []
    return try workspace.must(
      ["log", "append"] + options + [log, "--lines", "-", "--json"], input: .text(lines))
  }

  /// Every file of the log, and what it holds.
  func files(of log: String = "L") throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    for name in workspace.files where name.hasPrefix("\(log)/") {
      let attributes = try FileManager.default.attributesOfItem(atPath: workspace.path(name))
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      result[String(name.dropFirst(log.count + 1))] = try workspace.bytes(name)
    }
    return result
  }

  /// Puts another log in the place of L: one of the same key whose entries differ from `number` on.
  func fork(at number: Int, size: Int) throws {
    try FileManager.default.moveItem(atPath: workspace.path("L"), toPath: workspace.path("before"))
    try FileManager.default.removeItem(atPath: workspace.path("L.keys"))
    try workspace.must("log", "init", "--key", "key", "--origin", Self.origin, "L")
    let lines = (0..<size).map { Self.entry($0 < number ? $0 : $0 + 1000) + "\n" }.joined()
    try workspace.must("log", "append", "--key", "key", "L", "--lines", "-", input: .text(lines))
  }
}
