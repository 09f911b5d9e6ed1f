public import LibCrypto
public import SecretSharing

/// That a holder answered a warrant: what it answered stays with whoever has the answer.
public struct AnswerEntry: Hashable, Sendable {
  /// What the answer was.
  public enum Outcome: Hashable, Sendable {
    /// Shares of so many (conversation, epoch) pairs.
    case released(keys: UInt64)
    /// None, on this ground.
    case refused(RefusalGround)
  }

  /// SHA-256 of the answer's text.
  public let answer: Digest
  /// The index of the warrant's entry; nil when a warrant was refused that was not in the log.
  public let warrantIndex: UInt64?
  /// What it was.
  public let outcome: Outcome
  /// When.
  public let answered: Timestamp
  /// Who answered, and signs the entry.
  public let holder: HolderID
  /// The warrant's roster.
  public let roster: Digest
  /// How fast the warrant asked for an answer.
  public let priority: WarrantPriority
  /// Whether warrant and deposits are for tests.
  public let isTest: Bool

  /// The entry of `release`, which answers `warrant`.
  ///
  /// - Throws: `.failedVerification(.otherWarrant)` when it answers another; `.logRefused(.proofMissing)` when it
  ///   names no entry of a log.
  public init(release: UnverifiedRelease, of warrant: WarrantBody, digest: Digest) throws(EscrowError) {
    let body = release.body
    guard body.warrant == digest else { throw .failedVerification(.otherWarrant(body.holder)) }
    guard let index = body.logIndex else { throw .logRefused(.proofMissing) }
    answer = release.digest
    warrantIndex = index
    outcome = .released(keys: body.keys)
    answered = body.answered
    holder = body.holder
    roster = body.roster
    priority = warrant.priority
    isTest = body.isTest
  }

  /// The entry of `refusal`, which answers `warrant`, whose entry has the index `warrantIndex` if it has one.
  ///
  /// - Throws: `.failedVerification(.otherWarrant)` when it answers another.
  public init(
    refusal: UnverifiedRefusal, of warrant: UnverifiedWarrant, warrantIndex: UInt64?
  ) throws(EscrowError) {
    let body = refusal.body
    guard body.warrant == warrant.digest else { throw .failedVerification(.otherWarrant(body.holder)) }
    answer = refusal.digest
    self.warrantIndex = warrantIndex
    outcome = .refused(body.ground)
    answered = body.answered
    holder = body.holder
    roster = body.roster
    priority = warrant.body.priority
    isTest = warrant.body.isTest
  }

  /// Release or refusal.
  public var kind: LogEntryKind {
    switch outcome {
    case .released: .release
    case .refused: .refusal
    }
  }

  /// How many keys it released; 0 for a refusal.
  public var keys: UInt64 {
    switch outcome {
    case .released(let keys): keys
    case .refused: 0
    }
  }

  init(_ fields: inout DocumentFields, kind: LogEntryKind) throws(EscrowError) {
    answer = try fields.digest("answer")
    if kind == .release {
      warrantIndex = try fields.entryIndex("entry")
      outcome = .released(keys: try fields.integer("keys", 1...UInt64.max))
    } else {
      warrantIndex = fields.has("entry") ? try fields.entryIndex("entry") : nil
      outcome = .refused(try fields.ground("ground"))
    }
    answered = try fields.timestamp("answered")
    holder = try fields.holder("holder")
    roster = try fields.digest("roster")
    priority = try fields.priority("priority")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "answer": .string(answer.hex),
      "answered": .string(answered.description),
      "holder": .string(holder.description),
      "roster": .string(roster.hex),
      "priority": .string(priority.rawValue),
      "test": .boolean(isTest),
    ]
    members["entry"] = warrantIndex.map { .integer($0) }
    switch outcome {
    case .released(let keys): members["keys"] = .integer(keys)
    case .refused(let ground): members["ground"] = .string(ground.rawValue)
    }
    return members
  }
}
