package import KeyEscrow
package import LibCrypto
import SecretMemory

/// A store in memory that verifies nothing: whoever reads from it has to.
package final class MemoryDeposits: HolderDepositSource, RecoverySource, DepositSource {
  private struct Contents {
    var sessions: [Digest: UnverifiedSession] = [:]
    var heads: [Digest: UnverifiedHead] = [:]
    var deposits: [ListedDeposit] = []
  }

  private let contents = Locked(Contents())

  package init() {}

  /// The deposits, in the order they came.
  package var deposits: [ListedDeposit] { contents.withLock { $0.deposits } }

  /// Takes what a depositor sent.
  package func add(_ submission: DepositSubmission) {
    add(session: submission.session, deposits: submission.deposits, head: submission.head)
  }

  /// Takes deposits under a session.
  package func add(session: UnverifiedSession, deposits: [ListedDeposit], head: UnverifiedHead?) {
    contents.withLock { contents in
      contents.sessions[session.id] = session
      contents.heads[session.id] = head
      contents.deposits += deposits
    }
  }

  package func session(_ id: Digest) -> UnverifiedSession? { contents.withLock { $0.sessions[id] } }

  package func head(ofSession id: Digest) -> UnverifiedHead? { contents.withLock { $0.heads[id] } }

  private func found(in scope: WarrantScope) -> [(listed: ListedDeposit, records: [ScopedRecord])] {
    deposits.compactMap { listed in
      let records = (RecordLocator.unpack(listed.locators) ?? []).enumerated()
        .filter { scope.contains($0.element, depositedAt: listed.deposit.header.time) }
        .map { ScopedRecord(position: UInt32($0.offset), locator: $0.element) }
      return records.isEmpty ? nil : (listed, records)
    }
  }

  package func count(in scope: WarrantScope) -> ScopeCount {
    let locators = found(in: scope).flatMap { $0.records.map(\.locator) }
    return ScopeCount(keys: UInt64(Set(locators).count), records: UInt64(locators.count))
  }

  /// One holder's view of a deposit, for the holder of `row`.
  package static func view(
    _ deposit: Deposit, row: Int, records: [ScopedRecord]
  ) throws(EscrowError) -> HolderView {
    let link = try DepositLink(deposit)
    return HolderView(
      header: deposit.header, tags: deposit.publicPart.tags,
      shareDigests: deposit.publicPart.shareDigests[row], sealedColumn: deposit.sealedColumns[row],
      digests: link.digests, ciphertextDigests: link.ciphertexts, digest: deposit.digest, records: records)
  }

  package func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    for (listed, records) in found(in: scope) {
      let deposit = listed.deposit
      guard let session = session(deposit.header.session), let row = row(session.header.roster),
        row < deposit.sealedColumns.count
      else { continue }
      try body(try Self.view(deposit, row: row, records: records))
    }
  }

  package func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard let deposit = deposits.first(where: { $0.deposit.digest == digest })?.deposit else { return nil }
    return RecoveryView(
      header: deposit.header, tags: deposit.publicPart.tags, commitments: deposit.publicPart.commitments,
      shareColumnDigests: try DepositLink(deposit).digests.shares)
  }

  package func shareDigests(_ digest: Digest, row: Int) -> [UInt8]? {
    guard let part = deposits.first(where: { $0.deposit.digest == digest })?.deposit.publicPart,
      part.shareDigests.indices.contains(row)
    else { return nil }
    return part.shareDigests[row]
  }

  package func deposits(of locator: RecordLocator) -> [FiledDeposit] {
    deposits.compactMap { listed in
      let locators = RecordLocator.unpack(listed.locators) ?? []
      let positions = locators.indices.filter { locators[$0] == locator }.map { UInt32($0) }
      guard !positions.isEmpty else { return nil }
      return FiledDeposit(digest: listed.deposit.digest, deposit: listed.deposit, positions: positions)
    }
  }
}
