import LibCrypto

extension LogReader {
  /// Recomputes the whole log from its entries: every tile, every hash and the root.
  ///
  /// n + n / 255 hashes and every file of the log, one bundle and one tile a level in memory at a time.
  ///
  /// - Parameter progress: called after every bundle with the number of entries read so far.
  /// - Throws: `corrupt` at the first tile that is not what its entries make it; `inclusionNotProven` when they do
  ///   not make the checkpoint's root; `missing`, `system`.
  public func audit(progress: (UInt64) -> Void = { _ in }) throws(LogError) {
    try audit(from: TileBuilder(), progress: progress)
  }

  /// Recomputes what follows the tree that `edge` is the right edge of, up to this checkpoint.
  func audit(from edge: TileBuilder, progress: (UInt64) -> Void = { _ in }) throws(LogError) {
    var hasher = try TreeHasher()
    var edge = edge
    var entries = entries(from: edge.size)
    while let entry = try entries.next() {
      for tile in try edge.append(try hasher.leaf(entry.bytes.span), &hasher) { try compare(tile) }
      if edge.size.isMultiple(of: 256) { progress(edge.size) }
    }
    for tile in edge.partialTiles { try compare(tile) }
    guard try edge.root(&hasher) == checkpoint.root else { throw .inclusionNotProven }
  }

  /// The right edge of this checkpoint's tree.
  ///
  /// - Throws: `inclusionNotProven` when the partial tiles do not make the checkpoint's root; `missing`,
  ///   `corrupt`, `system`.
  func edge() throws(LogError) -> TileBuilder {
    var hasher = try TreeHasher()
    let edge = try TileBuilder(size: checkpoint.size) { (path) throws(LogError) in try tile(path) }
    guard try edge.root(&hasher) == checkpoint.root else { throw .inclusionNotProven }
    return edge
  }

  private func compare(_ expected: (path: TilePath, hashes: [Digest])) throws(LogError) {
    guard try tile(expected.path) == expected.hashes else { throw .corrupt(path: expected.path.description) }
  }
}
