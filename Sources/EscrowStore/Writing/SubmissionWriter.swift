import Foundation
import GRDB
import KeyEscrow
import LibCrypto
import TransparencyLog

/// Writes a submission inside the caller's transaction.
struct SubmissionWriter {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Stores what is not there yet of `prepared`, and answers with `receipt`, or with the stored one when everything
  /// is there already.
  func store(_ prepared: PreparedSubmission, receipt: StoreReceipt) throws -> StoreReceipt {
    let submission = prepared.submission
    try StoreKey(db).require(receipt.store.vkey)
    let session = try sessionRow(submission.session.id) ?? insert(submission.session)
    let newest = try Heads(db).newest(session: session)?.head
    let next = newest.map { $0.sequence + 1 } ?? 0
    let known = submission.deposits.prefix { $0.deposit.header.sequence < next }
    for listed in known {
      guard try refuseSecondDigest(of: listed.deposit, session: session) else {
        // A number that the chain skipped.
        throw EscrowError.failedVerification(.brokenChain(sequence: listed.deposit.header.sequence))
      }
    }
    guard let first = submission.deposits.dropFirst(known.count).first?.deposit.header else {
      return try Heads(db).receipt(session: session, covering: submission.head.head.sequence)
    }
    guard first.previous == newest?.deposit ?? submission.session.id else {
      throw EscrowError.failedVerification(.brokenChain(sequence: first.sequence))
    }
    var rows: [Int64] = []
    for (index, listed) in submission.deposits.enumerated() {
      // Row 0 stands for a deposit that is stored already.
      let row =
        index < known.count
        ? 0 : try insert(listed, digests: prepared.digests[index], session: session)
      rows.append(row)
    }
    try insert(prepared.entries, of: submission.deposits, rows: rows)
    try Heads(db).insert(submission.head, receipt: receipt, session: session)
    return receipt
  }

  /// The row of the session with `digest`.
  func sessionRow(_ digest: Digest) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT id FROM sessions WHERE digest = ?"), arguments: [Data(digest.bytes)])
  }

  /// Whether `deposit` is stored.
  ///
  /// - Throws: `.failedVerification(.secondDigest)` when another is stored under its number.
  @discardableResult
  func refuseSecondDigest(of deposit: Deposit, session: Int64) throws -> Bool {
    let sequence = deposit.header.sequence
    let stored = try Data.fetchOne(
      db.cachedStatement(sql: "SELECT digest FROM deposits WHERE session = ? AND sequence = ?"),
      arguments: [session, Int64(sequence)])
    guard let stored else { return false }
    guard Array(stored) == deposit.digest.bytes else {
      throw EscrowError.failedVerification(.secondDigest(sequence: sequence))
    }
    return true
  }

  private func insert(_ session: Session) throws -> Int64 {
    try db.cachedStatement(sql: "INSERT INTO sessions (digest, roster, note) VALUES (?, ?, ?)")
      .execute(arguments: [
        Data(session.id.bytes), Data(session.header.roster.bytes), Data(session.bytes),
      ])
    return db.lastInsertedRowID
  }

  private func insert(_ listed: ListedDeposit, digests: StoredDigests, session: Int64) throws -> Int64 {
    let deposit = listed.deposit
    let header = deposit.header
    try db.cachedStatement(
      sql: """
        INSERT INTO deposits (session, sequence, time, count, digest, header) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      session, Int64(header.sequence), header.time.secondsSince1970, header.count, Data(deposit.digest.bytes),
      Data(header.bytes),
    ])
    let row = db.lastInsertedRowID
    try insert(.digests, digests.bytes, deposit: row)
    try insert(.locators, listed.locators, deposit: row)
    try insert(.tags, deposit.publicPart.tags, deposit: row)
    try insert(.commitments, deposit.publicPart.commitments, deposit: row)
    for holder in 0..<header.rows {
      try insert(.shareDigests(row: holder), deposit.publicPart.shareDigests[holder], deposit: row)
      try insert(.sealed(row: holder), deposit.sealedColumns[holder], deposit: row)
    }
    return row
  }

  private func insert(_ column: StoredColumn, _ bytes: [UInt8], deposit: Int64) throws {
    let statement = try db.cachedStatement(
      sql: "INSERT INTO columns (deposit, kind, holder, bytes) VALUES (?, ?, ?, ?)")
    statement.setUncheckedArguments([deposit, column.kind, column.holder, Data(bytes)])
    try statement.execute()
  }

  /// Files each entry under the row of its deposit; row 0 stands for a deposit whose records are there already.
  private func insert(
    _ entries: [PreparedSubmission.Entry], of deposits: [ListedDeposit], rows: [Int64]
  ) throws {
    let insertion = try RecordInsertion(db)
    for entry in entries {
      let row = rows[Int(entry.deposit)]
      guard row != 0 else { continue }
      let start = Int(entry.position) * RecordLocator.byteCount
      let locators = deposits[Int(entry.deposit)].locators
      try insertion.insert(
        locators.span.extracting(start..<start + RecordLocator.byteCount), deposit: row,
        position: entry.position)
    }
  }
}
