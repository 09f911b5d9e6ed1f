import EscrowStore
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TransparencyLog

/// The parties of the demonstration, their roster and their store.
///
/// One process plays them all, but each acts only with its own keys and with what the others published.
final class DemoEscrow {
  static let policyText = "and(judge, or(provider, agency))"
  private static let sealingKeySeconds: Int64 = 365 * 86_400
  private static let warrantSeconds: Int64 = 7 * 86_400

  let directory: DemoDirectory
  /// The clock of the whole run.
  let now: Timestamp
  let judge: Holder
  let provider: Holder
  let agency: Holder
  let depositor: Depositor
  let storeKey: Ed25519PrivateKey
  /// The one-time key of the warrant, which the agency makes and keeps.
  let recipientKey: X25519PrivateKey
  let roster: Roster
  let store: EscrowDatabase
  let log: DemoLog
  /// What each holder remembers of the log, and which answers it gave.
  private var memories: [HolderID: HolderMemory] = [:]
  private var answers: [HolderID: Set<Digest>] = [:]

  init(in directory: DemoDirectory, now: Timestamp) throws {
    self.directory = directory
    self.now = now
    let notAfter = now.adding(seconds: Self.sealingKeySeconds)
    judge = try Self.holder(.judge, notAfter: notAfter, in: directory)
    provider = try Self.holder(.provider, notAfter: notAfter, in: directory)
    agency = try Self.holder(.agency, notAfter: notAfter, in: directory)
    depositor = try Depositor.generate()
    storeKey = try Ed25519PrivateKey.generate()
    recipientKey = try X25519PrivateKey.generate()

    log = try DemoLog(in: directory)
    let policy = try AccessPolicy(parsing: Self.policyText)
    var draft = try UnverifiedRoster(
      try RosterBody(
        policy: policy, holders: [judge.record, provider.record, agency.record], depositors: .client,
        log: log.rosterLog, issued: now))
    try draft.sign(with: judge)
    try draft.sign(with: provider)
    try draft.sign(with: agency)
    roster = try draft.verified()
    try directory.write(draft.bytes, to: "roster")
    try KeyFile.create(directory.path(of: "recipient-key.pem"), recipientKey, under: nil).commit()
    store = try EscrowDatabase.open(path: directory.path(of: "store"), mode: .create)
  }

  private static func holder(
    _ role: Role, notAfter: Timestamp, in directory: DemoDirectory
  ) throws -> Holder {
    let sealingKey = try X25519PrivateKey.generate()
    let signingKey = try Ed25519PrivateKey.generate()
    // The files that `escrow holder new` makes, so that a kept folder can be used with the other commands.
    let files = HolderDirectory(directory.path(of: role.rawValue))
    try Directory.create(files.path)
    let holder: Holder
    try KeyFile.create(files.sealingPath, sealingKey, under: nil).commit()
    try KeyFile.create(files.signingPath, signingKey, under: nil).commit()
    holder = try Holder(
      id: HolderID(parsing: role.rawValue), sealingKey: sealingKey, sealingKeyNotAfter: notAfter,
      signingKey: signingKey)
    try OutputFile.write(Array(holder.record.text.utf8), to: files.recordPath)
    return holder
  }

  // MARK: Deposits

  /// Opens a session with the holders. Its state need not outlive the process, since the session does not.
  func openSession(capacity: Int) throws -> DepositSession {
    try DepositSession.open(
      roster: roster, depositor: depositor, stateKey: try SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: now, capacity: capacity)
  }

  /// Hands a submission to the store, which verifies it and acknowledges it once it is on disk.
  func accept(_ submission: DepositSubmission) throws(EscrowError) -> StoreReceipt {
    try store.verifyAndAccept(submission, roster: roster, receivedAt: now, signingKey: storeKey)
  }

  /// One holder's intake check of everything the store holds.
  func checkIntake(
    of holder: borrowing Holder, progress: (UInt64) -> Void = { _ in }
  ) throws(EscrowError) -> IntakeReceipt {
    var check = try IntakeCheck(roster: roster, holder: holder.id)
    let record = holder.id
    let roster = roster
    let store = store
    var sessions: [Digest: UnverifiedSession] = [:]
    try store.forEachDeposit(row: { roster.generation(withID: $0)?.holders.firstIndex { $0.id == record } }) {
      view throws(EscrowError) in
      let id = view.header.session
      if sessions[id] == nil { sessions[id] = try store.session(id) }
      guard let session = sessions[id] else { throw .storage(reason: "session \(id) is missing") }
      try check.check(view, session: session, by: holder)
      progress(check.records)
    }
    return try check.receipt(signedBy: holder, now: now)
  }

