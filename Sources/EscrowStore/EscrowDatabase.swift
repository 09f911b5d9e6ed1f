import Foundation
package import GRDB
import KeyEscrow

/// The default store: deposits in one SQLite file, append-only, with no server.
///
/// Any number of threads and processes may read and write one store at once; writers take turns. What `accept`
/// has returned a receipt for survives a crash of the process, of the machine, and a loss of power, as far as the
/// disk keeps what it was told to sync.
public final class EscrowDatabase: Sendable {
  /// How a store is opened.
  public enum Mode: Sendable {
    /// A new store; there must be nothing at the path.
    case create
    /// A store that is there already, for reading and writing.
    case readWrite
    /// A store that is there already, for reading only.
    case readOnly
  }

  /// The file's path.
  public let path: String
  /// Whether the store may only be read.
  public let isReadOnly: Bool
  private let pool: DatabasePool

  private init(path: String, isReadOnly: Bool, pool: DatabasePool) {
    self.path = path
    self.isReadOnly = isReadOnly
    self.pool = pool
  }

  /// Opens the store at `path`.
  ///
  /// - Throws: `.alreadyExists` for `create` when something is there, `.notFound` for the other modes when nothing
  ///   is; `.notAStore` and `.newerSchema` for a file that is left untouched; `.inputOutput`, `.corrupt`, `.busy`.
  public static func open(path: String, mode: Mode) throws(StoreError) -> EscrowDatabase {
    if mode == .create { try StoreFile.create(at: path) }
    // From the file's first bytes, since even opening a database in WAL mode may write to it.
    try StoreFile.identify(at: path)
    var configuration = connectionConfiguration()
    configuration.readonly = mode == .readOnly
    configuration.maximumReaderCount = max(5, ProcessInfo.processInfo.activeProcessorCount)
    configuration.prepareDatabase { db in
      try StoreSchema.checkVersion(db)
      try StoreSchema.prepareConnection(db)
    }
    do {
      let pool = try DatabasePool(path: path, configuration: configuration)
      if mode != .readOnly {
        try pool.writeWithoutTransaction { db in
          // DatabasePool chooses NORMAL, under which a loss of power may take commits that were acknowledged.
          try db.execute(sql: "PRAGMA synchronous = FULL")
          // In KiB: a large submission's index pages stay in memory until they are written once.
          try db.execute(sql: "PRAGMA cache_size = -65536")
          // The log shrinks again after a large submission.
          try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
      }
      return EscrowDatabase(path: path, isReadOnly: mode == .readOnly, pool: pool)
    } catch { throw StoreError(restating: error) }
  }

  /// Closes every connection, after moving what is in the write-ahead log into the file itself, as far as other
  /// processes that read it allow. Later calls fail with `.storage`.
  ///
  /// Without it, connections close when the last reference goes away.
  public func close() throws(StoreError) {
    do {
      if !isReadOnly {
        // What is in the log is durable there too: a reader that keeps it busy is no reason to fail.
        try? pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      }
      try pool.close()
    } catch { throw StoreError(restating: error) }
  }

  static func connectionConfiguration() -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(30)
    return configuration
  }

  /// Runs `body` on one snapshot of the store. Whatever `body` calls back into reads the same snapshot.
  func read<Result>(_ body: (Database) throws -> Result) throws(EscrowError) -> Result {
    do {
      // Reentrant, because a holder asks for the session while it is handed a deposit.
      return try pool.unsafeReentrantRead { db in
        if db.isInsideTransaction { return try body(db) }
        var result: Result?
        try db.inTransaction(.deferred) {
          result = try body(db)
          return .commit
        }
        guard let result else { throw StoreError.other(reason: "a read ended without a result") }
        return result
      }
    } catch { throw EscrowError(ofStore: error) }
  }

  /// Runs `body` in one transaction that holds the write lock from its beginning, and returns when its commit is
  /// durable.
  func write<Result>(_ body: (Database) throws -> Result) throws(EscrowError) -> Result {
    do {
      guard !isReadOnly else { throw StoreError.readOnly }
      return try pool.write(body)
    } catch { throw EscrowError(ofStore: error) }
  }

  /// Runs `body` on the writing connection, outside any transaction.
  package func withWriter<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try pool.writeWithoutTransaction(body)
  }
}
