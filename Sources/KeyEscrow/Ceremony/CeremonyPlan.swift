public import LibCrypto
public import SecretSharing

/// The one reviewed input of a ceremony: who will hold what, under which rules, and who is in the room.
public struct CeremonyPlan: Hashable, Sendable {
  /// One group of officers who back up a holder's keys.
  public struct BackupGroup: Hashable, Sendable {
    /// How many officers of the group must come together.
    public let threshold: Int
    /// Their names, each once.
    public let officers: [String]

    /// A group of `officers`, any `threshold` of whom suffice.
    public init(threshold: Int, officers: [String]) {
      self.threshold = threshold
      self.officers = officers
    }
  }

  /// How a holder's keys are backed up: SLIP-39 with two levels.
  public struct Backup: Hashable, Sendable {
    /// How many groups must be complete.
    public let groupThreshold: Int
    /// The groups, in order.
    public let groups: [BackupGroup]

    /// A backup by `groups`, any `groupThreshold` of which suffice.
    public init(groupThreshold: Int, groups: [BackupGroup]) {
      self.groupThreshold = groupThreshold
      self.groups = groups
    }
  }

  /// Somebody in the room.
  public struct Participant: Hashable, Sendable {
    /// The person's name, if the plan says it.
    public let person: String?
    /// The room, if there are several.
    public let room: String?

    /// A participant of this name in this room.
    public init(person: String? = nil, room: String? = nil) {
      self.person = person
      self.room = room
    }
  }

  /// A holder of the roster to be.
  public struct PlannedHolder: Hashable, Sendable {
    /// Its id in the policy.
    public let id: HolderID
    /// Who acts for it.
    public let participant: Participant
    /// How its keys are backed up; nil for not at all.
    public let backup: Backup?

    /// A holder as planned.
    public init(id: HolderID, participant: Participant = Participant(), backup: Backup? = nil) {
      self.id = id
      self.participant = participant
      self.backup = backup
    }
  }

  /// What the ceremony is called.
  public let title: String
  /// Where it takes place.
  public let location: String
  /// Whether the roster is for tests only.
  public let isTest: Bool
  /// The roster's access policy.
  public let policy: AccessPolicy
  /// The holders, in the order of the policy's leaves.
  public let holders: [PlannedHolder]
  /// The witness.
  public let witness: Participant
  /// Who deposits under the roster.
  public let depositors: DepositorKind
  /// For how many days sessions may be opened to a sealing key.
  public let sealingDays: UInt64
  /// What no warrant may exceed.
  public let limits: RosterLimits
  /// The log that the roster names; nil only for tests.
  public let log: RosterLog?
  /// Who drafts the roster and makes the drill's deposit.
  public let lead: HolderID
  /// Who receives the shares of the drill.
  public let drillRecipient: HolderID
  /// SHA-256 of the plan's file.
  public let digest: Digest

  /// A plan that says this.
  ///
  /// - Parameters:
  ///   - lead: the first holder when nil.
  ///   - drillRecipient: when nil, the last holder who is no judge.
  /// - Throws: `.rosterRefused` for a policy or limits that no roster may have; `.malformed(.ceremonyPlan)` for
  ///   holders who are not the policy's, and for backups that nobody could restore.
  public init(
    title: String, location: String, isTest: Bool, policy: AccessPolicy, holders: [PlannedHolder],
    witness: Participant, depositors: DepositorKind, sealingDays: UInt64, limits: RosterLimits,
    log: RosterLog? = nil, lead: HolderID? = nil, drillRecipient: HolderID? = nil, digest: Digest
  ) throws(EscrowError) {
    do throws(RosterRefusal) {
      try RosterRules.check(policy)
      guard policy.holders.count <= RosterBody.maximumHolders else {
        throw .tooManyHolders(policy.holders.count)
      }
      try limits.check(judges: policy.holders.count { $0.role == .judge })
    } catch { throw .rosterRefused(error) }
    var byID: [HolderID: PlannedHolder] = [:]
    for holder in holders {
      guard policy.holders.contains(holder.id) else { throw .rosterRefused(.holderNotInPolicy(holder.id)) }
      guard byID.updateValue(holder, forKey: holder.id) == nil else {
        throw Self.fault("\(holder.id) is planned twice")
      }
      try holder.backup?.check(of: holder.id)
    }
    var ordered: [PlannedHolder] = []
    for id in policy.holders {
      guard let holder = byID[id] else { throw .rosterRefused(.holderMissing(id)) }
      ordered.append(holder)
    }
    guard isTest || log != nil else {
      throw Self.fault("test is false and there is no log; a roster without a log is for tests only")
    }
    let first = policy.holders[0]
    self.lead = lead ?? first
    self.drillRecipient = drillRecipient ?? policy.holders.last { $0.role != .judge } ?? first
    for id in [self.lead, self.drillRecipient] where byID[id] == nil {
      throw .rosterRefused(.holderNotInPolicy(id))
    }
    self.title = title
    self.location = location
    self.isTest = isTest
    self.policy = policy
    self.holders = ordered
    self.witness = witness
    self.depositors = depositors
    self.sealingDays = sealingDays
    self.limits = limits
    self.log = log
    self.digest = digest
  }

  /// Everybody who acts: the holders in order, and the witness.
  public var actors: [CeremonyActor] { holders.map { .holder($0.id) } + [.witness] }

  /// The planned holder of this id.
  public func holder(_ id: HolderID) -> PlannedHolder? { holders.first { $0.id == id } }

  /// Who and where `actor` is.
  public func participant(_ actor: CeremonyActor) -> Participant {
    switch actor {
    case .holder(let id): holder(id)?.participant ?? Participant()
    case .witness: witness
    }
  }

  static func fault(_ reason: String) -> EscrowError { .malformed(.ceremonyPlan, reason: reason) }
}

extension CeremonyPlan.Backup {
  /// All officers, group by group.
  public var officers: [String] { groups.flatMap(\.officers) }

  // SLIP-39: at most 16 groups of at most 16 members, and a threshold of 1 only for a single member.
  fileprivate func check(of holder: HolderID) throws(EscrowError) {
    guard (1...16).contains(groups.count), (1...groups.count).contains(groupThreshold) else {
      throw CeremonyPlan.fault(
        "the backup of \(holder) needs \(groupThreshold) of \(groups.count) groups; up to 16 are possible")
    }
    for group in groups {
      let count = group.officers.count
      guard (1...16).contains(count), (1...count).contains(group.threshold) else {
        throw CeremonyPlan.fault(
          "the backup of \(holder) needs \(group.threshold) of \(count) officers; up to 16 are possible")
      }
      guard group.threshold > 1 || count == 1 else {
        throw CeremonyPlan.fault(
          "the backup of \(holder) has a group of \(count) any one of whom suffices; make it 2, or one officer"
        )
      }
    }
    var seen: Set<String> = []
    for officer in officers where !seen.insert(officer).inserted {
      throw CeremonyPlan.fault("the backup of \(holder) names \(officer) twice")
    }
  }
}
