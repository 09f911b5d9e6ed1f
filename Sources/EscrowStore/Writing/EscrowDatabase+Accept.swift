import GRDB
public import KeyEscrow
public import LibCrypto

extension EscrowDatabase {
  /// Stores a submission and acknowledges it.
  ///
  /// Deposits, records, head and receipt are one transaction, and the receipt is returned only when its commit is
  /// durable: no receipt leaves for something that a crash can still take. It is signed before, so that it is
  /// stored with what it acknowledges: a depositor that lost it and sends the submission again gets the same bytes.
  ///
  /// What the submission was verified against may have changed since: the chain is compared once more with the
  /// newest deposit, under the write lock.
  ///
  /// - Throws: `.failedVerification(.secondDigest)` when another deposit is stored under one of its sequence
  ///   numbers, `.failedVerification(.brokenChain)` when it does not follow the newest deposit; `.storage`.
  public func accept(
    _ submission: VerifiedSubmission, receivedAt: Timestamp, signingKey: borrowing Ed25519PrivateKey
  ) throws(EscrowError) -> StoreReceipt {
    // All work that needs no lock comes first.
    let prepared = try PreparedSubmission(submission)
    // Signed before it is known whether the submission is new: it is thrown away when it is not.
    let receipt = try StoreReceipt(
      acknowledging: submission.head, received: receivedAt, signingKey: signingKey)
    return try write { db in try SubmissionWriter(db).store(prepared, receipt: receipt) }
  }

  /// Verifies a submission against `roster` and what is stored, and accepts it.
  ///
  /// - Throws: what `UnverifiedSession.verified`, `DepositSubmission.verified` and `accept` throw.
  public func verifyAndAccept(
    _ submission: DepositSubmission, roster: Roster, receivedAt: Timestamp,
    signingKey: borrowing Ed25519PrivateKey
  ) throws(EscrowError) -> StoreReceipt {
    let session = try submission.session.verified(roster: roster)
    // A submission that was stored before is verified after what it followed then.
    let last = try read { db -> UnverifiedHead? in
      let writer = SubmissionWriter(db)
      guard let id = try writer.sessionRow(session.id) else { return nil }
      for listed in submission.deposits {
        try writer.refuseSecondDigest(of: listed.deposit, session: id)
      }
      let first = submission.deposits.first?.deposit.header.sequence ?? UInt64.max
      return try Heads(db).newest(session: id, below: first)
    }
    let verified = try submission.verified(session: session, after: last?.head)
    return try accept(verified, receivedAt: receivedAt, signingKey: signingKey)
  }

  /// The key that signs this store's receipts, once it has signed one.
  public func storeKey() throws(EscrowError) -> String? {
    try read { db in try StoreKey(db).recorded() }
  }
}
