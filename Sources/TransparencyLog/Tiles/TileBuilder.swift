import LibCrypto

/// The right edge of a growing tree: the hashes of the last, partial tile of every level.
///
/// At most 255 hashes a level and 8 levels, whatever the size: 64 KiB.
struct TileBuilder {
  /// The hashes of the partial tiles, by level.
  private(set) var edge: [[Digest]]

  /// The number of leaves.
  private(set) var size: UInt64

  /// The empty tree.
  init() {
    edge = []
    size = 0
  }

  /// The tree of `size` leaves whose partial tiles are read by `tile`.
  init(size: UInt64, tile: (TilePath) throws(LogError) -> [Digest]) throws(LogError) {
    self.size = size
    edge = []
    while true {
      let content = TilePath.Content.hashes(level: edge.count)
      let total = TilePath.count(content, size: size)
      guard total > 0 else { return }
      let path = TilePath(content, index: total / 256, size: size)
      edge.append(try path.map(tile) ?? [])
    }
  }

  /// Adds a leaf, and returns the tiles that it filled, from level 0 up: none for 255 leaves of 256.
  ///
  /// A full tile's root is a hash of the level above:
  /// `MTH(D[(n · 256 + i) · 256^l : (n · 256 + i + 1) · 256^l])` (C2SP tlog-tiles, "Merkle Tree"). One hash per
  /// leaf on average, 255 for each tile that it fills.
  mutating func append(
    _ leaf: Digest, _ hasher: inout TreeHasher
  ) throws(LogError) -> [(path: TilePath, hashes: [Digest])] {
    var filled: [(path: TilePath, hashes: [Digest])] = []
    var hash = leaf
    size += 1
    for level in 0...edge.count {
      if level == edge.count { edge.append([]) }
      edge[level].append(hash)
      guard edge[level].count == TilePath.fullWidth else { break }
      let content = TilePath.Content.hashes(level: level)
      let index = TilePath.count(content, size: size) / 256 - 1
      hash = try hasher.root(of: edge[level][...])
      filled.append((TilePath(full: content, index: index), edge[level]))
      edge[level] = []
    }
    return filled
  }

  /// The partial tiles, from level 0 up.
  var partialTiles: [(path: TilePath, hashes: [Digest])] {
    edge.enumerated().compactMap { level, hashes in
      let content = TilePath.Content.hashes(level: level)
      let index = TilePath.count(content, size: size) / 256
      return TilePath(content, index: index, size: size).map { ($0, hashes) }
    }
  }

  /// `MTH(D[size])` (RFC 6962 section 2.1): the complete subtrees of the tree are, from the right, those of the
  /// partial tiles from level 0 up. Less than 256 hashes a level.
  func root(_ hasher: inout TreeHasher) throws(LogError) -> Digest {
    var subtrees: [Digest] = []
    for hashes in edge.reversed() {
      for node in TreeRanges.completeSubtrees(of: 0..<UInt64(hashes.count)) {
        let count = 1 << node.level
        let start = Int(node.index) * count
        subtrees.append(try hasher.root(of: hashes[start..<start + count]))
      }
    }
    if let root = try hasher.fold(subtrees) { return root }
    return try TreeHasher.emptyRoot()
  }
}
