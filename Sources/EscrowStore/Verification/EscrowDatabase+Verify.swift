import GRDB
public import KeyEscrow

extension EscrowDatabase {
  /// Verifies everything in the store that can be verified without a private key: the file, each session's
  /// signature, each deposit's columns against its digest, tags against the list of records, the list against the
  /// index in both directions, the chain of digests, the signed heads, and the receipts.
  ///
  /// What is wrong is not an error but a finding. One deposit at a time is in memory; the store stays usable.
  ///
  /// - Parameters:
  ///   - roster: sessions must be with its holders or those of an ancestor; nil only compares the store with itself.
  ///   - progress: is told after each deposit how many of how many are done.
  /// - Throws: `.storage` when the file cannot be read at all.
  public func verify(
    roster: Roster? = nil, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
  ) throws(EscrowError) -> StoreVerification {
    try read { db in
      let log = FindingLog()
      try FileVerifier(db: db, log: log).verify()
      let total = try log.noting { try UInt64.fetchOne(db, sql: "SELECT COUNT(*) FROM deposits") } ?? 0
      let storeKey = try log.noting { try StoreKey(db).recorded() } ?? nil
      try log.noting {
        let sessions = try Int64.fetchCursor(db, sql: "SELECT id FROM sessions ORDER BY id")
        while let session = try sessions.next() {
          try SessionVerifier(db: db, log: log, row: session, roster: roster, storeKey: storeKey).verify {
            progress(log.verification.deposits, total ?? 0)
          }
        }
      }
      try IndexVerifier(db: db, log: log).verify()
      return log.verification
    }
  }
}
