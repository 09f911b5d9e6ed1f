public import LibCrypto
public import SecretSharing

/// A warrant whose signatures and limits hold: enough to read the answers given to it, whenever they were given, not to
/// answer it. Only the verifiers of `UnverifiedWarrant` make one.
public struct Warrant: Sendable {
  /// What it says.
  public let body: WarrantBody
  /// SHA-256 of its text.
  public let digest: Digest
  /// The roster it was verified under.
  public let roster: Roster
  /// The judges of that roster who validly signed it.
  public let judges: Set<HolderID>

  fileprivate init(_ warrant: UnverifiedWarrant, context: WarrantContext) {
    body = warrant.body
    digest = warrant.digest
    roster = context.roster
    judges = context.judges
  }
}

/// A warrant that met everything that must hold before anybody answers, at the verifier's time. Only
/// `UnverifiedWarrant.verified` makes one, so a warrant that is out of force cannot be answered by mistake.
public struct WarrantInForce: Sendable {
  /// The warrant.
  public let warrant: Warrant
  /// The names of the requirements it met, in the order they were checked.
  public let checked: [String]

  fileprivate init(_ warrant: Warrant, checked: [String]) {
    self.warrant = warrant
    self.checked = checked
  }

  /// What the warrant says.
  public var body: WarrantBody { warrant.body }
  /// SHA-256 of its text.
  public var digest: Digest { warrant.digest }
  /// The judges who validly signed it.
  public var judges: Set<HolderID> { warrant.judges }

  /// Allows `holder` to answer, if some minimal authorised set that contains it has all its judges among those who
  /// signed.
  ///
  /// So the signature of one state's judge never makes another state's agency answer.
  ///
  /// - Throws: `.unknownHolder`, `.judgesMissing(for: holder)`.
  public func authorization(for holder: HolderID) throws(EscrowError) -> ReleaseAuthorization {
    let roster = warrant.roster
    guard let record = roster.holder(holder) else { throw .warrantRefused(.unknownHolder(holder)) }
    let allowed = Set(roster.policy.holders.filter { $0.role != .judge || judges.contains($0) })
    guard roster.policy.hasMinimalAuthorizedSet(containing: holder, within: allowed) else {
      throw .warrantRefused(.judgesMissing(for: holder))
    }
    return ReleaseAuthorization(warrant: warrant, checked: checked, holder: record)
  }
}

/// One holder's permission to answer one warrant. Only `WarrantInForce.authorization` makes one.
public struct ReleaseAuthorization: Sendable {
  /// The verified warrant.
  public let warrant: Warrant
  /// The names of the requirements the warrant met.
  public let checked: [String]
  /// The holder it allows to answer.
  public let holder: HolderRecord

  fileprivate init(warrant: Warrant, checked: [String], holder: HolderRecord) {
    self.warrant = warrant
    self.checked = checked
    self.holder = holder
  }
}

extension UnverifiedWarrant {
  // What must hold of any warrant, and what must hold besides before it is answered.
  private static let always: [any WarrantRequirement] = [
    RecipientRequirement(), JudgesRequirement(), TestFlagRequirement(), LimitsRequirement(),
  ]
  private static let beforeAnswering: [any WarrantRequirement] = [InForceRequirement()]

  /// Throws the reason of the first of `requirements` that the warrant does not meet. Nothing is verified by this: it
  /// tells a person early what would be refused later.
  public func check(
    _ requirements: [any WarrantRequirement], by roster: Roster, now: Timestamp
  ) throws(EscrowError) {
    let context = WarrantContext(roster: roster, signers: try signers(roster: roster), now: now)
    for requirement in requirements { try requirement.check(self, in: context) }
  }

  /// The warrant, if it may be answered now: it meets every requirement of this library, and `additional` ones.
  ///
  /// A wrong signature in a known key's name is `.failedVerification(.badSignature)`, whatever else holds.
  public func verified(
    by roster: Roster, now: Timestamp, additional: [any WarrantRequirement] = []
  ) throws(EscrowError) -> WarrantInForce {
    let requirements = Self.always + Self.beforeAnswering + additional
    let context = WarrantContext(roster: roster, signers: try signers(roster: roster), now: now)
    for requirement in requirements { try requirement.check(self, in: context) }
    return WarrantInForce(Warrant(self, context: context), checked: requirements.map(\.name))
  }

  /// The warrant, if answers to it may be read: all of the above but time, since an answer that was given in time stays
  /// an answer.
  public func verifiedForRecovery(by roster: Roster) throws(EscrowError) -> Warrant {
    // No requirement of this list looks at the clock.
    let context = WarrantContext(
      roster: roster, signers: try signers(roster: roster), now: body.notBefore)
    for requirement in Self.always { try requirement.check(self, in: context) }
    return Warrant(self, context: context)
  }
}
