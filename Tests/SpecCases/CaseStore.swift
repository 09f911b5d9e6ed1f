import KeyEscrow
import LibCrypto

/// The store of one case: sessions and deposits as the case gives them, verified by nobody.
final class CaseStore: HolderDepositSource, RecoverySource, DepositSource {
  private let sessions: [Digest: UnverifiedSession]
  private let deposits: [ListedDeposit]
  /// Under which digest each deposit is filed: its own, unless the case says otherwise.
  private let filedUnder: [Digest]

  /// Members `sessions` and `deposits`, each of these `deposit`, `locators` and perhaps `filedUnder`.
  init(_ input: CaseInput) throws {
    var sessions: [Digest: UnverifiedSession] = [:]
    for text in try input.texts("sessions") {
      let session = try UnverifiedSession(parsing: text.span)
      sessions[session.id] = session
    }
    self.sessions = sessions
    let items = try input.inputs("deposits")
    deposits = try items.map {
      ListedDeposit(deposit: try $0.deposit(), locators: $0.has("locators") ? try $0.hex("locators") : [])
    }
    filedUnder = try zip(items, deposits).map { item, listed in
      item.has("filedUnder") ? try item.digest("filedUnder") : listed.deposit.digest
    }
  }

  func session(_ id: Digest) -> UnverifiedSession? { sessions[id] }

  func head(ofSession id: Digest) -> UnverifiedHead? { nil }

  private func matches(
    _ scope: WarrantScope
  ) -> [(deposit: Deposit, filedUnder: Digest, records: [ScopedRecord])] {
    let matches = zip(deposits, filedUnder).map { listed, digest in
      let locators = RecordLocator.unpack(listed.locators) ?? []
      let records = locators.enumerated().compactMap { position, locator in
        scope.contains(locator, depositedAt: listed.deposit.header.time)
          ? ScopedRecord(position: UInt32(position), locator: locator) : nil
      }
      return (listed.deposit, digest, records)
    }
    return matches.filter { !$0.2.isEmpty }.sorted {
      ($0.0.header.session, $0.0.header.sequence) < ($1.0.header.session, $1.0.header.sequence)
    }
  }

  func count(in scope: WarrantScope) -> ScopeCount {
    let records = matches(scope).flatMap(\.records)
    return ScopeCount(keys: UInt64(Set(records.map(\.locator)).count), records: UInt64(records.count))
  }

  static func view(
    of deposit: Deposit, filedUnder digest: Digest, row: Int, records: [ScopedRecord]
  ) throws(EscrowError) -> HolderView {
    let link = try DepositLink(deposit)
    return HolderView(
      header: deposit.header, tags: deposit.publicPart.tags,
      shareDigests: deposit.publicPart.shareDigests[row], sealedColumn: deposit.sealedColumns[row],
      digests: link.digests, ciphertextDigests: link.ciphertexts, digest: digest, records: records)
  }

  func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    for (deposit, digest, records) in matches(scope) {
      guard let session = sessions[deposit.header.session], let row = row(session.header.roster) else {
        continue
      }
      try body(try Self.view(of: deposit, filedUnder: digest, row: row, records: records))
    }
  }

  private func filed(_ digest: Digest) -> Deposit? {
    zip(filedUnder, deposits).first { $0.0 == digest }?.1.deposit
  }

  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard let deposit = filed(digest) else { return nil }
    return RecoveryView(
      header: deposit.header, tags: deposit.publicPart.tags, commitments: deposit.publicPart.commitments,
      shareColumnDigests: try DepositLink(deposit).digests.shares)
  }

  func shareDigests(_ digest: Digest, row: Int) -> [UInt8]? { filed(digest)?.publicPart.shareDigests[row] }

  func deposits(of locator: RecordLocator) -> [FiledDeposit] {
    zip(filedUnder, deposits).compactMap { digest, listed in
      let locators = RecordLocator.unpack(listed.locators) ?? []
      let positions = locators.indices.filter { locators[$0] == locator }.map { UInt32($0) }
      return positions.isEmpty
        ? nil : FiledDeposit(digest: digest, deposit: listed.deposit, positions: positions)
    }
  }
}
