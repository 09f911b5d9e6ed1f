import LibCrypto

/// The bytes of one deposit in an extract (`Spec/release.md`, Extract).
///
/// header (104) ‖ depositDigest ‖ be16 row ‖ SHA-256(C) ‖ m × SHA-256(D_j) ‖ m × SHA-256(ct_j) ‖ T (n × 16) ‖ D_row (n × 16)
/// ‖ ct_row (n × 32 + 16) ‖ r × (be32 position ‖ conversation (32) ‖ be64 epoch)
enum ExtractChunk {
  static func bytes(_ view: HolderView, row: Int) -> [UInt8] {
    var bytes = view.header.bytes
    bytes += view.digest.bytes
    bytes.appendBigEndian(UInt16(row + 1))
    bytes += view.digests.commitments.bytes
    for digest in view.digests.shares { bytes += digest.bytes }
    for digest in view.ciphertextDigests { bytes += digest.bytes }
    bytes += view.tags
    bytes += view.shareDigests
    bytes += view.sealedColumn
    for record in view.records {
      bytes.appendBigEndian(record.position)
      bytes += RecordLocator.pack([record.locator])
    }
    return bytes
  }

  static func view(parsing bytes: [UInt8], records count: Int) throws(EscrowError) -> (
    view: HolderView, row: Int
  ) {
    var reader = BinaryReader(bytes)
    let header = try DepositHeader(parsing: reader.take(DepositHeader.byteCount) ?? [])
    guard let digest = reader.digest(), let row: UInt16 = reader.integer(),
      (1...UInt16(header.rows)).contains(row),
      let commitments = reader.digest(), let shares = reader.digests(header.rows),
      let ciphertexts = reader.digests(header.rows),
      let tags = reader.take(header.count * PositionHash.tagByteCount),
      let shareDigests = reader.take(header.count * PositionHash.shareDigestByteCount),
      let sealedColumn = reader.take(header.count * PositionHash.keyByteCount + Deposit.tagByteCount),
      reader.remaining == count * ReleaseChunk.recordByteCount, let packed = reader.take(reader.remaining),
      let list = RecordList(packed.span, depositCount: header.count)
    else { throw .malformed(.extract, reason: "a chunk has not the shape that its header says") }
    let locators = RecordLocator.unpack(list.locators) ?? []
    let records = zip(list.positions, locators).map { ScopedRecord(position: $0, locator: $1) }
    // The digest of the tags is recomputed by whoever opens the view.
    let digests = ColumnDigests(tags: commitments, commitments: commitments, shares: shares)
    let view = HolderView(
      header: header, tags: tags, shareDigests: shareDigests, sealedColumn: sealedColumn, digests: digests,
      ciphertextDigests: ciphertexts, digest: digest, records: records)
    return (view, Int(row) - 1)
  }
}
