public import LibCrypto
public import SecretSharing

/// What the recipient of a warrant recovered.
public struct RecoveryEntry: Hashable, Sendable {
  /// The index of the warrant's entry.
  public let warrantIndex: UInt64
  /// Digests of the texts of the releases it had, strictly rising: 1 to 50.
  public let releases: [Digest]
  /// Distinct (conversation, epoch) pairs recovered.
  public let keys: UInt64
  /// The recipient, who signs the entry.
  public let holder: HolderID
  /// The warrant's roster.
  public let roster: Digest
  /// When.
  public let recovered: Timestamp
  /// Whether warrant and deposits are for tests.
  public let isTest: Bool

  /// What `warrant`'s recipient recovered from `releases`.
  ///
  /// - Throws: `.logRefused(.proofMissing)` when the warrant was not verified with a proof.
  public init(
    of warrant: Warrant, releases: [Digest], keys: UInt64, recovered: Timestamp
  ) throws(EscrowError) {
    guard let index = warrant.logIndex else { throw .logRefused(.proofMissing) }
    warrantIndex = index
    self.releases = Set(releases).sorted()
    self.keys = keys
    holder = warrant.body.recipient
    roster = warrant.roster.id
    self.recovered = recovered
    isTest = warrant.body.isTest
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    warrantIndex = try fields.entryIndex("entry")
    var releases: [Digest] = []
    for text in try fields.strings("releases", maximumCount: RosterBody.maximumHolders) {
      guard let digest = Digest(hex: text), releases.last.map({ $0 < digest }) ?? true else {
        throw fields.fault("releases", "are not digests in rising order")
      }
      releases.append(digest)
    }
    guard !releases.isEmpty else { throw fields.fault("releases", "are none") }
    self.releases = releases
    keys = try fields.integer("keys")
    holder = try fields.holder("holder")
    roster = try fields.digest("roster")
    recovered = try fields.timestamp("recovered")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    [
      "entry": .integer(warrantIndex),
      "releases": .array(releases.map { .string($0.hex) }),
      "keys": .integer(keys),
      "holder": .string(holder.description),
      "roster": .string(roster.hex),
      "recovered": .string(recovered.description),
      "test": .boolean(isTest),
    ]
  }
}
