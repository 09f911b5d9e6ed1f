import Foundation
import GRDB
import KeyEscrow

/// Compares the index of records with the lists of the deposits.
struct IndexVerifier {
  let db: Database
  let log: FindingLog

  /// Positions of a deposit whose record in `locators` is not in the index.
  static func missing(locators: [UInt8], deposit: Int64, count: Int, in db: Database) throws -> [Int] {
    let statement = try db.cachedStatement(
      sql: """
        WITH RECURSIVE number (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < :count)
        SELECT i FROM number WHERE NOT EXISTS (
          SELECT 1 FROM records
          WHERE locator = substr(:locators, 40 * i + 1, 40) AND deposit = :deposit AND position = i
        )
        """)
    return try Int.fetchAll(
      statement, arguments: ["count": count, "locators": Data(locators), "deposit": deposit])
  }

  /// Finds what the index has and no list does. Every deposit's own records were looked for before, so equal
  /// numbers mean that there is no other.
  func verify() throws {
    try log.noting {
      let indexed = try UInt64.fetchOne(db, sql: "SELECT COUNT(*) FROM records") ?? 0
      let missing = log.verification.findings.count {
        if case .recordNotIndexed = $0.fault { true } else { false }
      }
      guard indexed + UInt64(missing) != log.verification.records || log.verification.isTruncated else {
        return
      }
      // Reads a deposit's list again for each of its records: slow, and only done when something is wrong.
      let strangers = try Row.fetchCursor(
        db,
        sql: """
          SELECT records.deposit, records.position
          FROM records LEFT JOIN columns
            ON columns.deposit = records.deposit AND columns.kind = \(StoredColumn.locators.kind)
            AND columns.holder = \(StoredColumn.locators.holder)
          WHERE columns.bytes IS NULL
            OR records.locator <> substr(columns.bytes, 40 * records.position + 1, 40)
          """)
      while let stranger = try strangers.next(), !log.verification.isTruncated {
        log.add(
          .recordNotListed(
            deposit: try stranger.decode(atIndex: 0), position: try stranger.decode(atIndex: 1)))
      }
    }
  }
}
