import Foundation

/// `log-interop`, Go's side of the interoperation tests, which `Scripts/interop-go` builds.
package enum GoProgram {
  /// Where it is; nil when this run is without it.
  package static let path: String? = {
    guard let path = ProcessInfo.processInfo.environment["ESCROW_INTEROP_GO"], !path.isEmpty else {
      return nil
    }
    return path
  }()

  package struct Failure: Error {
    package let status: Int32
    package let text: String
  }

  /// What it prints when run with `arguments`.
  ///
  /// - Throws: `Failure` when it does not end with 0.
  @discardableResult
  package static func run(_ arguments: String...) throws -> [UInt8] {
    guard let path else { throw Failure(status: -1, text: "ESCROW_INTEROP_GO is not set") }
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
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
