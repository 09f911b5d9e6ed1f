public import LibCrypto

extension MerkleTree {
  /// Checks that `leaf` is entry `index` of the tree of `size` entries whose root is `root` (RFC 9162 section
  /// 2.1.3.2).
  ///
  /// One hash per proof hash; a proof longer or shorter than `index` and `size` demand is refused.
  ///
  /// - Throws: `inclusionNotProven`.
  public static func verifyInclusion(
    of leaf: Digest, at index: UInt64, size: UInt64, root: Digest, proof: [Digest]
  ) throws(LogError) {
    guard index < size else { throw .inclusionNotProven }
    let computed = try climb(from: leaf, at: index, last: size - 1, proof: proof[...])
    guard computed == root else { throw .inclusionNotProven }
  }

  /// Checks that the complete subtree `node` of hash `hash` is in the tree of `size` entries.
  ///
  /// The path of the subtree is that of its first leaf without the levels inside it; shifted down by its height,
  /// the same steps climb from it to the root. One hash per proof hash.
  ///
  /// - Throws: `inclusionNotProven`.
  static func verifyInclusion(
    of hash: Digest, at node: TreeNode, size: UInt64, root: Digest, proof: [Digest]
  ) throws(LogError) {
    guard size > 0, node.index < size >> UInt64(node.level) else { throw .inclusionNotProven }
    let last = (size - 1) >> UInt64(node.level)
    let computed = try climb(from: hash, at: node.index, last: last, proof: proof[...])
    guard computed == root else { throw .inclusionNotProven }
  }

  /// The root to which `proof` leads from `hash`, which stands at position `index` of the positions `0 ... last`.
  ///
  /// On the way up a node is a right child when its position is odd, and the end of a row without a sibling when
  /// it is even and the last: then it rises unhashed. Nil when the proof has another length than the way.
  private static func climb(
    from hash: Digest, at index: UInt64, last: UInt64, proof: ArraySlice<Digest>
  ) throws(LogError) -> Digest? {
    var (position, last, result) = (index, last, hash)
    var hasher = try TreeHasher()
    for sibling in proof {
      guard last > 0 else { return nil }
      if position & 1 == 1 || position == last {
        result = try hasher.node(sibling, result)
        skipMissingSiblings(&position, &last)
      } else {
        result = try hasher.node(result, sibling)
      }
      position >>= 1
      last >>= 1
    }
    return last == 0 ? result : nil
  }

  /// Checks that the tree of `size` entries with root `root` extends the one of `oldSize` with `oldRoot` (RFC 9162
  /// section 2.1.4.2).
  ///
  /// Both roots are computed on one way up: the hashes left of the old tree's edge go into both, those right of it
  /// into the newer alone. Two hashes per proof hash.
  ///
  /// - Throws: `consistencyNotProven`; also when `oldSize` is 0 and `size` is not, for then the proof would say
  ///   nothing. `Checkpoint.verifyExtension(of:proof:)` handles a log seen for the first time.
  public static func verifyConsistency(
    from oldSize: UInt64, oldRoot: Digest, to size: UInt64, root: Digest, proof: [Digest]
  ) throws(LogError) {
    guard oldSize != size else {
      guard proof.isEmpty, oldRoot == root else { throw .consistencyNotProven }
      return
    }
    guard oldSize > 0, oldSize < size else { throw .consistencyNotProven }

    // A complete old tree is itself the first node of the way, and the proof leaves it out.
    let isComplete = oldSize & (oldSize - 1) == 0
    guard let first = isComplete ? oldRoot : proof.first else { throw .consistencyNotProven }
    var (position, last) = (oldSize - 1, size - 1)
    while position & 1 == 1 {
      position >>= 1
      last >>= 1
    }
    var (computedOld, computedNew) = (first, first)
    var hasher = try TreeHasher()
    for sibling in isComplete ? proof[...] : proof.dropFirst() {
      guard last > 0 else { throw .consistencyNotProven }
      if position & 1 == 1 || position == last {
        computedOld = try hasher.node(sibling, computedOld)
        computedNew = try hasher.node(sibling, computedNew)
        skipMissingSiblings(&position, &last)
      } else {
        computedNew = try hasher.node(computedNew, sibling)
      }
      position >>= 1
      last >>= 1
    }
    guard last == 0, computedOld == oldRoot, computedNew == root else { throw .consistencyNotProven }
  }

  /// Rises over the levels where an even last position has no sibling.
  private static func skipMissingSiblings(_ position: inout UInt64, _ last: inout UInt64) {
    while position & 1 == 0, position != 0 {
      position >>= 1
      last >>= 1
    }
  }
}
