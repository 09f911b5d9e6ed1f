import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// A deposit of random test keys that nobody keeps, to be recovered in a drill.
struct DrillDeposit {
  /// Several epochs, so that positions cannot be confused; few, so that the file stays small.
  private static let mostKeys: UInt64 = 4

  let submission: DepositSubmission
  let count: Int
  /// The deposit's digest.
  let digest: Digest
  /// The keys, for a drill that runs in one process; erased with this value.
  let keys: SecretBytesBox

  init(roster: Roster, limits: RosterLimits, now: Timestamp) throws {
    let most = min(
      Self.mostKeys, limits.maximumKeys ?? .max, limits.maximumKeysPerMonth ?? .max,
      limits.caps.last?.keys ?? .max)
    count = Int(most)
    let random = SystemRandom()
    let name = try random.bytes(32)
    guard let conversation = ConversationID(hex: Hexadecimal.encode(name.span)) else {
      throw Failure.internalFailure("no test conversation could be named")
    }
    let keys = try random.secret(count * KeyBatch.keyByteCount)
    var batch = try KeyBatch(capacity: count)
    for epoch in 0..<count {
      try keys.withBytes { keys throws(EscrowError) in
        try batch.append(
          conversation: conversation, epoch: UInt64(epoch),
          uniformKey: keys.extracting(epoch * KeyBatch.keyByteCount..<(epoch + 1) * KeyBatch.keyByteCount))
      }
    }
    let depositor = try Depositor.generate()
    var session = try DepositSession.open(
      roster: roster, depositor: depositor, stateKey: try random.secret(32), storage: EphemeralSessionState(),
      now: now, isTest: true, capacity: count)
    digest = try session.add(batch, now: now)
    submission = try session.submit(signedBy: depositor)
    self.keys = SecretBytesBox(keys)
  }

  // MARK: Crossing

  /// The submission as the attachments of a step.
  var attachments: [String: [UInt8]] {
    let listed = submission.deposits[0]
    return [
      "session": submission.session.bytes, "head": submission.head.bytes, "deposit": listed.deposit.bytes,
      "locators": listed.locators,
    ]
  }

  /// The submission in a step's record. The store that takes it verifies it.
  static func submission(in record: CeremonyRecord) throws -> DepositSubmission {
    let bytes = try record.attachment("deposit")
    let session = try record.attachment("session")
    let head = try record.attachment("head")
    let locators = try record.attachment("locators")
    let deposit = try Deposit(parsing: bytes)
    guard deposit.digest == record.statement.input("deposit") else {
      throw Failure.verification("it names another deposit than it holds")
    }
    return DepositSubmission(
      session: try AttachmentReader.session(session),
      deposits: [ListedDeposit(deposit: deposit, locators: locators)],
      head: try AttachmentReader.head(head))
  }
}
