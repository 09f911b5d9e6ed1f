import Foundation
import GRDB
public import KeyEscrow

extension EscrowDatabase {
  /// The newest head of every session, of which `DepositsEntry` makes one root.
  public func newestHeads() throws(EscrowError) -> [Head] {
    try read { db in
      let cursor = try Data.fetchCursor(
        db,
        sql: """
          SELECT note FROM heads WHERE sequence =
            (SELECT MAX(newer.sequence) FROM heads AS newer WHERE newer.session = heads.session)
          """)
      var heads: [Head] = []
      while let note = try cursor.next() { heads.append(try UnverifiedHead(parsing: Array(note).span).head) }
      return heads
    }
  }
}
