public import LibCrypto

/// A log as one of its checkpoints commits to it, read from files that nobody vouches for.
///
/// Whatever a function here returns has been checked against the checkpoint's root, but for `hashes(of:)`, the raw
/// material of proofs, which whoever receives a proof checks.
public struct LogReader<Source: TileSource>: HashReader {
  /// The checkpoint.
  public let checkpoint: Checkpoint

  private let source: Source

  /// The log behind `checkpoint`, whose files are read from `source`.
  public init(_ checkpoint: VerifiedCheckpoint, source: Source) {
    self.init(unverified: checkpoint.checkpoint, source: source)
  }

  /// For a log that is about to sign `checkpoint`.
  init(unverified checkpoint: Checkpoint, source: Source) {
    self.checkpoint = checkpoint
    self.source = source
  }

  // MARK: Proofs

  /// The proof that entry `index` is in this checkpoint's tree.
  ///
  /// Reads at most two tiles per level of tiles, that is 2 ⌈log256 n⌉.
  ///
  /// - Throws: `outOfRange`; `inclusionNotProven` when the files are not the checkpoint's tree; `missing`,
  ///   `corrupt`, `system`.
  public func inclusionProof(of index: UInt64) throws(LogError) -> [Digest] {
    guard index < checkpoint.size else { throw .outOfRange(index, size: checkpoint.size) }
    let ranges = TreeRanges.inclusion(of: index, size: checkpoint.size)
    let hashes = try MerkleTree.hashes(of: [index..<index + 1] + ranges, reader: self)
    let proof = Array(hashes.dropFirst())
    try MerkleTree.verifyInclusion(
      of: hashes[0], at: index, size: checkpoint.size, root: checkpoint.root, proof: proof)
    return proof
  }

  /// The proof that this checkpoint's tree extends that of `older`, empty when `older` is of size 0.
  ///
  /// Reads as `inclusionProof`.
  ///
  /// - Throws: `consistencyNotProven` when it does not: the log rewrote its history, or `older` is the newer one;
  ///   `wrongOrigin`, `missing`, `corrupt`, `system`.
  public func consistencyProof(from older: Checkpoint) throws(LogError) -> [Digest] {
    guard older.size <= checkpoint.size else { throw .consistencyNotProven }
    let proof =
      older.size == 0
      ? [] : try MerkleTree.consistencyProof(from: older.size, to: checkpoint.size, reader: self)
    try checkpoint.verifyExtension(of: older, proof: proof)
    return proof
  }

  /// The first index whose leaf hash is `leaf`; nil when there is none.
  ///
  /// Reads the tiles of level 0 one after another, O(n), and checks none: an inclusion proof shows whether the answer is
  /// right.
  public func firstIndex(of leaf: Digest) throws(LogError) -> UInt64? {
    for tile in 0..<(checkpoint.size + 255) / 256 {
      guard let path = TilePath(.hashes(level: 0), index: tile, size: checkpoint.size) else { return nil }
      if let position = try self.tile(path).firstIndex(of: leaf) { return tile * 256 + UInt64(position) }
    }
    return nil
  }

  // MARK: Entries

  /// The entries from `index` to the checkpoint's size, in their order, each checked before it is returned.
  ///
  /// A bundle of up to 256 entries is in memory at a time.
  public func entries(from index: UInt64 = 0) -> LogEntries<Source> {
    LogEntries(reader: self, nextIndex: index)
  }

  /// Entry `index`.
  ///
  /// - Throws: `outOfRange`; otherwise as `bundle(_:)`.
  public func entry(at index: UInt64) throws(LogError) -> [UInt8] {
    guard index < checkpoint.size else { throw .outOfRange(index, size: checkpoint.size) }
    return Array(try bundle(index / 256)[Int(index % 256)])
  }

  /// The entries `256 · index ..< 256 · (index + 1)`, as far as the checkpoint goes, checked against its root.
  ///
  /// The leaves of a full bundle are the complete subtree (8, `index`), whose inclusion is proved; those of the
  /// last, partial one are the tree's right edge, so the root is computed from them and what lies left of them.
  /// 256 + O(log n) hashes.
  ///
  /// - Throws: `outOfRange`; `inclusionNotProven` when the files are not the checkpoint's tree; `missing`,
  ///   `corrupt`, `system`.
  public func bundle(_ index: UInt64) throws(LogError) -> EntryBundle {
    let size = checkpoint.size
    guard let path = TilePath(.entries, index: index, size: size) else {
      throw .outOfRange(index, size: size)
    }
    let (bytes, found) = try file(path)
    let bundle = try EntryBundle(bytes, at: found, width: path.width)
    var hasher = try TreeHasher()
    let leaves = try bundle.leaves(&hasher)
    if path.isPartial {
      let left = try hashes(of: TreeRanges.completeSubtrees(of: 0..<size).filter { $0.level >= 8 })
      let edge = try hasher.root(of: leaves[...])
      guard try hasher.fold(left + [edge]) == checkpoint.root else { throw .inclusionNotProven }
    } else {
      // The ranges inside the bundle are the first eight of its first leaf's path.
      let ranges = TreeRanges.inclusion(of: index << 8, size: size).dropFirst(8)
      try MerkleTree.verifyInclusion(
        of: try hasher.root(of: leaves[...]), at: TreeNode(level: 8, index: index), size: size,
        root: checkpoint.root, proof: try MerkleTree.hashes(of: Array(ranges), reader: self))
    }
    return bundle
  }

  // MARK: Files

  /// The stored hashes of `nodes`: see `HashReader`. Each tile is read once.
  public func hashes(of nodes: [TreeNode]) throws(LogError) -> [Digest] {
    var tiles: [TilePath: [Digest]] = [:]
    var hasher = try TreeHasher()
    var result: [Digest] = []
    for node in nodes {
      guard 0..<64 ~= node.level, node.index < checkpoint.size >> UInt64(node.level) else {
        throw .outOfRange(node.index, size: checkpoint.size)
      }
      // A node of height 8l + h is the root over 2^h hashes of level l.
      let content = TilePath.Content.hashes(level: node.level / 8)
      let count = 1 << (node.level % 8)
      let start = node.index << UInt64(node.level % 8)
      guard let path = TilePath(content, index: start / 256, size: checkpoint.size) else {
        throw .outOfRange(node.index, size: checkpoint.size)
      }
      let tile = if let known = tiles[path] { known } else { try self.tile(path) }
      tiles[path] = tile
      result.append(try hasher.root(of: tile[Int(start % 256)..<Int(start % 256) + count]))
    }
    return result
  }

  /// The hashes of the tile at `path`.
  func tile(_ path: TilePath) throws(LogError) -> [Digest] {
    let (bytes, found) = try file(path)
    return try Tile.decode(bytes, at: found, width: path.width)
  }

  /// The file at `path`, or the full file that has replaced it since the checkpoint.
  private func file(_ path: TilePath) throws(LogError) -> (bytes: [UInt8], found: TilePath) {
    let limit =
      path.content == .entries
      ? EntryBundle.maximumByteCount : TilePath.fullWidth * Digest.byteCount
    if let bytes = try source.read(path.description, limit: limit) { return (bytes, path) }
    guard path.isPartial, let bytes = try source.read(path.full.description, limit: limit) else {
      throw .missing(path: path.description)
    }
    return (bytes, path.full)
  }
}

extension LogReader: Sendable where Source: Sendable {}
