public import LibCrypto

/// What an entry of the log says: digests and public metadata, never anything of a case.
public enum LogEntryBody: Hashable, Sendable {
  case roster(RosterEntry)
  case deposits(DepositsEntry)
  case warrant(WarrantEntry)
  case answer(AnswerEntry)
  case revocation(RevocationEntry)
  case recovery(RecoveryEntry)
  case unsealing(UnsealingEntry)

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.logEntry.fields(of: text)
    let kindText = try fields.string("kind")
    guard let kind = LogEntryKind(rawValue: kindText) else { throw fields.fault("kind", "is not known") }
    switch kind {
    case .roster: self = .roster(try RosterEntry(&fields))
    case .deposits: self = .deposits(try DepositsEntry(&fields))
    case .warrant: self = .warrant(try WarrantEntry(&fields))
    case .release, .refusal: self = .answer(try AnswerEntry(&fields, kind: kind))
    case .revocation: self = .revocation(try RevocationEntry(&fields))
    case .recovery: self = .recovery(try RecoveryEntry(&fields))
    case .unsealing: self = .unsealing(try UnsealingEntry(&fields))
    }
    try fields.finish()
  }

  var text: String {
    var members =
      switch self {
      case .roster(let entry): entry.members
      case .deposits(let entry): entry.members
      case .warrant(let entry): entry.members
      case .answer(let entry): entry.members
      case .revocation(let entry): entry.members
      case .recovery(let entry): entry.members
      case .unsealing(let entry): entry.members
      }
    members["kind"] = .string(kind.rawValue)
    return DocumentType.logEntry.text(members)
  }

  /// What it is about.
  public var kind: LogEntryKind {
    switch self {
    case .roster: .roster
    case .deposits: .deposits
    case .warrant: .warrant
    case .answer(let entry): entry.kind
    case .revocation: .revocation
    case .recovery: .recovery
    case .unsealing: .unsealing
    }
  }

  /// The roster it belongs to.
  public var roster: Digest {
    switch self {
    case .roster(let entry): entry.roster
    case .deposits(let entry): entry.roster
    case .warrant(let entry): entry.roster
    case .answer(let entry): entry.roster
    case .revocation(let entry): entry.roster
    case .recovery(let entry): entry.roster
    case .unsealing(let entry): entry.roster
    }
  }

  /// When what it tells happened, as whoever made the entry says.
  public var time: Timestamp {
    switch self {
    case .roster(let entry): entry.issued
    case .deposits(let entry): entry.counted
    case .warrant(let entry): entry.logged
    case .answer(let entry): entry.answered
    case .revocation(let entry): entry.revoked
    case .recovery(let entry): entry.recovered
    case .unsealing(let entry): entry.unsealed
    }
  }

  /// Whether it is about a test.
  public var isTest: Bool {
    switch self {
    case .roster(let entry): entry.isTest
    case .deposits(let entry): entry.isTest
    case .warrant(let entry): entry.isTest
    case .answer(let entry): entry.isTest
    case .revocation(let entry): entry.isTest
    case .recovery(let entry): entry.isTest
    case .unsealing(let entry): entry.isTest
    }
  }

  /// The index of the warrant's entry that it is about, if it is about one.
  public var warrantIndex: UInt64? {
    switch self {
    case .roster, .deposits, .warrant: nil
    case .answer(let entry): entry.warrantIndex
    case .revocation(let entry): entry.warrantIndex
    case .recovery(let entry): entry.warrantIndex
    case .unsealing(let entry): entry.warrantIndex
    }
  }
}
