public import LibCrypto

/// Where the arithmetic of the tree finds hashes: the one seam between it and storage.
public protocol HashReader {
  /// The hashes of `nodes`, in their order.
  ///
  /// All that one proof needs is asked for at once, so that a reader fetches what they share only once.
  ///
  /// - Throws: `missing`, `corrupt` or `system` when a hash cannot be had.
  func hashes(of nodes: [TreeNode]) throws(LogError) -> [Digest]
}
