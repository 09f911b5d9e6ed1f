import KeyEscrow
import LibCrypto
import SecretMemory

/// A store in memory, with hands for a test to alter what it holds.
final class MemoryStore: HolderDepositSource, RecoverySource, DepositSource {
  struct State {
    var sessions: [Digest: UnverifiedSession] = [:]
    var heads: [Digest: UnverifiedHead] = [:]
    var deposits: [ListedDeposit] = []
  }

  private let state = Locked(State())

  /// Changes what the store holds, as a dishonest store would.
  func alter(_ change: (inout State) -> Void) {
    state.withLock { change(&$0) }
  }

  var deposits: [ListedDeposit] { state.withLock { $0.deposits } }

  @discardableResult
  func accept(_ submission: DepositSubmission, roster: Roster) throws(EscrowError) -> VerifiedSubmission {
    let session = try submission.session.verified(roster: roster)
    let last = state.withLock { $0.heads[session.id]?.head }
    let verified = try submission.verified(session: session, after: last)
    state.withLock { state in
      state.sessions[session.id] = submission.session
      state.heads[session.id] = submission.head
      state.deposits += submission.deposits
    }
    return verified
  }

  func session(_ id: Digest) -> UnverifiedSession? { state.withLock { $0.sessions[id] } }

  func head(ofSession id: Digest) -> UnverifiedHead? { state.withLock { $0.heads[id] } }

  private func matches(_ scope: WarrantScope) -> [(ListedDeposit, [ScopedRecord])] {
    deposits.compactMap { listed in
      let locators = RecordLocator.unpack(listed.locators) ?? []
      let records = locators.enumerated().compactMap { position, locator in
        scope.contains(locator, depositedAt: listed.deposit.header.time)
          ? ScopedRecord(position: UInt32(position), locator: locator) : nil
      }
      return records.isEmpty ? nil : (listed, records)
    }
  }

  func count(in scope: WarrantScope) -> ScopeCount {
    let records = matches(scope).flatMap(\.1)
    return ScopeCount(keys: UInt64(Set(records.map(\.locator)).count), records: UInt64(records.count))
  }

  func view(_ deposit: Deposit, row: Int, records: [ScopedRecord]) throws(EscrowError) -> HolderView {
    let link = try DepositLink(deposit)
    return HolderView(
      header: deposit.header, tags: deposit.publicPart.tags,
      shareDigests: deposit.publicPart.shareDigests[row],
      sealedColumn: deposit.sealedColumns[row], digests: link.digests, ciphertextDigests: link.ciphertexts,
      digest: deposit.digest, records: records)
  }

  func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    let ordered = matches(scope).sorted {
      ($0.0.deposit.header.session, $0.0.deposit.header.sequence)
        < ($1.0.deposit.header.session, $1.0.deposit.header.sequence)
    }
    for (listed, records) in ordered {
      guard let session = session(listed.deposit.header.session), let row = row(session.header.roster) else {
        continue
      }
      try body(try view(listed.deposit, row: row, records: records))
    }
  }

  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard let deposit = deposits.first(where: { $0.deposit.digest == digest })?.deposit else { return nil }
    return RecoveryView(
      header: deposit.header, tags: deposit.publicPart.tags, commitments: deposit.publicPart.commitments,
      shareColumnDigests: try DepositLink(deposit).digests.shares)
  }

  func shareDigests(_ digest: Digest, row: Int) -> [UInt8]? {
    deposits.first { $0.deposit.digest == digest }?.deposit.publicPart.shareDigests[row]
  }

  func deposits(of locator: RecordLocator) -> [FiledDeposit] {
    deposits.compactMap { listed in
      let locators = RecordLocator.unpack(listed.locators) ?? []
      let positions = locators.indices.filter { locators[$0] == locator }.map { UInt32($0) }
      return positions.isEmpty
        ? nil : FiledDeposit(digest: listed.deposit.digest, deposit: listed.deposit, positions: positions)
    }
  }
}
