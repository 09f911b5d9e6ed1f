public import LibCrypto
public import SecretSharing

/// A judge's final word that a warrant is not to be answered any more.
///
/// Any judge of the warrant's roster may say it. It names the warrant's entry, for everybody, and the warrant itself,
/// so that a warrant which is logged a second time is revoked under that entry too. The digest tells nothing to whoever
/// lacks the text: with the one-time key and the UUID in it, it cannot be guessed.
public struct RevocationEntry: Hashable, Sendable {
  /// The index of the warrant's entry.
  public let warrantIndex: UInt64
  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The judge who revokes, and signs the entry.
  public let judge: HolderID
  /// The warrant's roster.
  public let roster: Digest
  /// When.
  public let revoked: Timestamp
  /// Whether the warrant is for test deposits only.
  public let isTest: Bool

  /// The revocation of `warrant`, whose entry has the index `warrantIndex`, by `judge`.
  public init(
    revoking warrant: UnverifiedWarrant, warrantIndex: UInt64, by judge: HolderID, revoked: Timestamp
  ) {
    self.warrantIndex = warrantIndex
    self.warrant = warrant.digest
    self.judge = judge
    roster = warrant.body.roster
    self.revoked = revoked
    isTest = warrant.body.isTest
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    warrantIndex = try fields.entryIndex("entry")
    warrant = try fields.digest("warrant")
    judge = try fields.holder("judge")
    guard judge.role == .judge else { throw fields.fault("judge", "is no judge") }
    roster = try fields.digest("roster")
    revoked = try fields.timestamp("revoked")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    [
      "entry": .integer(warrantIndex),
      "warrant": .string(warrant.hex),
      "judge": .string(judge.description),
      "roster": .string(roster.hex),
      "revoked": .string(revoked.description),
      "test": .boolean(isTest),
    ]
  }
}
