import Foundation
import Testing

/// `log-interop`, Go's side of `GoInteropTests`, which `Scripts/interop-go` builds.
enum GoProgram {
  /// Where it is; nil when this run is without it.
  static let path: String? = {
    guard let path = ProcessInfo.processInfo.environment["ESCROW_INTEROP_GO"], !path.isEmpty else {
      return nil
    }
    return path
  }()

  struct Failure: Error {
    let status: Int32
    let text: String
  }

  /// What it prints when run with `arguments`.
  ///
  /// - Throws: `Failure` when it does not end with 0.
  @discardableResult
  static func run(_ arguments: String...) throws -> [UInt8] {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: try #require(path))
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let bytes = [UInt8](try output.fileHandleForReading.readToEnd() ?? Data())
    let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(status: process.terminationStatus, text: text)
    }
    return bytes
  }
}
