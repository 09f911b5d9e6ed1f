public import LibCrypto
public import SecretSharing

/// That a warrant exists, sealed: a commitment to its digest, and what the public may know of it.
public struct WarrantEntry: Hashable, Sendable {
  /// `SealOpening.commitment` to the warrant's digest.
  public let commitment: Digest
  /// The warrant's roster.
  public let roster: Digest
  /// The judges who had signed it when it was logged, in the byte order of their ids.
  public let judges: [HolderID]
  /// Who receives the shares.
  public let recipient: HolderID
  /// When it was logged, as the log says; witnesses say it better.
  public let logged: Timestamp
  /// First second in force.
  public let notBefore: Timestamp
  /// Last second in force.
  public let notAfter: Timestamp
  /// The most (conversation, epoch) pairs that may be released.
  public let maximumKeys: UInt64
  /// How fast holders must answer.
  public let priority: WarrantPriority
  /// The jurisdiction, if the warrant names it.
  public let jurisdiction: String?
  /// When the persons concerned must be notified, if the warrant says so.
  public let notifyBy: Timestamp?
  /// When the entry must be unsealed, if the warrant says so.
  public let unsealAfter: Timestamp?
  /// Whether it is for test deposits only.
  public let isTest: Bool

  /// The entry of `warrant`, sealed by `opening`.
  ///
  /// - Throws: as `UnverifiedWarrant.signers(roster:)`; `.warrantRefused(.otherRoster)`.
  public init(
    sealing warrant: UnverifiedWarrant, opening: SealOpening, roster: Roster, logged: Timestamp
  ) throws(EscrowError) {
    let body = warrant.body
    guard body.roster == roster.id else { throw .warrantRefused(.otherRoster(body.roster)) }
    let judges = try warrant.signers(roster: roster).filter { $0.role == .judge }
    try self.init(
      body, digest: warrant.digest, judges: Self.ordered(judges), opening: opening, logged: logged)
  }

  // What the entry of this warrant says, whoever makes it.
  private init(
    _ body: WarrantBody, digest: Digest, judges: [HolderID], opening: SealOpening, logged: Timestamp
  ) throws(EscrowError) {
    commitment = try opening.commitment(to: digest)
    roster = body.roster
    self.judges = judges
    recipient = body.recipient
    self.logged = logged
    notBefore = body.notBefore
    notAfter = body.notAfter
    maximumKeys = body.maximumKeys
    priority = body.priority
    jurisdiction = body.jurisdiction
    notifyBy = body.notifyBy
    unsealAfter = body.unsealAfter
    isTest = body.isTest
  }

  /// Whether this is the entry of `warrant` under `opening`: the commitment opens to it, every member is the warrant's,
  /// and the judges it names are among those who signed.
  func isEntry(of warrant: Warrant, opening: SealOpening) throws(EscrowError) -> Bool {
    let expected = try WarrantEntry(
      warrant.body, digest: warrant.digest, judges: judges, opening: opening, logged: logged)
    return self == expected && warrant.judges.isSuperset(of: judges)
  }

  static func ordered(_ holders: Set<HolderID>) -> [HolderID] {
    holders.sorted { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    commitment = try fields.digest("commitment")
    roster = try fields.digest("roster")
    var judges: [HolderID] = []
    for text in try fields.strings("judges", maximumCount: RosterBody.maximumHolders) {
      guard let judge = try? HolderID(parsing: text), judge.role == .judge else {
        throw fields.fault("judges", "holds something other than a judge's id")
      }
      judges.append(judge)
    }
    guard judges == Self.ordered(Set(judges)), !judges.isEmpty else {
      throw fields.fault("judges", "are none, or not in rising order")
    }
    self.judges = judges
    recipient = try fields.holder("recipient")
    logged = try fields.timestamp("logged")
    notBefore = try fields.timestamp("notBefore")
    notAfter = try fields.timestamp("notAfter")
    guard notBefore <= notAfter else { throw fields.fault("notAfter", "is before notBefore") }
    maximumKeys = try fields.integer("maximumKeys", 1...UInt64.max)
    priority = try fields.priority("priority")
    jurisdiction = try fields.optionalHumanText("jurisdiction")
    notifyBy = try fields.optionalTimestamp("notifyBy")
    unsealAfter = try fields.optionalTimestamp("unsealAfter")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "commitment": .string(commitment.hex),
      "roster": .string(roster.hex),
      "judges": .array(judges.map { .string($0.description) }),
      "recipient": .string(recipient.description),
      "logged": .string(logged.description),
      "notBefore": .string(notBefore.description),
      "notAfter": .string(notAfter.description),
      "maximumKeys": .integer(maximumKeys),
      "priority": .string(priority.rawValue),
      "test": .boolean(isTest),
    ]
    members["jurisdiction"] = jurisdiction.map { .string($0) }
    members["notifyBy"] = notifyBy.map { .string($0.description) }
    members["unsealAfter"] = unsealAfter.map { .string($0.description) }
    return members
  }
}
