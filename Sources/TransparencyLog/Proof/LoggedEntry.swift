public import LibCrypto

/// An entry of which it was proved that it is in a log, under a checkpoint that a quorum of witnesses cosigned.
///
/// Only `TransparencyProof.verified(entry:by:)` makes one.
public struct LoggedEntry: Hashable, Sendable {
  /// The entry's leaf hash (RFC 6962 section 2.1).
  public let leaf: Digest

  /// The entry's index in the log.
  public let index: UInt64

  /// The checkpoint whose tree holds the entry.
  public let checkpoint: WitnessedCheckpoint

  fileprivate init(leaf: Digest, index: UInt64, checkpoint: WitnessedCheckpoint) {
    self.leaf = leaf
    self.index = index
    self.checkpoint = checkpoint
  }
}

extension TransparencyProof {
  /// Checks that the bytes of `entry` are in a log of `policy`, at this proof's index, under a checkpoint that the
  /// log signed and the policy's quorum cosigned (C2SP tlog-proof, "Verifying a tlog proof").
  ///
  /// - Throws: `malformedCheckpoint`, `wrongOrigin`, `note(.badSignature)`, `note(.unsigned)`, `quorumNotReached`,
  ///   `inclusionNotProven`.
  public func verified(entry: Span<UInt8>, by policy: WitnessPolicy) throws(LogError) -> LoggedEntry {
    let witnessed = try checkpoint.witnessedCheckpoint(by: policy)
    var hasher = try TreeHasher()
    let leaf = try hasher.leaf(entry)
    try MerkleTree.verifyInclusion(
      of: leaf, at: index, size: witnessed.checkpoint.size, root: witnessed.checkpoint.root, proof: hashes)
    return LoggedEntry(leaf: leaf, index: index, checkpoint: witnessed)
  }
}
