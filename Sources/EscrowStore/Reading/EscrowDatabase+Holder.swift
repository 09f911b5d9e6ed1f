import Foundation
import GRDB
public import KeyEscrow
public import LibCrypto

extension EscrowDatabase: HolderDepositSource {
  /// Counts what `scope` covers, in the index alone.
  public func count(in scope: WarrantScope) throws(EscrowError) -> ScopeCount {
    try read { db in
      let row = try Row.fetchOne(
        db.cachedStatement(sql: ScopeQuery.count), arguments: ScopeQuery(scope).arguments)
      let keys: Int64 = try row?.decode(atIndex: 0) ?? 0
      let records: Int64 = try row?.decode(atIndex: 1) ?? 0
      return ScopeCount(keys: UInt64(clamping: keys), records: UInt64(clamping: records))
    }
  }

  /// The header of session `id`, if it is there.
  ///
  /// - Throws: `.storage` when what is stored under `id` is another session.
  public func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession? {
    try read { db in
      let note = try Data.fetchOne(
        db.cachedStatement(sql: "SELECT note FROM sessions WHERE digest = ?"), arguments: [Data(id.bytes)])
      guard let note else { return nil }
      let session = try UnverifiedSession(parsing: Array(note).span)
      guard session.id == id else {
        throw StoreError.corrupt(reason: "session \(session.id) is filed under \(id)")
      }
      return session
    }
  }

  /// Calls `body` with each deposit that has records in `scope`, as the holder of its `row` sees it: sessions one
  /// after another, each in rising sequence, records in rising position. One deposit at a time is in memory, and
  /// all come from one snapshot.
  public func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    try read { db in
      var rosterRows = RosterRows()
      // Not a cached statement: `body` may ask for another scope while this one is being read.
      let statement = try db.makeStatement(sql: ScopeQuery.records)
      let cursor = try Row.fetchCursor(statement, arguments: ScopeQuery(scope).arguments)
      var deposit: (id: Int64, row: Int)?
      var records: [ScopedRecord] = []
      func finish() throws {
        guard let deposit else { return }
        try body(DepositRow(deposit.id, in: db).holderView(row: deposit.row, records: records))
        records.removeAll(keepingCapacity: true)
      }
      while let found = try cursor.next() {
        let id: Int64 = try found.decode(atIndex: 0)
        if deposit?.id != id {
          try finish()
          deposit = nil
          guard let holderRow = try rosterRows.row(ofRoster: found.decode(atIndex: 1), row) else { continue }
          deposit = (id, holderRow)
        }
        let bytes: Data = try found.decode(atIndex: 3)
        guard let locator = RecordLocator.unpack(Array(bytes))?.first else {
          throw StoreError.corrupt(reason: "the index holds a record that does not parse")
        }
        records.append(ScopedRecord(position: try found.decode(atIndex: 2), locator: locator))
      }
      try finish()
    }
  }
}
