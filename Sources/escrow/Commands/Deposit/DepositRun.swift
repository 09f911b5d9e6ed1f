import SecretSharing
import TransparencyLog
import KeyEscrow
import LibCrypto

/// One run of `deposit`: batches into deposits, deposits into submissions, each under a signed head and acknowledged
/// by the store before the next.
struct DepositRun: ~Copyable {
  private static let maximumDepositsPerSubmission = 64
  private static let maximumSubmissionByteCount = 64 << 20

  private let roster: Roster
  private let store: ReceivingStore
  private let depositor: Depositor
  private let state: FileSessionState?
  private let batchCount: Int
  private let isTest: Bool
  private var current: OpenSession?
  private var hasTriedSaved = false
  private var progress = ProgressLine("depositing")

  /// Records that the store has acknowledged.
  private(set) var records: UInt64 = 0
  private var deposits: UInt64 = 0
  private var sessions: [Digest] = []
  private var lastReceipt: StoreReceipt?

  /// A session in a place of its own, since it cannot be copied.
  private final class OpenSession {
    var session: DepositSession
    /// Records in deposits that are not yet submitted.
    var pendingRecords: UInt64 = 0

    init(_ session: consuming DepositSession) { self.session = session }

    /// Makes a deposit of `batch`; false when the session is over.
    func adds(_ batch: borrowing KeyBatch, now: Timestamp) throws(Failure) -> Bool {
      do throws(EscrowError) {
        try session.add(batch, now: now)
        pendingRecords += UInt64(batch.count)
        return true
      } catch {
        switch error {
        case .sessionRefused(.expired), .sessionRefused(.sequenceExhausted): return false
        default: throw Failure(error)
        }
      }
    }
  }

  init(
    roster: Roster, store: ReceivingStore, depositor: consuming Depositor, state: FileSessionState?,
    batch: Int, isTest: Bool
  ) {
    self.roster = roster
    self.store = store
    self.depositor = depositor
    self.state = state
    batchCount = batch
    self.isTest = isTest
  }

  /// Deposits and erases `records`. All of them are acknowledged when this returns.
  mutating func deposit(_ records: inout KeyRecords) throws(Failure) {
    guard records.count > 0 else { return }
    do {
      var batch = try KeyBatch(capacity: batchCount)
      for start in stride(from: 0, to: records.count, by: batchCount) {
        try records.load(start..<min(start + batchCount, records.count), into: &batch)
        try add(batch)
      }
    } catch { throw Failure(error) }
    try submit()
    records.removeAll()
  }

  /// Closes the store.
  func close() throws(Failure) { try store.close() }

  /// What was done.
  var report: Report {
    var report = Report()
    report.add("records", records)
    report.add("deposits", deposits)
    if let lastReceipt {
      report.add("session", lastReceipt.session.hex)
      report.add("sequence", lastReceipt.sequence)
      report.add("head", lastReceipt.deposit.hex)
      report.add("received", lastReceipt.received)
    }
    if sessions.count > 1 { report.add("earlierSessions", sessions.dropLast().map(\.hex)) }
    report.add("store", store.verifierKey.vkey)
    return report
  }

  private mutating func add(_ batch: borrowing KeyBatch) throws(Failure) {
    let now = try Timestamp.now()
    if try openSession(now: now).adds(batch, now: now) == false {
      // What was made in the session is handed in, and the rest goes into another.
      try submit()
      current = nil
      guard try openSession(now: now).adds(batch, now: now) else {
        throw .internalFailure("a new session is over at once; check the system's clock")
      }
    }
    if try openSession(now: now).session.pendingCount >= depositsPerSubmission { try submit() }
  }

  // As many deposits as fit into memory side by side.
  private var depositsPerSubmission: Int {
    // Per key: tag, commitment and locator, and per row a share digest and a sealed share.
    let byteCount = batchCount * (16 + 32 + RecordLocator.byteCount + roster.matrix.rows * (16 + 32))
    return max(1, min(Self.maximumDepositsPerSubmission, Self.maximumSubmissionByteCount / byteCount))
  }

  private mutating func submit() throws(Failure) {
    guard let current, current.session.pendingCount > 0 else { return }
    let submission: DepositSubmission
    do { submission = try current.session.submit(signedBy: depositor) } catch { throw Failure(error) }
    lastReceipt = try store.accept(submission, roster: roster)
    deposits += UInt64(submission.deposits.count)
    records += current.pendingRecords
    current.pendingRecords = 0
    if sessions.last != submission.session.id { sessions.append(submission.session.id) }
    progress.show(records)
  }

  private mutating func openSession(now: Timestamp) throws(Failure) -> OpenSession {
    if let current { return current }
    if let saved = try savedSession(now: now) {
      current = saved
      return saved
    }
    let opened = try newSession(now: now)
    current = opened
    return opened
  }

  private func newSession(now: Timestamp) throws(Failure) -> OpenSession {
    do {
      return OpenSession(
        try DepositSession.open(
          roster: roster, depositor: depositor, stateKey: try depositor.stateKey(), storage: storage,
          now: now, isTest: isTest, capacity: batchCount))
    } catch { throw Failure(error) }
  }

  // The session that was saved, if it can go on: once per run.
  private mutating func savedSession(now: Timestamp) throws(Failure) -> OpenSession? {
    guard !hasTriedSaved else { return nil }
    hasTriedSaved = true
    guard let state, let saved = try state.load() else { return nil }
    do throws(EscrowError) {
      return try resume(saved, state: state, now: now)
    } catch {
      switch error {
      // A session that cannot go on is no harm: what it deposited stays, and another takes its place.
      case .sessionRefused, .malformed, .failedVerification, .crypto(.authenticationFailed):
        Terminal.note("\(error.sentence); a new session is opened")
        return nil
      default: throw Failure(error, at: state.path)
      }
    }
  }

  private func resume(
    _ saved: [UInt8], state: FileSessionState, now: Timestamp
  ) throws(EscrowError) -> OpenSession? {
    let session = try DepositSession.session(ofSaved: saved)
    // A session is for tests or it is not, from its beginning.
    guard session.header.isTest == (isTest || roster.body.isTest) else { return nil }
    return OpenSession(
      try DepositSession.resume(
        saved, roster: roster, depositor: depositor, stateKey: try depositor.stateKey(), storage: storage,
        stored: try store.head(of: session.id), now: now, capacity: batchCount))
  }

  private var storage: any SessionStateStorage { state ?? EphemeralSessionState() }
}
