import LibCrypto

/// The hashes of one tile: 32 bytes each, end to end (C2SP tlog-tiles, "Merkle Tree").
enum Tile {
  static func encode(_ hashes: some Sequence<Digest>) -> [UInt8] {
    hashes.flatMap(\.bytes)
  }

  /// The first `width` hashes of the file at `path`.
  ///
  /// - Throws: `corrupt` unless `bytes` holds exactly as many hashes as `path` is wide, of which `width` are
  ///   wanted.
  static func decode(_ bytes: [UInt8], at path: TilePath, width: Int) throws(LogError) -> [Digest] {
    guard bytes.count == path.width * Digest.byteCount, width <= path.width else {
      throw .corrupt(path: path.description)
    }
    let span = bytes.span
    return (0..<width).compactMap { index in
      Digest(bytes: span.extracting(index * Digest.byteCount..<(index + 1) * Digest.byteCount))
    }
  }
}
