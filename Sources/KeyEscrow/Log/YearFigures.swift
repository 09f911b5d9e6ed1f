public import SecretSharing

/// What a log shows of one year: how often the escrow was asked, how it answered, and what is overdue.
public struct YearFigures: Hashable, Sendable {
  /// What warrants are counted by.
  public struct Group: Hashable, Sendable {
    /// The jurisdiction that the warrants name; nil for those that name none.
    public let jurisdiction: String?
    /// How fast they asked for an answer.
    public let priority: WarrantPriority

    /// The warrants of this jurisdiction and priority.
    public init(jurisdiction: String?, priority: WarrantPriority) {
      self.jurisdiction = jurisdiction
      self.priority = priority
    }
  }

  /// What answers are counted by.
  public struct Answers: Hashable, Sendable {
    /// Answers with shares.
    public internal(set) var releases: UInt64 = 0
    /// The (conversation, epoch) pairs in them, each holder's own count.
    public internal(set) var keys: UInt64 = 0
    /// Answers without, by their ground.
    public internal(set) var refusals: [RefusalGround: UInt64] = [:]
    /// Answers after the time that the priority allows.
    public internal(set) var late: UInt64 = 0
    /// How long each answer took, in seconds, in rising order.
    public internal(set) var seconds: [Int64] = []

    /// Answers of either kind.
    public var count: UInt64 { releases + refusals.values.reduce(0, +) }
    /// The longest, in seconds; nil when there is none.
    public var worstSeconds: Int64? { seconds.last }
    /// The one in the middle, in seconds, the lower of two; nil when there is none.
    public var medianSeconds: Int64? { seconds.isEmpty ? nil : seconds[(seconds.count - 1) / 2] }
  }

  /// The figures of one group.
  public struct Row: Hashable, Sendable {
    /// What is counted.
    public let group: Group
    /// Warrants that were logged in the year.
    public internal(set) var warrants: UInt64 = 0
    /// The most keys that they allow, added up; at most 2^64 − 1.
    public internal(set) var maximumKeys: UInt64 = 0
    /// How many of them were revoked.
    public internal(set) var revoked: UInt64 = 0
    /// How many nobody answered in the time that the priority allows, although nobody revoked them.
    public internal(set) var unanswered: UInt64 = 0
    /// Keys that recipients say to have recovered under them.
    public internal(set) var recoveredKeys: UInt64 = 0
    /// How many are still sealed although they were to be unsealed.
    public internal(set) var overdueUnsealings: UInt64 = 0
    /// How many whose persons concerned were to be notified, and no unsealing says that they were.
    public internal(set) var overdueNotifications: UInt64 = 0
    /// The answers to them, by the role of who answered.
    public internal(set) var answers: [Role: Answers] = [:]
    /// Warrants by the month in which they were logged, January first.
    public internal(set) var warrantsByMonth = [UInt64](repeating: 0, count: 12)
  }

  /// The year, in UTC.
  public let year: Int
  /// Whether tests are counted, and not what is real.
  public let isTest: Bool
  /// The moment to which "overdue" refers.
  public let now: Timestamp
  /// The rows, by jurisdiction and priority.
  public internal(set) var rows: [Row] = []
  /// Refusals of warrants that were not in the log, by role and ground: those given in the year.
  public internal(set) var unloggedRefusals: [Role: [RefusalGround: UInt64]] = [:]
  /// Entries that were left out, because a signature or an opening is wrong, or they are about no warrant's entry.
  public internal(set) var entriesLeftOut: [UInt64] = []
  /// Holders that answered one warrant in two ways, with the entry of the second answer.
  public internal(set) var contradictions: [UInt64] = []
}
