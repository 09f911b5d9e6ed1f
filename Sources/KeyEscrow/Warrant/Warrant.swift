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
  /// The index of its entry in the roster's log, once that was proved; nil before, and under a roster without a log.
  public let logIndex: UInt64?

  fileprivate init(_ warrant: UnverifiedWarrant, context: WarrantContext) {
    body = warrant.body
    digest = warrant.digest
    roster = context.roster
    judges = context.judges
    logIndex = nil
  }

  fileprivate init(_ warrant: Warrant, logIndex: UInt64?) {
    body = warrant.body
    digest = warrant.digest
    roster = warrant.roster
    judges = warrant.judges
    self.logIndex = logIndex
  }

  /// The warrant with the place in the log that `proof` proves: what answers to it must name.
  ///
  /// - Throws: as `UnverifiedWarrantProof.verified(for:)`.
  public func logged(by proof: UnverifiedWarrantProof) throws(EscrowError) -> Warrant {
    Warrant(self, logIndex: try proof.verified(for: self).index)
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

  /// Succeeds if the judges who signed make `holder` answer: some minimal authorised set that contains it has all its
  /// judges among them. So the signature of one state's judge never makes another state's agency answer.
  ///
  /// - Throws: `.unknownHolder`, `.judgesMissing(for: holder)`.
  @discardableResult
  public func requireAnswer(of holder: HolderID) throws(EscrowError) -> HolderRecord {
    let roster = warrant.roster
    guard let record = roster.holder(holder) else { throw .warrantRefused(.unknownHolder(holder)) }
    let allowed = Set(roster.policy.holders.filter { $0.role != .judge || judges.contains($0) })
    guard roster.policy.hasMinimalAuthorizedSet(containing: holder, within: allowed) else {
      throw .warrantRefused(.judgesMissing(for: holder))
    }
    return record
  }

  /// Allows `holder` to answer, if the judges who signed make it answer, and `proof` shows that this very warrant is
  /// public.
  ///
  /// - Throws: as `requireAnswer(of:)`; `.failedVerification(.warrantEntry)` for another warrant's proof.
  public func authorization(
    for holder: HolderID, proof: PublicProof
  ) throws(EscrowError) -> ReleaseAuthorization {
    let record = try requireAnswer(of: holder)
    guard proof.warrant == digest else { throw .failedVerification(.warrantEntry) }
    return ReleaseAuthorization(
      warrant: Warrant(warrant, logIndex: proof.logIndex), proof: proof, checked: checked + proof.checked,
      holder: record)
  }

  /// The same under a test roster without a log, where there is no proof.
  ///
  /// - Throws: as `requireAnswer(of:)`; `.logRefused(.proofMissing)` under any other roster.
  public func authorization(for holder: HolderID) throws(EscrowError) -> ReleaseAuthorization {
    try requireAnswer(of: holder)
    return try authorization(for: holder, proof: try PublicProof.notAsked(for: self))
  }
}

/// One holder's permission to answer one warrant. Only `WarrantInForce.authorization` makes one, from a `PublicProof`.
public struct ReleaseAuthorization: Sendable {
  /// The verified warrant, with its place in the log.
  public let warrant: Warrant
  /// What shows that the warrant is public.
  public let proof: PublicProof
  /// The names of the requirements the warrant met, and of what the proof shows.
  public let checked: [String]
  /// The holder it allows to answer.
  public let holder: HolderRecord

  fileprivate init(warrant: Warrant, proof: PublicProof, checked: [String], holder: HolderRecord) {
    self.warrant = warrant
    self.proof = proof
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
  /// an answer. Under a roster with a log, answers are verified only for a warrant with its `proof`.
  ///
  /// - Throws: beside what `verified` throws, what `UnverifiedWarrantProof.verified(for:)` does.
  public func verifiedForRecovery(
    by roster: Roster, proof: UnverifiedWarrantProof? = nil
  ) throws(EscrowError) -> Warrant {
    // No requirement of this list looks at the clock.
    let context = WarrantContext(
      roster: roster, signers: try signers(roster: roster), now: body.notBefore)
    for requirement in Self.always { try requirement.check(self, in: context) }
    let warrant = Warrant(self, context: context)
    guard let proof else { return warrant }
    return try warrant.logged(by: proof)
  }
}
