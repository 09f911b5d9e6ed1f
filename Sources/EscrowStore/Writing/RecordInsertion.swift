import GRDB
import GRDBSQLite
import KeyEscrow

/// The one statement that runs once per record, bound straight through SQLite's functions: GRDB boxes each
/// value, which costs more than the insertion itself.
@safe
struct RecordInsertion {
  private let db: Database
  // Kept, since it owns the pointer.
  private let statement: Statement

  init(_ db: Database) throws {
    self.db = db
    statement = try db.cachedStatement(
      sql: "INSERT INTO records (locator, deposit, position) VALUES (?, ?, ?)")
  }

  /// Files one record.
  func insert(_ locator: Span<UInt8>, deposit: Int64, position: UInt32) throws {
    let handle = unsafe statement.sqliteStatement
    let result = unsafe locator.withUnsafeBufferPointer { bytes -> CInt in
      // No destructor: SQLite uses the bytes in place, and is done with them before they go away.
      var result = unsafe sqlite3_bind_blob(handle, 1, bytes.baseAddress, CInt(bytes.count), nil)
      if result == SQLITE_OK { result = unsafe sqlite3_bind_int64(handle, 2, deposit) }
      if result == SQLITE_OK { result = unsafe sqlite3_bind_int64(handle, 3, Int64(position)) }
      if result == SQLITE_OK { result = unsafe sqlite3_step(handle) }
      // Unbinds the bytes too, before they go away.
      _ = unsafe sqlite3_reset(handle)
      _ = unsafe sqlite3_clear_bindings(handle)
      return result
    }
    guard result == SQLITE_DONE else {
      let message = unsafe String(cString: sqlite3_errmsg(db.sqliteConnection))
      throw DatabaseError(resultCode: ResultCode(rawValue: result), message: message)
    }
  }
}
