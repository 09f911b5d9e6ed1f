import Foundation
import Testing

/// The tool as its users run it: the built binary, beside the tests.
enum Tool {
  static let testRosterWarning = "escrow: warning: this is a test roster"

  /// How a run ended.
  struct Outcome: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// The lines on standard error, but for what is said at the end of every command under a test roster.
    var errorLines: [Substring] {
      errors.split(separator: "\n").filter { !$0.hasPrefix(Tool.testRosterWarning) }
    }

    /// The JSON object on standard output.
    var json: [String: Any] {
      get throws {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(value as? [String: Any])
      }
    }
  }

  /// What standard input is.
  enum Input {
    case nothing
    case text(String)
    case file(String)
  }

  static let url: URL = {
    // On Linux the test bundle is the program that runs; elsewhere it is loaded by one.
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let program = bundle ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return program.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("escrow")
  }()

  /// A run that has begun.
  struct Running {
    let process: Process
    fileprivate let files: URL

    /// Waits for the end.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: files) }
      func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: files.appendingPathComponent(name)), as: UTF8.self)
      }
      return Outcome(
        status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
    }
  }

  /// Starts the tool in `directory`, without a terminal.
  static func start(_ arguments: [String], in directory: URL, input: Input = .nothing) throws -> Running {
    // Files and not pipes: nobody has to read while the tool runs.
    let files = FileManager.default.temporaryDirectory.appendingPathComponent("tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
    func create(_ name: String, _ content: String = "") throws -> URL {
      let url = files.appendingPathComponent(name)
      try Data(content.utf8).write(to: url)
      return url
    }
    let process = Process()
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.standardOutput = try FileHandle(forWritingTo: try create("output"))
    process.standardError = try FileHandle(forWritingTo: try create("errors"))
    process.standardInput =
      switch input {
      case .nothing: FileHandle.nullDevice
      case .text(let text): try FileHandle(forReadingFrom: try create("input", text))
      case .file(let path): try FileHandle(forReadingFrom: directory.appendingPathComponent(path))
      }
    try process.run()
    return Running(process: process, files: files)
  }

  /// Runs the tool to its end.
  static func run(_ arguments: [String], in directory: URL, input: Input = .nothing) throws -> Outcome {
    try start(arguments, in: directory, input: input).outcome()
  }
}

/// Expects an exit code, and of a failure exactly one line that says why, holding `words`.
func expect(
  _ outcome: Tool.Outcome, exits status: Int32, saying words: String...,
  location: SourceLocation = #_sourceLocation
) {
  #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: location)
  guard status != 0 else { return }
  #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)", sourceLocation: location)
  #expect(outcome.errors.hasPrefix("escrow: "), "\(outcome.errors)", sourceLocation: location)
  for word in words {
    #expect(outcome.errors.contains(word), "\(word) in: \(outcome.errors)", sourceLocation: location)
  }
}
