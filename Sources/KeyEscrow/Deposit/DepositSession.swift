public import LibCrypto
public import SecretMemory
package import SecretSharing
import TransparencyLog

/// A depositor's end of a session: one encapsulation per holder when it opens, symmetric from then on.
///
/// `add` makes deposits and keeps them here; `submit` saves the state durably and only then hands them out, signed.
/// A session has one writer.
public struct DepositSession: ~Copyable {
  /// The session's header, signed.
  public let session: UnverifiedSession
  private let header: SessionHeader
  private let storage: any SessionStateStorage
  private let stateKey: SecretBytes
  private var chain: ChainKeys
  private var dealer: Dealer
  private var pending: [ListedDeposit] = []
  // Digest of the last deposit made, and of the last one of the submission before; the session id before the first.
  private var previous: Digest
  private var submitted: Digest
  private var isClosed = false

  /// Opens a session with the holders of `roster`.
  ///
  /// - Parameters:
  ///   - capacity: the most keys per deposit.
  ///   - stateKey: 32 bytes of the caller's that seal the saved state.
  ///   - lifetime: in seconds, at most 30 days.
  /// - Throws: `.sessionRefused(.sealingKeyExpired)` when a holder's key has expired.
  public static func open(
    roster: Roster, depositor: borrowing Depositor, stateKey: consuming SecretBytes,
    storage: any SessionStateStorage, now: Timestamp, lifetime: Int64 = SessionHeader.maximumSeconds,
    isTest: Bool = false, capacity: Int = 1024
  ) throws(EscrowError) -> DepositSession {
    try open(
      roster: roster, depositor: depositor, stateKey: stateKey, storage: storage, now: now,
      lifetime: lifetime,
      isTest: isTest, capacity: capacity
    ) { (_) throws(CryptoError) in try X25519PrivateKey.generate() }
  }

  /// `open` with given ephemeral keys, for the vectors of `Spec/vectors`: one key must never serve twice.
  package static func open(
    roster: Roster, depositor: borrowing Depositor, stateKey: consuming SecretBytes,
    storage: any SessionStateStorage, now: Timestamp, lifetime: Int64, isTest: Bool, capacity: Int,
    ephemeral: (HolderID) throws(CryptoError) -> X25519PrivateKey
  ) throws(EscrowError) -> DepositSession {
    let suite = CipherSuite.x25519
    let label = KeySchedule.confirmLabel
    for holder in roster.holders where holder.sealingKeyNotAfter < now {
      throw .sessionRefused(.sealingKeyExpired(holder.id))
    }
    let notAfter = now.adding(seconds: min(max(lifetime, 0), SessionHeader.maximumSeconds))
    var recipients: [SessionHeader.Recipient] = []
    var exporterSecrets = try EscrowError.wrapping { () throws(CryptoError) in
      try SecretBytes.allocated(roster.holders.count * KeySchedule.keyByteCount)
    }
    do throws(CryptoError) {
      for (index, holder) in roster.holders.enumerated() {
        let info = KeySchedule.sessionInfo(
          suite: suite, roster: roster.id, depositor: depositor.verifierKey, holder: holder.id)
        let sender = try HPKESender.setup(
          suite.hpke, to: holder.sealingKey, info: info.span, ephemeral: try ephemeral(holder.id))
        let confirmation = try sender.export(context: label.span, byteCount: Digest.byteCount)
        guard let confirmationDigest = confirmation.withBytes({ Digest(bytes: $0) }) else {
          throw .invalidLength(expected: Digest.byteCount, actual: confirmation.count)
        }
        recipients.append(
          SessionHeader.Recipient(
            holder: holder.id, encapsulation: sender.encapsulation, confirmation: confirmationDigest))
        sender.withExporterSecret { secret in
          exporterSecrets.withMutableBytes { target in
            for byte in secret.indices { target[index * KeySchedule.keyByteCount + byte] = secret[byte] }
          }
        }
      }
    } catch { throw .crypto(error) }
    let header = SessionHeader(
      roster: roster.id, suite: suite, depositor: depositor.verifierKey, recipients: recipients, created: now,
      notAfter: notAfter, isTest: isTest || roster.body.isTest)
    var signed = try SignedText(.session, text: header.text)
    try signed.sign(with: depositor.signingKey, name: Depositor.keyName)
    let session = try UnverifiedSession(parsing: signed.bytes.span)
    do throws(CryptoError) {
      // The first chain keys hang on the session id, which is known only now.
      var keys = try SecretBytes.allocated(exporterSecrets.count)
      let context = KeySchedule.chainContext(session: session.id)
      for index in roster.holders.indices {
        let range = index * KeySchedule.keyByteCount..<(index + 1) * KeySchedule.keyByteCount
        let exporter = try exporterSecrets.withBytes { secrets throws(CryptoError) in
          try HPKEExporter(suite.hpke, exporterSecret: secrets.extracting(range))
        }
        let first = try exporter.export(context: context.span, byteCount: KeySchedule.keyByteCount)
        keys.withMutableBytes { target in
          first.withBytes { first in
            for byte in first.indices { target[range.lowerBound + byte] = first[byte] }
          }
        }
      }
      return DepositSession(
        session: session, storage: storage, stateKey: stateKey,
        chain: try ChainKeys(keys: keys, sequence: 0),
        dealer: try Dealer(matrix: roster.matrix, capacity: capacity), previous: session.id,
        submitted: session.id)
    } catch { throw .crypto(error) }
  }

