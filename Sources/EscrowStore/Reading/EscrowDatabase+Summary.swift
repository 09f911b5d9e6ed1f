import Foundation
import GRDB
public import KeyEscrow
import LibCrypto

extension EscrowDatabase {
  /// Counts what the store holds.
  public func summary() throws(EscrowError) -> StoreSummary {
    try read { db in
      let totals = try Row.fetchOne(
        db, sql: "SELECT COUNT(*), SUM(count), MIN(time), MAX(time) FROM deposits")
      func total(_ index: Int) throws -> Int64? { try totals?.decode(Int64?.self, atIndex: index) }
      let first = try total(2)
      let last = try total(3)
      var deposited: ClosedRange<Timestamp>?
      if let first = first.flatMap(Timestamp.init(secondsSince1970:)),
        let last = last.flatMap(Timestamp.init(secondsSince1970:)), first <= last
      {
        deposited = first...last
      }
      let rosters = try Data.fetchAll(db, sql: "SELECT DISTINCT roster FROM sessions ORDER BY roster")
      func number(_ sql: String) throws -> UInt64 { UInt64(clamping: try Int64.fetchOne(db, sql: sql) ?? 0) }
      return StoreSummary(
        schemaVersion: Int(try number("PRAGMA user_version")),
        sessions: try number("SELECT COUNT(*) FROM sessions"),
        deposits: UInt64(clamping: try total(0) ?? 0), records: UInt64(clamping: try total(1) ?? 0),
        byteCount: try number("PRAGMA page_count") * number("PRAGMA page_size"), deposited: deposited,
        storeKey: try StoreKey(db).recorded(), rosters: rosters.compactMap { Digest(bytes: Array($0).span) })
    }
  }
}
