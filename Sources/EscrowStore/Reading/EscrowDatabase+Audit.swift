import Foundation
import GRDB
public import KeyEscrow
public import LibCrypto

extension EscrowDatabase {
  /// Calls `body` with deposits as one holder sees them, for an audit of its columns. Sessions come one after another,
  /// each in rising sequence.
  ///
  /// - Parameters:
  ///   - sample: how many deposits, drawn uniformly from all that the holder has a column of; nil for all.
  ///   - row: the holder's row (from 0) under the roster of this id, or nil when it is not on it: such deposits are
  ///     passed over.
  public func forEachDeposit(
    sample: Int? = nil, row: (Digest) -> Int?,
    _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    try read { db in
      var rosterRows = RosterRows()
      var remaining = 0
      for count in try Row.fetchAll(
        db,
        sql: """
          SELECT sessions.roster, COUNT(*) FROM sessions JOIN deposits ON deposits.session = sessions.id
          GROUP BY sessions.roster
          """)
      where try rosterRows.row(ofRoster: count.decode(atIndex: 0), row) != nil {
        remaining += try count.decode(Int.self, atIndex: 1)
      }
      var wanted = min(sample ?? remaining, remaining)
      let statement = try db.makeStatement(
        sql: """
          SELECT deposits.id, sessions.roster FROM deposits JOIN sessions ON sessions.id = deposits.session
          ORDER BY deposits.session, deposits.sequence
          """)
      let cursor = try Row.fetchCursor(statement)
      while wanted > 0, let found = try cursor.next() {
        guard let holderRow = try rosterRows.row(ofRoster: found.decode(atIndex: 1), row) else { continue }
        // Selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2, Algorithm S): every set of deposits is
        // equally likely, in one pass and in order. The system's generator cannot be foreseen by who deposits.
        let isChosen = Int.random(in: 0..<remaining) < wanted
        remaining -= 1
        guard isChosen else { continue }
        wanted -= 1
        let deposit = try DepositRow(found.decode(atIndex: 0), in: db)
        try body(deposit.holderView(row: holderRow, records: []))
      }
    }
  }
}
