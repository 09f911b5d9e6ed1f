import Foundation
import GRDB
import KeyEscrow

/// Signed heads and the receipts for them.
struct Heads {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// The newest head of the session in row `session`, or the newest below a sequence number.
  func newest(session: Int64, below limit: UInt64 = UInt64.max) throws -> UnverifiedHead? {
    let note = try Data.fetchOne(
      db.cachedStatement(
        sql: "SELECT note FROM heads WHERE session = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1"),
      arguments: [session, Int64(clamping: limit)])
    guard let note else { return nil }
    return try UnverifiedHead(parsing: Array(note).span)
  }

  /// The receipt for the first head that covers `sequence`.
  func receipt(session: Int64, covering sequence: UInt64) throws -> StoreReceipt {
    let note = try Data.fetchOne(
      db.cachedStatement(
        sql: "SELECT receipt FROM heads WHERE session = ? AND sequence >= ? ORDER BY sequence LIMIT 1"),
      arguments: [session, Int64(clamping: sequence)])
    guard let note else { throw StoreError.corrupt(reason: "deposits are stored that no head covers") }
    return try StoreReceipt(parsing: Array(note).span)
  }

  func insert(_ head: VerifiedHead, receipt: StoreReceipt, session: Int64) throws {
    try db.cachedStatement(sql: "INSERT INTO heads (session, sequence, note, receipt) VALUES (?, ?, ?, ?)")
      .execute(arguments: [session, Int64(head.head.sequence), Data(head.bytes), Data(receipt.bytes)])
  }
}
