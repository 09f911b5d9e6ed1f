import EscrowStore
import KeyEscrow
import LibCrypto
import SecretSharing

/// A scratch store that holds a drill's deposit and nothing else.
final class DrillStore {
  let roster: Roster
  let database: EscrowDatabase

  /// A store in the directory `path`, which the caller removes. It verifies the submission as any store does.
  init(in path: String, roster: Roster, submission: DepositSubmission) throws {
    self.roster = roster
    database = try EscrowDatabase.open(path: "\(path)/store", mode: .create)
    // Its receipts are seen by nobody, so its key lives no longer than it does.
    _ = try database.verifyAndAccept(
      submission, roster: roster, receivedAt: try Timestamp.now(),
      signingKey: try Ed25519PrivateKey.generate())
  }

  deinit { try? database.close() }

  /// One holder's release, as the bytes of its file. It is not kept among the holder's answers: it is a test.
  func release(
    _ warrant: UnverifiedWarrant, by holder: borrowing Holder, now: Timestamp
  ) throws -> [UInt8] {
    let inForce = try warrant.verified(by: roster, now: now)
    let spool = MemorySpool()
    let front = try Releaser.release(
      try inForce.authorization(for: holder.id), by: holder, from: database, spool: spool, now: now)
    return front + spool.bytes
  }
}
