import Foundation
import GRDB
import KeyEscrow
import LibCrypto

/// Verifies one deposit: its header, place in the chain, columns, digest, tags, and that its records are indexed.
struct DepositVerifier {
  private let db: Database
  private let log: FindingLog
  private let session: Digest
  private let sessionHeader: SessionHeader?
  private let id: Int64
  private let sequence: UInt64
  private let time: Int64
  private let count: Int
  private let digest: Data
  private let header: Data

  /// `row` holds id, sequence, time, count, digest and header.
  init(db: Database, log: FindingLog, session: Digest, sessionHeader: SessionHeader?, row: Row) throws {
    self.db = db
    self.log = log
    self.session = session
    self.sessionHeader = sessionHeader
    id = try row.decode(atIndex: 0)
    sequence = try row.decode(atIndex: 1)
    time = try row.decode(atIndex: 2)
    count = try row.decode(atIndex: 3)
    digest = try row.decode(atIndex: 4)
    header = try row.decode(atIndex: 5)
  }

  /// The digest that the next deposit must name; nil when it is unknown.
  ///
  /// - Parameter previous: the digest that this one must name; nil when it is unknown.
  func verify(following previous: Digest?) throws -> Digest? {
    let filed = Digest(bytes: Array(digest).span)
    // Whatever this one's header is, its records are counted: the index is compared with this number.
    log.verification.records += UInt64(clamping: count)
    guard let header = try? DepositHeader(parsing: Array(header)), fits(header) else {
      found(.header)
      return filed
    }
    if let previous, header.previous != previous { found(.brokenChain) }
    let row = try DepositRow(id, header: self.header, digest: digest, in: db)
    let deposit = try deposit(row)
    if let deposit, deposit.digest != filed { found(.depositDigest) }
    try verifyRecords(row, deposit: deposit)
    return filed
  }

  private func found(_ fault: StoreFault) {
    log.add(fault, session: session, sequence: sequence)
  }

  private func fits(_ header: DepositHeader) -> Bool {
    guard header.session == session, header.sequence == sequence, header.count == count,
      header.time.secondsSince1970 == time
    else { return false }
    // A session header that does not even parse has its own finding.
    guard let sessionHeader else { return true }
    return header.suite == sessionHeader.suite && header.isTest == sessionHeader.isTest
      && header.rows == sessionHeader.recipients.count && header.time >= sessionHeader.created
      && header.time <= sessionHeader.notAfter
  }

  /// The deposit, when every column is there and has its length. Each column is compared with its own digest, so
  /// that the damaged one is named.
  private func deposit(_ row: DepositRow) throws -> Deposit? {
    let rows = row.header.rows
    var digests: StoredDigests?
    if let bytes = try column(.digests, row) {
      digests = StoredDigests(parsing: bytes, rows: rows)
      if digests == nil { found(.column(.digests)) }
    }
    func verified(_ column: StoredColumn, byteCount: Int, _ digest: Digest?) throws -> [UInt8]? {
      guard let bytes = try self.column(column, row) else { return nil }
      let isRight = try bytes.count == byteCount && digest.map { try SHA256.digest(bytes) == $0 } ?? true
      if !isRight { found(.column(column)) }
      return bytes.count == byteCount ? bytes : nil
    }
    let tags = try verified(.tags, byteCount: 16 * count, digests?.columns.tags)
    let commitments = try verified(.commitments, byteCount: 32 * count, digests?.columns.commitments)
    var shareDigests: [[UInt8]] = []
    var sealedColumns: [[UInt8]] = []
    for index in 0..<rows {
      let digest = digests?.columns.shares[index]
      if let column = try verified(.shareDigests(row: index), byteCount: 16 * count, digest) {
        shareDigests.append(column)
      }
    }
    for index in 0..<rows {
      let digest = digests?.ciphertexts[index]
      if let column = try verified(.sealed(row: index), byteCount: 32 * count + 16, digest) {
        sealedColumns.append(column)
      }
    }
    let stored = try Int.fetchOne(
      db.cachedStatement(sql: "SELECT COUNT(*) FROM columns WHERE deposit = ?"), arguments: [id])
    // Digests, list, tags, commitments, and two columns per row.
    if stored ?? 0 > 4 + 2 * rows { found(.columnUnexpected) }
    guard let tags, let commitments, shareDigests.count == rows, sealedColumns.count == rows else {
      return nil
    }
    return try Deposit(
      header: row.header, tags: tags, commitments: commitments, shareDigests: shareDigests,
      sealedColumns: sealedColumns)
  }

  private func column(_ column: StoredColumn, _ row: DepositRow) throws -> [UInt8]? {
    try log.noting(session: session, sequence: sequence) {
      let bytes = try row.columnIfPresent(column)
      if bytes == nil { found(.columnMissing(column)) }
      return bytes
    } ?? nil
  }

  private func verifyRecords(_ row: DepositRow, deposit: Deposit?) throws {
    guard let locators = try column(.locators, row) else { return }
    guard locators.count == RecordLocator.byteCount * count else {
      found(.column(.locators))
      return
    }
    if let deposit,
      let position = try ListedDeposit(deposit: deposit, locators: locators).firstWrongTag()
    {
      found(.tag(position: position))
    }
    for position in try IndexVerifier.missing(locators: locators, deposit: id, count: count, in: db) {
      found(.recordNotIndexed(position: position))
    }
  }
}
