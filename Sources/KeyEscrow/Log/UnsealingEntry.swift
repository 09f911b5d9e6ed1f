public import LibCrypto

/// The opening of a sealed warrant entry: anybody checks it against the commitment there, and against the warrant's
/// text when it is published.
public struct UnsealingEntry: Hashable, Sendable {
  /// The index of the warrant's entry.
  public let warrantIndex: UInt64
  /// What sealed it.
  public let opening: SealOpening
  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The warrant's roster.
  public let roster: Digest
  /// When it was opened.
  public let unsealed: Timestamp
  /// When the persons concerned were notified, if they were.
  public let notified: Timestamp?
  /// Whether the warrant is for test deposits only.
  public let isTest: Bool

  /// The unsealing of the entry that `proof` proves, once its warrant's `unsealAfter` has passed.
  ///
  /// - Throws: `.logRefused(.stillSealed)` before that, and when the warrant does not say when.
  public init(
    unsealing proof: LoggedWarrant, notified: Timestamp? = nil, now: Timestamp
  ) throws(EscrowError) {
    guard let unsealAfter = proof.entry.unsealAfter, unsealAfter <= now else {
      throw .logRefused(.stillSealed(until: proof.entry.unsealAfter, now: now))
    }
    warrantIndex = proof.index
    opening = proof.opening
    warrant = proof.warrant
    roster = proof.entry.roster
    unsealed = now
    self.notified = notified
    isTest = proof.entry.isTest
  }

  /// Whether it opens `entry`, that of the warrant at its index.
  public func opens(_ entry: WarrantEntry) throws(EscrowError) -> Bool {
    let commitment = try opening.commitment(to: warrant)
    return entry.roster == roster && entry.isTest == isTest && entry.commitment == commitment
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    warrantIndex = try fields.entryIndex("entry")
    let bytes = try fields.bytes("opening", count: SealOpening.byteCount)
    guard let opening = SealOpening(bytes: bytes) else { throw fields.fault("opening", "is not 32 bytes") }
    self.opening = opening
    warrant = try fields.digest("warrant")
    roster = try fields.digest("roster")
    unsealed = try fields.timestamp("unsealed")
    notified = try fields.optionalTimestamp("notified")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "entry": .integer(warrantIndex),
      "opening": .string(Hexadecimal.encode(opening.bytes.span)),
      "warrant": .string(warrant.hex),
      "roster": .string(roster.hex),
      "unsealed": .string(unsealed.description),
      "test": .boolean(isTest),
    ]
    members["notified"] = notified.map { .string($0.description) }
    return members
  }
}
