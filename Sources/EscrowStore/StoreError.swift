import GRDB

/// Why a store cannot be opened or used.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is no file at the path.
  case notFound
  /// There is already something at the path where a store was to be created.
  case alreadyExists
  /// The file is not a store: another format, or another application's database.
  case notAStore
  /// The store was written by a later version of this library; it was left untouched.
  case newerSchema(found: Int, supported: Int)
  /// The store was opened for reading only, or its file may not be written.
  case readOnly
  /// Other processes kept the store locked for longer than 30 seconds.
  case busy
  /// The disk is full. Nothing of the submission was stored.
  case full
  /// The file is damaged, or contradicts itself.
  case corrupt(reason: String)
  /// The operating system could not open, read or write a file.
  case inputOutput(reason: String)
  /// Receipts of this store are signed by another key. Both are vkeys.
  case otherKey(recorded: String, given: String)
  /// SQLite refused for another reason.
  case other(reason: String)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .notFound: "there is no store at this path"
    case .alreadyExists: "there is already a file at this path"
    case .notAStore: "the file is not a store"
    case .newerSchema(let found, let supported):
      "the store has schema \(found), and this version knows schemas up to \(supported)"
    case .readOnly: "the store can only be read"
    case .busy: "other processes kept the store locked"
    case .full: "the disk is full"
    case .corrupt(let reason): "the store is damaged: \(reason)"
    case .inputOutput(let reason): "the store's file cannot be used: \(reason)"
    case .otherKey(let recorded, let given): "the store signs as \(recorded), not as \(given)"
    case .other(let reason): "SQLite refused: \(reason)"
    }
  }

  /// Restates an error of SQLite or of the system as this module's.
  init(restating error: any Error) {
    guard let error = error as? DatabaseError else {
      if error is RowDecodingError {
        self = .corrupt(reason: "a row holds a value of the wrong kind")
        return
      }
      self = error as? StoreError ?? .inputOutput(reason: "\(error)")
      return
    }
    // The message only: the full description would carry the statement.
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_FULL: self = .full
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_READONLY: self = .readOnly
    case .SQLITE_CORRUPT: self = .corrupt(reason: reason)
    case .SQLITE_NOTADB: self = .notAStore
    case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_PERM, .SQLITE_AUTH: self = .inputOutput(reason: reason)
    default: self = .other(reason: reason)
    }
  }
}
