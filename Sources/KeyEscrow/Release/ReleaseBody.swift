public import LibCrypto
public import SecretSharing

/// What a release's note says.
public struct ReleaseBody: Hashable, Sendable {
  /// One HPKE encapsulation to the recipient's key, for the deposits made under one roster.
  public struct Encapsulation: Hashable, Sendable {
    /// The roster the deposits were made under.
    public let roster: Digest
    /// HPKE's `enc`.
    public let bytes: [UInt8]
  }

  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The warrant's roster.
  public let roster: Digest
  /// Who answers.
  public let holder: HolderID
  /// The recipient's one-time key, as the warrant names it.
  public let recipientKey: X25519PublicKey
  /// When.
  public let answered: Timestamp
  /// The names of the requirements that were checked, in order.
  public let checked: [String]
  /// One per roster of the deposits.
  public let encapsulations: [Encapsulation]
  /// Distinct (conversation, epoch) pairs released.
  public let keys: UInt64
  /// Records released.
  public let records: UInt64
  /// Records in scope that are not released, because their deposits are malformed.
  public let passedOver: UInt64
  /// The number of chunks.
  public let chunks: UInt64
  /// SHA-256 of the chunk table.
  public let table: Digest
  /// Whether warrant and deposits are for tests.
  public let isTest: Bool
  /// The index of the warrant's entry in the log; nil under a roster without a log.
  public let logIndex: UInt64?

  init(
    warrant: Digest, roster: Digest, holder: HolderID, recipientKey: X25519PublicKey, answered: Timestamp,
    checked: [String], encapsulations: [Encapsulation], keys: UInt64, records: UInt64,
    passedOver: UInt64, chunks: UInt64, table: Digest, isTest: Bool, logIndex: UInt64?
  ) {
    self.warrant = warrant
    self.roster = roster
    self.holder = holder
    self.recipientKey = recipientKey
    self.answered = answered
    self.checked = checked
    self.encapsulations = encapsulations
    self.keys = keys
    self.records = records
    self.passedOver = passedOver
    self.chunks = chunks
    self.table = table
    self.isTest = isTest
    self.logIndex = logIndex
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.release.fields(of: text)
    warrant = try fields.digest("warrant")
    roster = try fields.digest("roster")
    holder = try fields.holder("holder")
    recipientKey = try fields.sealingKey("recipientKey")
    answered = try fields.timestamp("answered")
    checked = try fields.strings("checked", maximumCount: 64)
    guard !checked.isEmpty else { throw fields.fault("checked", "is empty") }
    for name in checked where !Self.isRequirementName(name) {
      throw fields.fault("checked", "holds something other than names of requirements")
    }
    var encapsulations: [Encapsulation] = []
    for var nested in try fields.objects("encapsulations", maximumCount: 256) {
      encapsulations.append(
        Encapsulation(
          roster: try nested.digest("roster"),
          bytes: try nested.bytes("encapsulation", count: CipherSuite.x25519.encapsulationByteCount)))
      try nested.finish()
    }
    guard Set(encapsulations.map(\.roster)).count == encapsulations.count, !encapsulations.isEmpty else {
      throw fields.fault("encapsulations", "are none, or two for one roster")
    }
    self.encapsulations = encapsulations
    keys = try fields.integer("keys")
    records = try fields.integer("records")
    passedOver = try fields.integer("passedOver")
    chunks = try fields.integer("chunks", 1...UInt64(ChunkTable.maximumCount))
    table = try fields.digest("table")
    isTest = try fields.boolean("test")
    logIndex = fields.has("logIndex") ? try fields.entryIndex("logIndex") : nil
    try fields.finish()
  }

  private static func isRequirementName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
  }

  var text: String {
    let sealed = encapsulations.map {
      CanonicalJSON.object([
        "roster": .string($0.roster.hex), "encapsulation": .string(Hexadecimal.encode($0.bytes.span)),
      ])
    }
    var members: [String: CanonicalJSON] = [
      "warrant": .string(warrant.hex),
      "roster": .string(roster.hex),
      "holder": .string(holder.description),
      "recipientKey": .string(Hexadecimal.encode(recipientKey.bytes.span)),
      "answered": .string(answered.description),
      "checked": .array(checked.map { .string($0) }),
      "encapsulations": .array(sealed),
      "keys": .integer(keys),
      "records": .integer(records),
      "passedOver": .integer(passedOver),
      "chunks": .integer(chunks),
      "table": .string(table.hex),
      "test": .boolean(isTest),
    ]
    members["logIndex"] = logIndex.map { .integer($0) }
    return DocumentType.release.text(members)
  }
}
