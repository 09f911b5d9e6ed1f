import KeyEscrow
import LibCrypto

/// The digests of a deposit's columns, as they are stored in one blob.
struct StoredDigests: Equatable {
  let columns: ColumnDigests
  /// One per row.
  let ciphertexts: [Digest]

  /// Computes them.
  init(of deposit: Deposit) throws(CryptoError) {
    let part = deposit.publicPart
    var sha = try SHA256()
    func digest(_ column: [UInt8]) throws(CryptoError) -> Digest {
      try sha.update(column.span)
      return try sha.finish()
    }
    let tags = try digest(part.tags)
    let commitments = try digest(part.commitments)
    var shares: [Digest] = []
    for column in part.shareDigests { shares.append(try digest(column)) }
    var ciphertexts: [Digest] = []
    for column in deposit.sealedColumns { ciphertexts.append(try digest(column)) }
    columns = ColumnDigests(tags: tags, commitments: commitments, shares: shares)
    self.ciphertexts = ciphertexts
  }

  /// Reads the blob; nil unless it holds exactly the digests of a deposit with `rows` rows.
  init?(parsing bytes: [UInt8], rows: Int) {
    guard bytes.count == (2 + 2 * rows) * Digest.byteCount else { return nil }
    var digests: [Digest] = []
    for start in stride(from: 0, to: bytes.count, by: Digest.byteCount) {
      guard let digest = Digest(bytes: bytes.span.extracting(start..<start + Digest.byteCount)) else {
        return nil
      }
      digests.append(digest)
    }
    columns = ColumnDigests(
      tags: digests[0], commitments: digests[1], shares: Array(digests[2..<2 + rows]))
    ciphertexts = Array(digests[(2 + rows)...])
  }

  var bytes: [UInt8] {
    ([columns.tags, columns.commitments] + columns.shares + ciphertexts).flatMap(\.bytes)
  }
}
