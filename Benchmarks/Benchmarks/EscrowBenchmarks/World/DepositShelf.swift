import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory

/// Deposits in one file, which is read with `pread` from the page cache: a source for holders and for recovery that has
/// nothing of a database in it.
final class DepositShelf: HolderDepositSource, RecoverySource, @unchecked Sendable {
  // Sendable: nothing is written once `init` is through.
  private struct Entry {
    let digest: Digest
    let header: DepositHeader
    let digests: ColumnDigests
    let ciphertexts: [Digest]
    let start: Int
    let firstIndex: Int
  }

  let world: EscrowWorld
  let count: Int
  private let file: FileBytes
  private let session: UnverifiedSession
  private var entries: [Entry] = []
  private var entryOfDeposit: [Digest: Int] = [:]

  /// Makes `count` random keys, deposits them under `world`'s roster, and keeps the deposits in a file of `folder`.
  init(_ world: EscrowWorld, count: Int, folder: TemporaryFolder) throws {
    self.world = world
    self.count = count
    let path = folder.path("deposits")
    let output = try OutputBytes(path: path)
    var supply = try KeySupply(capacity: EscrowWorld.keysPerDeposit)
    var batch = try KeyBatch(capacity: EscrowWorld.keysPerDeposit)
    var session = try world.openSession()
    self.session = session.session
    var start = 0
    for first in stride(from: 0, to: count, by: EscrowWorld.keysPerDeposit) {
      try supply.fill(&batch, first..<min(first + EscrowWorld.keysPerDeposit, count), of: world)
      try session.add(batch, now: world.now)
      let submission = try session.submit(signedBy: world.depositor)
      for listed in submission.deposits {
        let deposit = listed.deposit
        let link = try DepositLink(deposit)
        entryOfDeposit[deposit.digest] = entries.count
        entries.append(
          Entry(
            digest: deposit.digest, header: deposit.header, digests: link.digests,
            ciphertexts: link.ciphertexts, start: start, firstIndex: first))
        let bytes = deposit.bytes
        try output.append(bytes)
        start += bytes.count
      }
    }
    try output.close()
    file = try FileBytes(path: path)
  }

  func count(in scope: WarrantScope) throws(EscrowError) -> ScopeCount {
    ScopeCount(keys: UInt64(count), records: UInt64(count))
  }

  func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession? {
    id == session.id ? session : nil
  }

  func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    guard let row = row(session.header.roster) else { return }
    for entry in entries {
      let records = (0..<entry.header.count).map {
        ScopedRecord(position: UInt32($0), locator: world.locator(entry.firstIndex + $0))
      }
      try body(
        HolderView(
          header: entry.header, tags: try column(.tags, of: entry),
          shareDigests: try column(.shareDigests(row: row), of: entry),
          sealedColumn: try column(.sealed(row: row), of: entry), digests: entry.digests,
          ciphertextDigests: entry.ciphertexts, digest: entry.digest, records: records))
    }
  }

  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard let index = entryOfDeposit[digest] else { return nil }
    let entry = entries[index]
    return RecoveryView(
      header: entry.header, tags: try column(.tags, of: entry),
      commitments: try column(.commitments, of: entry),
      shareColumnDigests: entry.digests.shares)
  }

  func shareDigests(_ digest: Digest, row: Int) throws(EscrowError) -> [UInt8]? {
    guard let index = entryOfDeposit[digest] else { return nil }
    return try column(.shareDigests(row: row), of: entries[index])
  }

  // MARK: Places in the file

  private enum Column {
    case tags, commitments
    case shareDigests(row: Int)
    case sealed(row: Int)
  }

  /// A deposit is header ‖ T (16) ‖ C (32) ‖ rows × D (16) ‖ rows × sealed (32, and 16 for the tag).
  private func column(_ column: Column, of entry: Entry) throws(EscrowError) -> [UInt8] {
    let count = entry.header.count
    let fixed = entry.start + DepositHeader.byteCount
    let sealed: Int = 48 * count + 16 * count * entry.header.rows
    let sealedByteCount: Int = 32 * count + 16
    let start: Int
    let byteCount: Int
    switch column {
    case .tags: (start, byteCount) = (0, 16 * count)
    case .commitments: (start, byteCount) = (16 * count, 32 * count)
    case .shareDigests(let row): (start, byteCount) = (48 * count + 16 * count * row, 16 * count)
    case .sealed(let row): (start, byteCount) = (sealed + sealedByteCount * row, sealedByteCount)
    }
    return try file.read(fixed + start..<fixed + start + byteCount)
  }
}
