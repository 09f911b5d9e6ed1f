import GRDB

/// Verifies the file itself: its pages, its schema, and its rows' references to each other.
struct FileVerifier {
  let db: Database
  let log: FindingLog

  func verify() throws {
    try log.noting {
      // 100 is SQLite's own default: after so many it stops looking.
      for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(100)") where line != "ok" {
        log.add(.damaged(line))
      }
    }
    try log.noting {
      let found = Set(
        try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"))
      let expected = Set(StoreSchema.statements)
      for statement in found.symmetricDifference(expected).sorted() {
        let firstLine = statement.prefix { !$0.isNewline }
        log.add(.schema(found.contains(statement) ? "unexpected: \(firstLine)" : "missing: \(firstLine)"))
      }
    }
    try log.noting {
      let violations = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
      while let violation = try violations.next() {
        let table: String = try violation.decode(atIndex: 0)
        let parent: String = try violation.decode(atIndex: 2)
        log.add(.damaged("a row of \(table) refers to a row of \(parent) that is not there"))
      }
    }
  }
}
