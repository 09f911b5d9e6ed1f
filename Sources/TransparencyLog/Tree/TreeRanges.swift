/// Which leaves the hashes of a proof cover: arithmetic on sizes and indices, without any hash.
///
/// `MTH(D[a:b])` is the hash over the leaves `a ..< b` (RFC 6962 section 2.1, where `D` is the list of entries),
/// and `k` the largest power of two smaller than the number of leaves, where RFC 6962 splits a tree in two.
enum TreeRanges {
  /// `k` for `n` leaves: the largest power of two smaller than `n`, for `n` ≥ 2 (RFC 6962 section 2.1). O(1).
  static func split(_ count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }

  /// The complete subtrees that `range` consists of, from the left, largest first: one per bit of its length.
  ///
  /// RFC 6962 section 2.1 nests them to the right: `MTH(range) = H(s1, H(s2, … H(s(n−1), sn)))`. `range` is one
  /// that the recursions below cut, so it starts at a multiple of the largest power of two in its length.
  /// O(log n).
  static func completeSubtrees(of range: Range<UInt64>) -> [TreeNode] {
    var result: [TreeNode] = []
    var start = range.lowerBound
    while start < range.upperBound {
      let level = 63 - (range.upperBound - start).leadingZeroBitCount
      result.append(TreeNode(level: level, index: start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return result
  }

  /// The ranges of `PATH(m, D[n])`, from the leaf's sibling up to the root's child (RFC 6962 section 2.1.1,
  /// RFC 9162 section 2.1.3.1), for `index` < `size`:
  ///
  ///     PATH(m, D[n]) = PATH(m, D[0:k]) : MTH(D[k:n])      for m < k
  ///     PATH(m, D[n]) = PATH(m - k, D[k:n]) : MTH(D[0:k])  for m >= k
  ///
  /// At most ⌈log2 n⌉ ranges; O(log n).
  static func inclusion(of index: UInt64, size: UInt64) -> [Range<UInt64>] {
    var ranges: [Range<UInt64>] = []
    var tree = 0..<size
    while tree.upperBound - tree.lowerBound > 1 {
      let middle = tree.lowerBound + split(tree.upperBound - tree.lowerBound)
      if index < middle {
        ranges.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        ranges.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
      }
    }
    return ranges.reversed()
  }

  /// The ranges of `PROOF(m, D[n]) = SUBPROOF(m, D[n], true)` (RFC 6962 section 2.1.2, RFC 9162 section 2.1.4.1),
  /// for 0 < `oldSize` ≤ `size`:
  ///
  ///     SUBPROOF(m, D[m], true)  = {}
  ///     SUBPROOF(m, D[m], false) = {MTH(D[m])}
  ///     SUBPROOF(m, D[n], b)     = SUBPROOF(m, D[0:k], b) : MTH(D[k:n])          for m <= k
  ///     SUBPROOF(m, D[n], b)     = SUBPROOF(m - k, D[k:n], false) : MTH(D[0:k])  for m > k
  ///
  /// At most ⌈log2 n⌉ + 1 ranges; O(log n).
  static func consistency(from oldSize: UInt64, to size: UInt64) -> [Range<UInt64>] {
    var ranges: [Range<UInt64>] = []
    var tree = 0..<size
    var oldRootIsKnown = true
    while tree.upperBound != oldSize {
      let middle = tree.lowerBound + split(tree.upperBound - tree.lowerBound)
      if oldSize <= middle {
        ranges.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        ranges.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
        oldRootIsKnown = false
      }
    }
    if !oldRootIsKnown { ranges.append(tree) }
    return ranges.reversed()
  }
}
