public import LibCrypto

/// The columns of a deposit that everyone may see.
public struct PublicPart: Hashable, Sendable {
  /// The fixed-size front.
  public let header: DepositHeader
  /// Tags: 16 bytes per key, in place of the pseudonym and epoch.
  public let tags: [UInt8]
  /// Commitments: 32 bytes per key.
  public let commitments: [UInt8]
  /// Share digests: per row, 16 bytes per key.
  public let shareDigests: [[UInt8]]

  func columnDigests(using sha: inout SHA256) throws(CryptoError) -> ColumnDigests {
    let tags = try sha.column(tags)
    let commitments = try sha.column(commitments)
    var shares: [Digest] = []
    shares.reserveCapacity(shareDigests.count)
    for column in shareDigests { shares.append(try sha.column(column)) }
    return ColumnDigests(tags: tags, commitments: commitments, shares: shares)
  }
}

/// A deposit: the public part and one sealed column per row. What it contains is not verified by reading it.
///
/// Bytes: header (104) ‖ T (n × 16) ‖ C (n × 32) ‖ D_1 … D_m (n × 16 each) ‖ ct_1 … ct_m (n × 32 + 16 each).
public struct Deposit: Hashable, Sendable {
  /// What everyone may see.
  public let publicPart: PublicPart
  /// Per row: AES-256-GCM ciphertext of n × 32 share bytes, and its 16-byte tag.
  public let sealedColumns: [[UInt8]]
  /// Digest of the public part.
  public let publicDigest: Digest
  /// Digest of the whole deposit: what is chained, signed and released against.
  public let digest: Digest

  static let tagByteCount = 16

  /// The header.
  public var header: DepositHeader { publicPart.header }

  init(publicPart: PublicPart, sealedColumns: [[UInt8]], publicDigest: Digest, digest: Digest) {
    self.publicPart = publicPart
    self.sealedColumns = sealedColumns
    self.publicDigest = publicDigest
    self.digest = digest
  }

  /// Puts a deposit together from its columns, and computes its digests.
  ///
  /// - Throws: `.malformed(.deposit)` when a column has not the length that the header says.
  public init(
    header: DepositHeader, tags: [UInt8], commitments: [UInt8], shareDigests: [[UInt8]],
    sealedColumns: [[UInt8]]
  ) throws(EscrowError) {
    let count = header.count
    guard tags.count == count * PositionHash.tagByteCount,
      commitments.count == count * PositionHash.commitmentByteCount,
      shareDigests.count == header.rows, sealedColumns.count == header.rows,
      shareDigests.allSatisfy({ $0.count == count * PositionHash.shareDigestByteCount }),
      sealedColumns.allSatisfy({ $0.count == count * PositionHash.keyByteCount + Self.tagByteCount })
    else { throw .malformed(.deposit, reason: "a column has not the length that its header says") }
    publicPart = PublicPart(header: header, tags: tags, commitments: commitments, shareDigests: shareDigests)
    self.sealedColumns = sealedColumns
    do throws(CryptoError) {
      var sha = try SHA256()
      publicDigest = try publicPart.columnDigests(using: &sha).publicDigest(header, using: &sha)
      var ciphertexts: [Digest] = []
      for column in sealedColumns { ciphertexts.append(try sha.column(column)) }
      digest = try ColumnDigests.depositDigest(
        publicDigest: publicDigest, ciphertexts: ciphertexts, using: &sha)
    } catch { throw .crypto(error) }
  }

  /// Reads a deposit's bytes.
  public init(parsing bytes: [UInt8]) throws(EscrowError) {
    var reader = BinaryReader(bytes)
    let header = try DepositHeader(parsing: reader.take(DepositHeader.byteCount) ?? [])
    func column(_ byteCount: Int) throws(EscrowError) -> [UInt8] {
      guard let column = reader.take(byteCount) else {
        throw .malformed(.deposit, reason: "it ends inside a column")
      }
      return column
    }
    let tags = try column(header.count * PositionHash.tagByteCount)
    let commitments = try column(header.count * PositionHash.commitmentByteCount)
    var shareDigests: [[UInt8]] = []
    for _ in 0..<header.rows {
      shareDigests.append(try column(header.count * PositionHash.shareDigestByteCount))
    }
    var sealedColumns: [[UInt8]] = []
    for _ in 0..<header.rows {
      sealedColumns.append(try column(header.count * PositionHash.keyByteCount + Self.tagByteCount))
    }
    guard reader.remaining == 0 else {
      throw .malformed(.deposit, reason: "it goes on after its last column")
    }
    try self.init(
      header: header, tags: tags, commitments: commitments, shareDigests: shareDigests,
      sealedColumns: sealedColumns)
  }

  /// The deposit's bytes.
  public var bytes: [UInt8] {
    var bytes = header.bytes + publicPart.tags + publicPart.commitments
    for column in publicPart.shareDigests { bytes += column }
    for column in sealedColumns { bytes += column }
    return bytes
  }
}
