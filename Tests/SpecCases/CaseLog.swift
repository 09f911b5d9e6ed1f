import LibCrypto
import TransparencyLog

/// A log of fewer than 256 entries, as a case gives it: its files, made when they are asked for.
struct CaseLog: TileSource {
  private let files: [String: [UInt8]]

  /// Members `checkpoint` and `entries`.
  init(_ input: CaseInput) throws {
    var hasher = try TreeHasher()
    var tile: [UInt8] = []
    var bundle: [UInt8] = []
    let entries = try input.texts("entries")
    for entry in entries {
      tile += try hasher.leaf(entry.span).bytes
      bundle += [UInt8(entry.count >> 8), UInt8(entry.count & 0xFF)] + entry
    }
    guard entries.count < 256 else { throw CaseInput.Unusable(description: "more entries than a tile has") }
    files = [
      "checkpoint": try input.text("checkpoint"), "tile/0/000.p/\(entries.count)": tile,
      "tile/entries/000.p/\(entries.count)": bundle,
    ]
  }

  func read(_ path: String, limit: Int) -> [UInt8]? { files[path] }
}
