import Foundation
import Testing

/// A folder of its own for one test, in which the tool is run; removed with the value.
final class Workspace: Sendable {
  // What tests share lives as long as the process, which removes it at its end.
  private static let root: URL = {
    _ = atexit { try? FileManager.default.removeItem(at: Workspace.root) }
    return FileManager.default.temporaryDirectory
      .appendingPathComponent("escrow-tests-\(ProcessInfo.processInfo.processIdentifier)")
  }()

  let url: URL

  init() throws {
    url = Self.root.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  /// A copy of `template`.
  init(copying template: Workspace) throws {
    url = Self.root.appendingPathComponent(UUID().uuidString)
    try FileManager.default.copyItem(at: template.url, to: url)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func run(_ arguments: String..., input: Tool.Input = .nothing) throws -> Tool.Outcome {
    try Tool.run(arguments, in: url, input: input)
  }

  func run(_ arguments: [String], input: Tool.Input = .nothing) throws -> Tool.Outcome {
    try Tool.run(arguments, in: url, input: input)
  }

  /// Runs a command that must succeed.
  @discardableResult
  func must(
    _ arguments: String..., input: Tool.Input = .nothing, location: SourceLocation = #_sourceLocation
  ) throws -> Tool.Outcome {
    try must(arguments, input: input, location: location)
  }

  @discardableResult
  func must(
    _ arguments: [String], input: Tool.Input = .nothing, location: SourceLocation = #_sourceLocation
  ) throws -> Tool.Outcome {
    let outcome = try run(arguments, input: input)
    try #require(
      outcome.status == 0, "\(arguments.joined(separator: " ")): \(outcome.errors)", sourceLocation: location)
    return outcome
  }

  // MARK: Files

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appendingPathComponent(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: url.appendingPathComponent(name))
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// The permission bits of a file.
  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
    return try #require(attributes[.posixPermissions] as? Int) & 0o777
  }

  /// Every file below, by its path from here.
  var files: Set<String> {
    Set(FileManager.default.subpaths(atPath: url.path) ?? [])
  }
}
