import Foundation

/// A folder that goes away with this value.
package final class TemporaryFolder: Sendable {
  /// Its path.
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "/escrow-store-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of `name` in it.
  package func file(_ name: String) -> String { "\(path)/\(name)" }
}
