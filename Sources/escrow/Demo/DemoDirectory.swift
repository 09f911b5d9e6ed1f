import Foundation

/// Where the demonstration keeps its files: a folder that the user names, or one that is removed at the end.
final class DemoDirectory {
  let path: String
  let isKept: Bool

  /// A folder at `path`, which must be new or empty; a temporary one when nil.
  init(keptAt path: String?) throws(Failure) {
    isKept = path != nil
    if let path {
      self.path = path
      // The folder is the user's: nothing in it may be overwritten or mixed with what was there.
      if let found = try? FileManager.default.contentsOfDirectory(atPath: path), !found.isEmpty {
        throw .usage("\(path): this folder is not empty; name a new one")
      }
    } else {
      self.path =
        FileManager.default.temporaryDirectory.appendingPathComponent("escrow-demo-\(UUID().uuidString)").path
    }
    try Directory.create(self.path)
  }

  func removeUnlessKept() {
    guard !isKept else { return }
    try? FileManager.default.removeItem(atPath: path)
  }

  func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes a file.
  func write(_ bytes: [UInt8], to name: String, access: OutputFile.Access = .shared) throws(Failure) {
    try OutputFile.write(bytes, to: path(of: name), access: access)
  }

  /// The size of a file, in bytes.
  func byteCount(of name: String) -> UInt64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path(of: name))
    return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
  }
}
