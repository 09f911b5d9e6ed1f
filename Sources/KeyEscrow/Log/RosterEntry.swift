public import LibCrypto

/// That a roster was signed. Whoever has the roster compares its id.
public struct RosterEntry: Hashable, Sendable {
  /// The roster's id.
  public let roster: Digest
  /// Its generation.
  public let generation: UInt64
  /// Its predecessor's id; nil for generation 1.
  public let previous: Digest?
  /// How many holders it has.
  public let holders: UInt64
  /// When it was drafted.
  public let issued: Timestamp
  /// Whether it is for tests.
  public let isTest: Bool
  /// SHA-256 of the text of the transcript of the ceremony that made it; nil without one.
  public let transcript: Digest?

  /// The entry of `roster`, which the ceremony of `transcript` made.
  public init(_ roster: Roster, transcript: Digest? = nil) {
    self.roster = roster.id
    generation = roster.body.generation
    previous = roster.body.previous
    holders = UInt64(roster.holders.count)
    issued = roster.body.issued
    isTest = roster.body.isTest
    self.transcript = transcript
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    roster = try fields.digest("roster")
    generation = try fields.integer("generation", 1...1_000_000)
    previous = try fields.optionalDigest("previous")
    guard (generation == 1) == (previous == nil) else {
      throw fields.fault("generation", "does not fit previous")
    }
    holders = try fields.integer("holders", 1...UInt64(RosterBody.maximumHolders))
    issued = try fields.timestamp("issued")
    isTest = try fields.boolean("test")
    transcript = try fields.optionalDigest("transcript")
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "roster": .string(roster.hex),
      "generation": .integer(generation),
      "holders": .integer(holders),
      "issued": .string(issued.description),
      "test": .boolean(isTest),
    ]
    members["previous"] = previous.map { .string($0.hex) }
    members["transcript"] = transcript.map { .string($0.hex) }
    return members
  }
}
