public import LibCrypto

/// The digests of a deposit's public columns: all that a reader needs of the columns it does not read.
public struct ColumnDigests: Hashable, Sendable {
  /// SHA-256 of the tag column.
  public var tags: Digest
  /// SHA-256 of the commitment column.
  public var commitments: Digest
  /// SHA-256 of each row's share digest column.
  public var shares: [Digest]

  /// Digests as a store kept them. Nothing is computed here.
  public init(tags: Digest, commitments: Digest, shares: [Digest]) {
    self.tags = tags
    self.commitments = commitments
    self.shares = shares
  }

  /// `SHA-256(header ‖ SHA-256(T) ‖ SHA-256(C) ‖ SHA-256(D_1) ‖ …)`: a digest of digests, so that each party reads
  /// and hashes only the columns it needs.
  func publicDigest(_ header: DepositHeader, using sha: inout SHA256) throws(CryptoError) -> Digest {
    try sha.update(header.bytes.span)
    try sha.update(tags)
    try sha.update(commitments)
    for digest in shares { try sha.update(digest) }
    return try sha.finish()
  }

  /// `SHA-256("key-escrow/v1 deposit" ‖ publicDigest ‖ SHA-256(ct_1) ‖ …)`.
  static func depositDigest(
    publicDigest: Digest, ciphertexts: [Digest], using sha: inout SHA256
  ) throws(CryptoError) -> Digest {
    try sha.update(depositLabel.span)
    try sha.update(publicDigest)
    for digest in ciphertexts { try sha.update(digest) }
    return try sha.finish()
  }

  private static let depositLabel = Array("key-escrow/v1 deposit".utf8)
}

extension SHA256 {
  mutating func update(_ digest: Digest) throws(CryptoError) {
    try digest.withBytes { bytes throws(CryptoError) in try update(bytes) }
  }

  /// SHA-256 of one column.
  mutating func column(_ bytes: [UInt8]) throws(CryptoError) -> Digest {
    try update(bytes.span)
    return try finish()
  }
}
