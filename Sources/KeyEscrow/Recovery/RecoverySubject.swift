import LibCrypto
import SecretMemory
import SecretSharing

/// The deposit a worker is at: what the store gives of it, and what follows from that before any release is read.
struct RecoverySubject {
  let deposit: Digest
  let view: RecoveryView
  /// The roster the deposit was made under. The header names the session by its digest, the session names the roster,
  /// and the header is hashed into the public digest that the holders signed: no holder is asked.
  let roster: Roster
  let publicDigest: Digest
  let salts: DepositSalts

  /// Reads `deposit` from `source`; nil when what the source gives cannot be the deposit.
  init?(
    _ deposit: Digest, from source: some RecoverySource, warrant: Warrant, hash: inout PositionHash,
    sha: inout SHA256
  ) throws(EscrowError) {
    guard let view = try source.deposit(deposit), let session = try source.session(view.header.session),
      session.id == view.header.session,
      let roster = warrant.roster.generation(withID: session.header.roster),
      roster.matrix.rows == view.header.rows, view.header.isTest == warrant.body.isTest,
      view.tags.count == view.header.count * PositionHash.tagByteCount,
      view.commitments.count == view.header.count * PositionHash.commitmentByteCount,
      view.shareColumnDigests.count == view.header.rows
    else { return nil }
    self.deposit = deposit
    self.view = view
    self.roster = roster
    do throws(CryptoError) {
      let digests = ColumnDigests(
        tags: try sha.column(view.tags), commitments: try sha.column(view.commitments),
        shares: view.shareColumnDigests)
      publicDigest = try digests.publicDigest(view.header, using: &sha)
      salts = try DepositSalts(view.header, using: &hash)
    } catch { throw .crypto(error) }
  }

  /// The bytes of a column with `itemByteCount` bytes per record that belong to `position`.
  func bytes(of position: Int, _ itemByteCount: Int) -> Range<Int> {
    position * itemByteCount..<(position + 1) * itemByteCount
  }
}

/// One release's answer about the deposit at hand, read and checked, not opened.
struct RecoveryCandidate {
  let opener: OpenerBox
  let chunkIndex: Int
  let chunk: ReleaseChunkBytes
  let list: RecordList

  var holder: HolderID { opener.holder }
}

/// A place for a value that arrays cannot hold. One thread uses it.
final class OpenerBox {
  let opener: ReleaseOpener

  init(_ opener: consuming ReleaseOpener) {
    self.opener = opener
  }

  var holder: HolderID { opener.release.body.holder }

  /// The most records in one chunk, of those that a deposit can have.
  var maximumRecords: Int {
    let largest = opener.release.reader.entries.lazy.filter(\.isSealed).map(\.records).max() ?? 0
    return min(Int(largest), DepositHeader.maximumKeys)
  }

  func chunk(of deposit: Digest) -> Int? { opener.release.chunkOfDeposit[deposit] }

  func recordCount(of deposit: Digest) -> Int {
    chunk(of: deposit).map { Int(opener.release.reader.entries[$0].records) } ?? 0
  }
}

/// A place for a secret that arrays cannot hold.
final class SecretBox {
  let bytes: SecretBytes

  init(_ bytes: consuming SecretBytes) {
    self.bytes = bytes
  }
}
