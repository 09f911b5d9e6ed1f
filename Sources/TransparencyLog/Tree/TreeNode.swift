/// A complete subtree: the one over the leaves `index · 2^level ..< (index + 1) · 2^level`.
///
/// Its hash never changes once the tree holds those leaves, which is why these are what a log stores.
public struct TreeNode: Hashable, Sendable {
  /// The height: 0 for a leaf, at most 63.
  public let level: Int
  /// The position among the subtrees of the same height, from the left.
  public let index: UInt64

  /// The complete subtree of height `level` at position `index`.
  public init(level: Int, index: UInt64) {
    self.level = level
    self.index = index
  }
}
