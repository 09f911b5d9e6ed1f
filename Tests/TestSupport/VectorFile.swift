package import Foundation

/// A file of official test vectors: from the folder that `ESCROW_VECTORS` names when it is set, else the
/// copy shipped in `Tests/Vectors`, so that other files of the same names can be run through the same tests.
package func vectorFile(_ name: String) throws -> Data {
  let folder: URL
  if let other = ProcessInfo.processInfo.environment["ESCROW_VECTORS"], !other.isEmpty {
    folder = URL(fileURLWithPath: other, isDirectory: true)
  } else {
    folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Vectors", isDirectory: true)
  }
  return try Data(contentsOf: folder.appendingPathComponent(name))
}
