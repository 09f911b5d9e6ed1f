public import LibCrypto

/// The hashes of RFC 6962 section 2.1, over one SHA-256 context that is kept from hash to hash.
public struct TreeHasher: ~Copyable, Sendable {
  private var sha256: SHA256

  // The prefixes keep a leaf from ever being read as a node: second preimages stay as hard as SHA-256's.
  private static let leafPrefix: [UInt8] = [0x00]
  private static let nodePrefix: [UInt8] = [0x01]

  /// - Throws: `crypto`.
  public init() throws(LogError) {
    sha256 = try logCrypto { () throws(CryptoError) in try SHA256() }
  }

  /// `MTH({}) = SHA-256()`, the root of the empty tree. One hash.
  public static func emptyRoot() throws(LogError) -> Digest {
    try logCrypto { () throws(CryptoError) in try SHA256.digest([]) }
  }

  /// `MTH({entry}) = SHA-256(0x00 ‖ entry)`. One hash.
  public mutating func leaf(_ entry: Span<UInt8>) throws(LogError) -> Digest {
    do {
      try sha256.update(Self.leafPrefix.span)
      try sha256.update(entry)
      return try sha256.finish()
    } catch { throw .crypto(error) }
  }

  /// `H(left, right) = SHA-256(0x01 ‖ left ‖ right)`. One hash.
  public mutating func node(_ left: Digest, _ right: Digest) throws(LogError) -> Digest {
    do {
      try sha256.update(Self.nodePrefix.span)
      try left.withBytes { (bytes) throws(CryptoError) in try sha256.update(bytes) }
      try right.withBytes { (bytes) throws(CryptoError) in try sha256.update(bytes) }
      return try sha256.finish()
    } catch { throw .crypto(error) }
  }

  /// `MTH` over subtrees of equal height whose hashes these are, at least one:
  ///
  ///     MTH(D[n]) = H(MTH(D[0:k]), MTH(D[k:n]))
  ///
  /// (RFC 6962 section 2.1). n − 1 hashes, recursion ⌈log2 n⌉ deep.
  mutating func root(of hashes: ArraySlice<Digest>) throws(LogError) -> Digest {
    guard hashes.count > 1 else { return hashes[hashes.startIndex] }
    let middle = hashes.startIndex + Int(TreeRanges.split(UInt64(hashes.count)))
    let left = try root(of: hashes[..<middle])
    return try node(left, try root(of: hashes[middle...]))
  }

  /// `H(s1, H(s2, … H(s(n−1), sn)))`, how complete subtrees make up a range (see
  /// `TreeRanges.completeSubtrees`); at least one. n − 1 hashes.
  mutating func fold(_ subtrees: some BidirectionalCollection<Digest>) throws(LogError) -> Digest? {
    var result: Digest?
    for subtree in subtrees.reversed() {
      if let right = result { result = try node(subtree, right) } else { result = subtree }
    }
    return result
  }
}