  // MARK: Warrants

  /// A warrant that the agency drafts and signs first, being its recipient.
  func draft(_ scope: WarrantScope, maximumKeys: UInt64) throws(EscrowError) -> UnverifiedWarrant {
    let body = WarrantBody(
      roster: roster.id, caseReference: "2027/0042", legalBasis: "Code of criminal procedure, article 100",
      issued: now, notBefore: now, notAfter: now.adding(seconds: Self.warrantSeconds), recipient: agency.id,
      recipientKey: recipientKey.publicKey, scope: scope, maximumKeys: maximumKeys)
    return try UnverifiedWarrant(drafting: body, recipient: agency)
  }

  /// A warrant that the judge signed as well.
  func warrant(_ scope: WarrantScope, maximumKeys: UInt64) throws(EscrowError) -> UnverifiedWarrant {
    var warrant = try draft(scope, maximumKeys: maximumKeys)
    try warrant.sign(with: judge, roster: roster)
    return warrant
  }

  // MARK: Answers

  /// Lets a holder answer, once it has seen in the log that the warrant is public: in `source`, if another directory is
  /// shown to it than the log's own.
  func authorization(
    _ warrant: UnverifiedWarrant, for holder: HolderRecord, in source: LogDirectory? = nil
  ) throws(EscrowError) -> ReleaseAuthorization {
    let clock: Timestamp
    do { clock = try Timestamp.now() } catch { throw .file(reason: error.sentence ?? "the clock") }
    let verified = try warrant.verified(by: roster, now: clock)
    guard let proof = log.proof(of: warrant) else { return try verified.authorization(for: holder.id) }
    var memory = memories[holder.id] ?? HolderMemory(of: log.identity)
    defer { memories[holder.id] = memory }
    let shown = try PublicProof.verify(
      proof, of: verified, in: source ?? log.source, by: holder, memory: &memory,
      answers: answers[holder.id] ?? [], now: clock)
    return try verified.authorization(for: holder.id, proof: shown)
  }

  /// A judge's revocation of a warrant that was logged: the index of its entry.
  func revoke(_ warrant: UnverifiedWarrant, by judge: borrowing Holder) throws -> UInt64 {
    guard let proof = log.proof(of: warrant) else { throw EscrowError.logRefused(.proofMissing) }
    let revocation = RevocationEntry(
      revoking: warrant, warrantIndex: proof.proof.index, by: judge.id, revoked: try Timestamp.now())
    return try log.append(try UnverifiedLogEntry(.revocation(revocation), signedBy: judge))
  }

  /// One holder's release, as the file `name`, whose entry goes into the log.
  func release(
    _ warrant: UnverifiedWarrant, by holder: borrowing Holder, from source: some HolderDepositSource,
    to name: String, progress: (UInt64) -> Void = { _ in }
  ) throws -> FileBytes {
    let authorization = try authorization(warrant, for: holder.record)
    let path = directory.path(of: name)
    let spool = try UnlinkedSpool(beside: path)
    let front = try Releaser.release(
      authorization, by: holder, from: source, spool: spool, now: now, progress: progress)
    try spool.write(front: front, to: path)
    let file = try FileBytes(path: path)
    let release = try UnverifiedRelease(file)
    answers[holder.id, default: []].insert(release.digest)
    let entry = try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)
    try log.append(try UnverifiedLogEntry(.answer(entry), signedBy: holder))
    return file
  }

  // MARK: Recovery

  /// Recovers from release files with `key`, and hands out the keys deposit by deposit.
  func recover(
    _ warrant: UnverifiedWarrant, from files: [any ByteSource], with key: borrowing X25519PrivateKey,
    jobs: Int = 1,
    emit: (_ locators: [UInt8], _ keys: Span<UInt8>) throws(EscrowError) -> Void
  ) throws(EscrowError) -> RecoveryReport {
    let verified = try warrant.verifiedForRecovery(by: roster, proof: log.proof(of: warrant))
    var releases: [Release] = []
    for file in files { releases.append(try UnverifiedRelease(file).verified(for: verified)) }
    return try Recovery.recover(
      warrant: verified, releases: releases, recipientKey: key, source: store, jobs: jobs, emit: emit)
  }
}
