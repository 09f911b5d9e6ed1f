import Foundation
import GRDB
import KeyEscrow
import LibCrypto

/// One stored deposit, whose columns are read one by one.
struct DepositRow {
  let id: Int64
  let header: DepositHeader
  /// The digest that the deposit is filed under.
  let digest: Digest
  private let db: Database

  /// The deposit in row `id`.
  init(_ id: Int64, in db: Database) throws {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT header, digest FROM deposits WHERE id = ?"), arguments: [id])
    guard let row else { throw StoreError.corrupt(reason: "a record names a deposit that is not there") }
    try self.init(id, header: row.decode(atIndex: 0), digest: row.decode(atIndex: 1), in: db)
  }

  init(_ id: Int64, header: Data, digest: Data, in db: Database) throws {
    guard let filed = Digest(bytes: Array(digest).span) else {
      throw StoreError.corrupt(reason: "a deposit's digest has not 32 bytes")
    }
    self.id = id
    self.digest = filed
    self.db = db
    do { self.header = try DepositHeader(parsing: Array(header)) } catch {
      throw StoreError.corrupt(reason: "the header of deposit \(filed) does not parse")
    }
  }

  /// The deposit filed under `digest`.
  static func find(_ digest: Digest, in db: Database) throws -> DepositRow? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM deposits WHERE digest = ?"), arguments: [Data(digest.bytes)]
    ).map { try DepositRow($0, in: db) }
  }

  /// A column, if it is there.
  func columnIfPresent(_ column: StoredColumn) throws -> [UInt8]? {
    let statement = try db.cachedStatement(
      sql: "SELECT bytes FROM columns WHERE deposit = ? AND kind = ? AND holder = ?")
    return try Data.fetchOne(statement, arguments: [id, column.kind, column.holder]).map { Array($0) }
  }

  /// A column.
  func column(_ column: StoredColumn) throws -> [UInt8] {
    guard let bytes = try columnIfPresent(column) else {
      throw StoreError.corrupt(reason: "deposit \(digest) has no \(column)")
    }
    return bytes
  }

  func digests() throws -> StoredDigests {
    guard let digests = StoredDigests(parsing: try column(.digests), rows: header.rows) else {
      throw StoreError.corrupt(reason: "the column digests of deposit \(digest) have the wrong length")
    }
    return digests
  }

  /// What the holder of `row` sees of it.
  func holderView(row: Int, records: [ScopedRecord]) throws -> HolderView {
    let digests = try digests()
    return HolderView(
      header: header, tags: try column(.tags), shareDigests: try column(.shareDigests(row: row)),
      sealedColumn: try column(.sealed(row: row)), digests: digests.columns,
      ciphertextDigests: digests.ciphertexts, digest: digest, records: records)
  }

  /// The whole deposit.
  func deposit() throws -> Deposit {
    var shareDigests: [[UInt8]] = []
    var sealedColumns: [[UInt8]] = []
    for row in 0..<header.rows {
      shareDigests.append(try column(.shareDigests(row: row)))
      sealedColumns.append(try column(.sealed(row: row)))
    }
    return try Deposit(
      header: header, tags: try column(.tags), commitments: try column(.commitments),
      shareDigests: shareDigests, sealedColumns: sealedColumns)
  }
}
