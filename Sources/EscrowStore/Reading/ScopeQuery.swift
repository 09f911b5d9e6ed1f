import Foundation
package import GRDB
package import KeyEscrow

/// The statements that find what a scope covers. Each conversation is one range of the index; nothing is scanned.
package struct ScopeQuery {
  /// The conversations as ranges of locators, unpacked from two blobs that are bound, so that a list of any length
  /// is one prepared statement and nothing is written, not even a temporary table.
  private static let ranges = """
    WITH RECURSIVE
      number (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM number WHERE i + 1 < :count),
      range (low, high) AS (
        SELECT substr(:lows, 40 * i + 1, 40), substr(:highs, 40 * i + 1, 40) FROM number
      )
    """

  // CROSS JOIN keeps SQLite from turning the loops around.
  private static let source = """
    FROM range
    CROSS JOIN records ON records.locator BETWEEN range.low AND range.high
    CROSS JOIN deposits ON deposits.id = records.deposit AND deposits.time BETWEEN :from AND :to
    """

  /// Distinct locators, and records.
  package static let count = """
    \(ranges)
    SELECT COUNT(DISTINCT records.locator), COUNT(*)
    \(source)
    """

  /// Records by session, sequence and position, sorted by SQLite, which spills to disk.
  package static let records = """
    \(ranges)
    SELECT deposits.id, sessions.roster, records.position, records.locator
    \(source)
    CROSS JOIN sessions ON sessions.id = deposits.session
    ORDER BY deposits.session, deposits.sequence, records.position
    """

  /// Values for the parameters of both.
  package let arguments: StatementArguments

  package init(_ scope: WarrantScope) {
    func bounds(_ epoch: UInt64) -> Data {
      Data(RecordLocator.pack(scope.conversations.map { RecordLocator(conversation: $0, epoch: epoch) }))
    }
    arguments = [
      "count": scope.conversations.count, "lows": bounds(scope.epochs.lowerBound),
      "highs": bounds(scope.epochs.upperBound),
      "from": scope.deposited?.lowerBound.secondsSince1970 ?? 0,
      "to": scope.deposited?.upperBound.secondsSince1970 ?? Int64.max,
    ]
  }
}
