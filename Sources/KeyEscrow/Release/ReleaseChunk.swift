import LibCrypto

/// The bytes of one deposit's part of a release (`Spec/release.md`, Chunk).
///
/// front: depositDigest (32) ‖ publicDigest (32) ‖ n × (be32 position ‖ conversation (32) ‖ be64 epoch)
/// body: AES-256-GCM of n × 32 share bytes under the HPKE context, AAD = SHA-256(front).
/// The chunk's digest is SHA-256(SHA-256(front) ‖ body).
enum ReleaseChunk {
  static let fixedByteCount = 2 * Digest.byteCount
  static let recordByteCount = 4 + RecordLocator.byteCount

  static func front(deposit: Digest, publicDigest: Digest, records: [ScopedRecord]) -> [UInt8] {
    var front = [UInt8](repeating: 0, count: fixedByteCount + records.count * recordByteCount)
    front.replaceSubrange(0..<Digest.byteCount, with: deposit.bytes)
    front.replaceSubrange(Digest.byteCount..<fixedByteCount, with: publicDigest.bytes)
    var offset = fixedByteCount
    for record in records {
      front.writeBigEndian(record.position, at: offset)
      record.locator.write(to: &front, at: offset + 4)
      offset += recordByteCount
    }
    return front
  }

  static func byteCount(records: Int) -> Int {
    fixedByteCount + records * (recordByteCount + PositionHash.keyByteCount) + Deposit.tagByteCount
  }

  /// HPKE `info`: label ‖ be16(suite) ‖ deposit's roster ‖ warrant's roster ‖ warrant digest ‖ holder id, so that
  /// what is sealed for one warrant, roster or holder opens as nothing else.
  static func info(
    suite: CipherSuite, depositRoster: Digest, warrant: Digest, warrantRoster: Digest, holder: String
  )
    -> [UInt8]
  {
    var info = Array("key-escrow/v1 release".utf8)
    info.appendBigEndian(suite.rawValue)
    info += depositRoster.bytes
    info += warrantRoster.bytes
    info += warrant.bytes
    info += Array(holder.utf8)
    return info
  }
}
