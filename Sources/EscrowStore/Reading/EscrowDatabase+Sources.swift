import Foundation
import GRDB
public import KeyEscrow
public import LibCrypto

extension EscrowDatabase: RecoverySource {
  /// The deposit with `digest`, if it is there: header, tags, commitments, and digests of the rest.
  public func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    try read { db in
      guard let deposit = try DepositRow.find(digest, in: db) else { return nil }
      return RecoveryView(
        header: deposit.header, tags: try deposit.column(.tags),
        commitments: try deposit.column(.commitments),
        shareColumnDigests: try deposit.digests().columns.shares)
    }
  }

  /// The share digests of `row` in that deposit; nil when there is no such deposit or row.
  public func shareDigests(_ digest: Digest, row: Int) throws(EscrowError) -> [UInt8]? {
    try read { db in
      guard let deposit = try DepositRow.find(digest, in: db), (0..<deposit.header.rows).contains(row) else {
        return nil
      }
      return try deposit.column(.shareDigests(row: row))
    }
  }
}

extension EscrowDatabase: DepositSource {
  /// The newest signed head of session `id`.
  public func head(ofSession id: Digest) throws(EscrowError) -> UnverifiedHead? {
    try read { db in
      guard let session = try SubmissionWriter(db).sessionRow(id) else { return nil }
      return try Heads(db).newest(session: session)
    }
  }

  /// The deposits that hold a record of `locator`, each with that record's positions, oldest session first and in
  /// rising sequence.
  public func deposits(of locator: RecordLocator) throws(EscrowError) -> [FiledDeposit] {
    try read { db in
      let scope = try WarrantScope(
        conversations: [locator.conversation], epochs: locator.epoch...locator.epoch)
      let rows = try Row.fetchAll(
        db.cachedStatement(sql: ScopeQuery.records), arguments: ScopeQuery(scope).arguments)
      var found: [(id: Int64, positions: [UInt32])] = []
      for row in rows {
        let id: Int64 = try row.decode(atIndex: 0)
        if found.last?.id != id { found.append((id, [])) }
        found[found.count - 1].positions.append(try row.decode(atIndex: 2))
      }
      return try found.map { id, positions in
        let row = try DepositRow(id, in: db)
        return FiledDeposit(digest: row.digest, deposit: try row.deposit(), positions: positions)
      }
    }
  }
}