  /// The session that `saved` belongs to, whose newest head `resume` wants from the store.
  ///
  /// - Throws: `.malformed(.sessionState)`.
  public static func session(ofSaved saved: [UInt8]) throws(EscrowError) -> UnverifiedSession {
    var reader = BinaryReader(saved)
    return try SessionState.session(&reader)
  }

  /// Goes on with a saved session.
  ///
  /// - Parameters:
  ///   - saved: what `storage` was given last.
  ///   - stored: the newest head that the store holds of this session. If it is the last deposit made, or the last
  ///     of the submission before, the session goes on after it, and the numbers between are burned.
  /// - Throws: `.sessionRefused(.forked)` when the store's head is neither: state or store went back in time;
  ///   `.otherSession` for another roster or depositor; `.expired` once its days are over.
  public static func resume(
    _ saved: [UInt8], roster: Roster, depositor: borrowing Depositor, stateKey: consuming SecretBytes,
    storage: any SessionStateStorage, stored: UnverifiedHead?, now: Timestamp, capacity: Int = 1024
  ) throws(EscrowError) -> DepositSession {
    let state = try SessionState.open(saved, under: stateKey)
    guard state.sequence <= ChainKeys.maximumDeposits else {
      throw .malformed(.sessionState, reason: "its sequence number is above \(ChainKeys.maximumDeposits)")
    }
    let header = state.session.header
    guard header.roster == roster.id, header.depositor == depositor.verifierKey else {
      throw .sessionRefused(.otherSession)
    }
    guard now <= header.notAfter else { throw .sessionRefused(.expired(notAfter: header.notAfter)) }
    let verified = try state.session.verified(exactly: roster)
    let storedDigest = try stored?.verified(for: verified).head.deposit ?? verified.id
    guard storedDigest == state.previous || storedDigest == state.submitted else {
      throw .sessionRefused(.forked)
    }
    let session = state.session
    let sequence = state.sequence
    do throws(CryptoError) {
      let keys = try state.chainKeys.withBytes { bytes throws(CryptoError) in try SecretBytes.duplicate(bytes)
      }
      return DepositSession(
        session: session, storage: storage, stateKey: stateKey,
        chain: try ChainKeys(keys: keys, sequence: sequence),
        dealer: try Dealer(matrix: roster.matrix, capacity: capacity), previous: storedDigest,
        submitted: storedDigest)
    } catch { throw .crypto(error) }
  }

  private init(
    session: UnverifiedSession, storage: any SessionStateStorage, stateKey: consuming SecretBytes,
    chain: consuming ChainKeys, dealer: consuming Dealer, previous: Digest, submitted: Digest
  ) {
    self.session = session
    header = session.header
    self.storage = storage
    self.stateKey = stateKey
    self.chain = chain
    self.dealer = dealer
    self.previous = previous
    self.submitted = submitted
  }

  /// The next deposit's sequence number.
  public var sequence: UInt64 { chain.sequence }

  /// How many deposits wait for `submit`.
  public var pendingCount: Int { pending.count }

  /// Splits and seals the keys of `batch` as the session's next deposit, and steps the chain.
  ///
  /// The deposit stays here until `submit`. Its keys are gone from the session when this returns.
  ///
  /// - Throws: `.sessionRefused` for an empty batch, an expired session, used-up sequence numbers, or 1,024 pending
  ///   deposits.
  @discardableResult
  public mutating func add(_ batch: borrowing KeyBatch, now: Timestamp) throws(EscrowError) -> Digest {
    guard !isClosed else { throw .sessionRefused(.closed) }
    guard chain.sequence < ChainKeys.maximumDeposits else { throw .sessionRefused(.sequenceExhausted) }
    guard now >= header.created, now <= header.notAfter else {
      throw .sessionRefused(.expired(notAfter: header.notAfter))
    }
    guard batch.count > 0, pending.count < DepositSubmission.maximumDeposits else {
      throw .sessionRefused(.batchSize(batch.count))
    }
    let depositHeader = DepositHeader(
      suite: header.suite, isTest: header.isTest, rows: header.recipients.count, count: batch.count,
      sequence: chain.sequence, time: now, session: session.id, previous: previous)
    let deposit = try dealer.deal(batch, header: depositHeader, chain: &chain)
    do { try chain.step() } catch {
      // The number is used but the chain did not move: nothing may be made with it again.
      isClosed = true
      throw .crypto(error)
    }
    previous = deposit.digest
    pending.append(ListedDeposit(deposit: deposit, locators: batch.locators))
    return deposit.digest
  }

  /// Saves the state, and then hands out the pending deposits under a signed head.
  ///
  /// - Throws: `.sessionRefused(.batchSize(0))` when nothing is pending; what the storage throws, and the session is
  ///   then closed: whether the state was saved is unknown, so its numbers may not be used again.
  public mutating func submit(signedBy depositor: borrowing Depositor) throws(EscrowError)
    -> DepositSubmission
  {
    guard !isClosed else { throw .sessionRefused(.closed) }
    guard let last = pending.last else { throw .sessionRefused(.batchSize(0)) }
    guard depositor.verifierKey == header.depositor else { throw .sessionRefused(.otherSession) }
    let head = try UnverifiedHead(
      Head(session: session.id, sequence: last.deposit.header.sequence, deposit: last.deposit.digest),
      signedBy: depositor)
    try save()
    let submission = DepositSubmission(session: session, deposits: pending, head: head)
    submitted = previous
    pending.removeAll(keepingCapacity: true)
    return submission
  }

  private mutating func save() throws(EscrowError) {
    do {
      try storage.save(
        try SessionState.seal(
          session: session.bytes, chain: chain, previous: previous, submitted: submitted, under: stateKey))
    } catch {
      isClosed = true
      throw error
    }
  }
}
