public import SecretSharing

/// What one requirement looks at.
public struct WarrantContext: Sendable {
  /// The roster the verifier relies on.
  public let roster: Roster
  /// The holders whose valid signatures the warrant carries.
  public let signers: Set<HolderID>
  /// The verifier's clock.
  public let now: Timestamp

  /// The judges among the signers.
  public var judges: Set<HolderID> { signers.filter { $0.role == .judge } }
}

/// One named condition that a warrant must meet before anything is released under it.
///
/// A verifier takes a list of them and the answer states their names, so that a reader of the answer knows what was
/// checked and further conditions join without changing the verifier.
public protocol WarrantRequirement: Sendable {
  /// The name that answers state: lowercase words joined by hyphens.
  var name: String { get }
  /// Throws the reason when `warrant` does not meet the requirement.
  func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError)
}

/// The warrant names the verifier's roster and its recipient signed it.
public struct RecipientRequirement: WarrantRequirement {
  /// The requirement.
  public init() {}
  /// `recipient-signature`.
  public var name: String { "recipient-signature" }
  /// Throws `.otherRoster`, `.unknownHolder`, `.recipientSignatureMissing` or `.recipientKeyReused`.
  public func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
    try warrant.requireRecipientSignature(roster: context.roster)
    // The one-time key may have to be disclosed to convict a holder: a sealing key never serves as one.
    let key = warrant.body.recipientKey
    let rosters = [context.roster] + context.roster.ancestors
    guard !rosters.contains(where: { $0.holders.contains { $0.sealingKey == key } }) else {
      throw .warrantRefused(.recipientKeyReused)
    }
  }
}

/// All judges of some minimal authorised set signed, and as many as the roster's caps ask for.
public struct JudgesRequirement: WarrantRequirement {
  /// The requirement.
  public init() {}
  /// `judges-signatures`.
  public var name: String { "judges-signatures" }
  /// Throws `.unsigned`, `.judgesMissing` or `.capNeedsJudges`.
  public func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
    let judges = context.judges
    guard !judges.isEmpty else { throw .warrantRefused(.unsigned) }
    let allowed = Set(context.roster.policy.holders.filter { $0.role != .judge || judges.contains($0) })
    guard context.roster.policy.isSatisfied(by: allowed) else {
      throw .warrantRefused(.judgesMissing(for: nil))
    }
    let keys = warrant.body.maximumKeys
    guard let needed = context.roster.body.limits.judgesNeeded(forKeys: keys) else {
      throw .warrantRefused(.overRosterLimit("caps"))
    }
    guard judges.count >= needed else {
      throw .warrantRefused(.capNeedsJudges(keys: keys, needed: needed, signed: judges.count))
    }
  }
}

/// A test roster sees test warrants only. A real roster may see either: a test warrant opens test deposits only, which
/// is checked deposit by deposit.
public struct TestFlagRequirement: WarrantRequirement {
  /// The requirement.
  public init() {}
  /// `test-flag`.
  public var name: String { "test-flag" }
  /// Throws `.testFlag`.
  public func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
    guard warrant.body.isTest || !context.roster.body.isTest else { throw .warrantRefused(.testFlag) }
  }
}

/// The verifier's clock is within notBefore … notAfter.
public struct InForceRequirement: WarrantRequirement {
  /// The requirement.
  public init() {}
  /// `in-force`.
  public var name: String { "in-force" }
  /// Throws `.notYetValid` or `.expired`.
  public func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
    let body = warrant.body
    guard context.now >= body.notBefore else {
      throw .warrantRefused(.notYetValid(notBefore: body.notBefore, now: context.now))
    }
    guard context.now <= body.notAfter else {
      throw .warrantRefused(.expired(notAfter: body.notAfter, now: context.now))
    }
  }
}

/// The warrant stays within the roster's limits on keys, days in force and days sealed.
public struct LimitsRequirement: WarrantRequirement {
  /// The requirement.
  public init() {}
  /// `roster-limits`.
  public var name: String { "roster-limits" }
  /// Throws `.overRosterLimit`.
  public func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
    let limits = context.roster.body.limits
    let body = warrant.body
    if let maximum = limits.maximumKeys, body.maximumKeys > maximum {
      throw .warrantRefused(.overRosterLimit("maximumKeys"))
    }
    let seconds = body.notAfter.secondsSince1970 - body.notBefore.secondsSince1970
    if let days = limits.maximumDays, seconds > Int64(days) * 86_400 {
      throw .warrantRefused(.overRosterLimit("maximumDays"))
    }
    if let days = limits.maximumSealedDays {
      // A warrant that does not say when it is opened would be sealed for ever.
      guard let unsealAfter = body.unsealAfter,
        unsealAfter.secondsSince1970 - body.issued.secondsSince1970 <= Int64(days) * 86_400
      else { throw .warrantRefused(.overRosterLimit("maximumSealedDays")) }
    }
  }
}
