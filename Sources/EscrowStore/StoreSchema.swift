import GRDB

/// Tables, triggers and the numbers that mark a file as a store (`Spec/store.md`, Schema).
package enum StoreSchema {
  /// "ESCR", in SQLite's application id.
  static let applicationID: Int32 = 0x4553_4352
  /// The schema this version writes, in SQLite's user version; 0 is never a store's.
  package static let version = 1

  /// Everything that stands in `sqlite_schema`, in the order it is made.
  ///
  /// Digests are blobs of 32 bytes; times are seconds since 1970; a locator is the 40 bytes conversation ‖
  /// be64(epoch), whose byte order is the order of conversations and, within one, of unsigned epochs.
  package static let statements: [String] = tables + triggers

  private static let tables = [
    // vkey: the key that signs receipts, once the first was signed.
    """
    CREATE TABLE meta (
      name TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE sessions (
      id INTEGER PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      roster BLOB NOT NULL CHECK (length(roster) = 32),
      note BLOB NOT NULL
    ) STRICT
    """,
    // Narrow rows: a lookup reads them for every record it finds.
    """
    CREATE TABLE deposits (
      id INTEGER PRIMARY KEY,
      session INTEGER NOT NULL REFERENCES sessions (id),
      sequence INTEGER NOT NULL CHECK (sequence BETWEEN 0 AND 65535),
      time INTEGER NOT NULL,
      count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 4096),
      digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
      header BLOB NOT NULL CHECK (length(header) = 104),
      UNIQUE (session, sequence)
    ) STRICT
    """,
    // One row per column, so that each reader reads only the columns it needs. Kinds: see StoredColumn.
    """
    CREATE TABLE columns (
      deposit INTEGER NOT NULL REFERENCES deposits (id),
      kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 6),
      holder INTEGER NOT NULL CHECK (holder BETWEEN 0 AND 254),
      bytes BLOB NOT NULL,
      UNIQUE (deposit, kind, holder)
    ) STRICT
    """,
    // No foreign key: checking it would cost a lookup per record, and `verify` compares index and lists both ways.
    """
    CREATE TABLE records (
      locator BLOB NOT NULL CHECK (length(locator) = 40),
      deposit INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (locator, deposit, position)
    ) WITHOUT ROWID, STRICT
    """,
    // A head and the receipt for it are one row: neither is ever there without the other.
    """
    CREATE TABLE heads (
      session INTEGER NOT NULL,
      sequence INTEGER NOT NULL,
      note BLOB NOT NULL,
      receipt BLOB NOT NULL,
      PRIMARY KEY (session, sequence),
      FOREIGN KEY (session, sequence) REFERENCES deposits (session, sequence)
    ) STRICT
    """,
  ]

  private static let triggers = ["meta", "sessions", "deposits", "columns", "records", "heads"].flatMap {
    table in
    ["UPDATE", "DELETE"].map { change in
      """
      CREATE TRIGGER \(table)_no_\(change.lowercased()) BEFORE \(change) ON \(table)
      BEGIN SELECT RAISE(ABORT, 'the store is append-only'); END
      """
    }
  }

  /// Fills an empty database.
  static func create(_ db: Database) throws {
    for statement in statements { try db.execute(sql: statement) }
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  static func check(version found: Int) throws(StoreError) {
    guard found <= version else { throw .newerSchema(found: found, supported: version) }
    guard found >= 1 else { throw .notAStore }
  }

  /// Checks again through SQLite, which also sees what is still in the write-ahead log.
  static func checkVersion(_ db: Database) throws {
    guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
      throw StoreError.notAStore
    }
    try check(version: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
  }

  static func prepareConnection(_ db: Database) throws {
    // REPLACE deletes rows; only so do the triggers see it.
    try db.execute(sql: "PRAGMA recursive_triggers = ON")
    // The file may come from anyone: its schema may call no function with side effects, and damaged pages are
    // noticed before they are used.
    try db.execute(sql: "PRAGMA trusted_schema = OFF")
    try db.execute(sql: "PRAGMA cell_size_check = ON")
  }
}
