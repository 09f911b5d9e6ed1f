public import LibCrypto

/// The Merkle tree of RFC 6962 and RFC 9162: roots and proofs, made from stored hashes and checked without them.
///
/// Sizes and indices are public values below 2^63.
public enum MerkleTree {
  /// The largest number of entries: sizes are written as decimal text that other implementations read into
  /// signed 64-bit integers.
  public static let maximumSize = UInt64(Int64.max)

  /// `MTH(D[n])`, the root of the first `size` entries (RFC 6962 section 2.1).
  ///
  /// Reads one hash per bit of `size`, and makes as many less one.
  public static func root(size: UInt64, reader: some HashReader) throws(LogError) -> Digest {
    guard size > 0 else { return try TreeHasher.emptyRoot() }
    return try hashes(of: [0..<size], reader: reader)[0]
  }

  /// `MTH(D[n])` of entries that are all at hand (RFC 6962 section 2.1): 2n − 1 hashes.
  public static func root(of entries: [[UInt8]]) throws(LogError) -> Digest {
    guard !entries.isEmpty else { return try TreeHasher.emptyRoot() }
    var hasher = try TreeHasher()
    let leaves = try entries.map { (entry) throws(LogError) in try hasher.leaf(entry.span) }
    return try hasher.root(of: leaves[...])
  }

  /// `PATH(m, D[n])`, the proof that entry `index` is in the tree of `size` entries (RFC 6962 section 2.1.1).
  ///
  /// At most ⌈log2 n⌉ hashes, from the leaf's sibling up; reads at most 2 ⌈log2 n⌉ stored ones, for only the
  /// rightmost range of a proof is not itself a complete subtree.
  ///
  /// - Throws: `outOfRange` unless `index` < `size` < 2^63.
  public static func inclusionProof(
    of index: UInt64, size: UInt64, reader: some HashReader
  ) throws(LogError) -> [Digest] {
    guard size <= maximumSize, index < size else { throw .outOfRange(index, size: size) }
    return try hashes(of: TreeRanges.inclusion(of: index, size: size), reader: reader)
  }

  /// `PROOF(m, D[n])`, the proof that the tree of `size` entries extends the one of `oldSize` (RFC 6962 section
  /// 2.1.2).
  ///
  /// At most ⌈log2 n⌉ + 1 hashes, none when the sizes are equal; reads as in `inclusionProof`.
  ///
  /// - Throws: `outOfRange` unless 0 < `oldSize` ≤ `size` < 2^63: from the empty tree there is nothing to prove.
  public static func consistencyProof(
    from oldSize: UInt64, to size: UInt64, reader: some HashReader
  ) throws(LogError) -> [Digest] {
    guard size <= maximumSize, oldSize > 0, oldSize <= size else { throw .outOfRange(oldSize, size: size) }
    return try hashes(of: TreeRanges.consistency(from: oldSize, to: size), reader: reader)
  }

  /// `MTH` of each of `ranges`, whose complete subtrees are all read at once.
  static func hashes(
    of ranges: [Range<UInt64>], reader: some HashReader
  ) throws(LogError) -> [Digest] {
    let subtrees = ranges.map(TreeRanges.completeSubtrees)
    let stored = try reader.hashes(of: subtrees.flatMap(\.self))
    var hasher = try TreeHasher()
    var result: [Digest] = []
    var start = 0
    for subtree in subtrees {
      let end = start + subtree.count
      if let hash = try hasher.fold(stored[start..<end]) { result.append(hash) }
      start = end
    }
    return result
  }
}
