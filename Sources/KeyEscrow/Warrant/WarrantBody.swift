public import Foundation
public import LibCrypto
public import SecretSharing

/// How fast holders must answer. The judge signs the choice with the rest.
public enum WarrantPriority: String, Sendable, CaseIterable {
  /// Within 10 days.
  case routine
  /// Within 8 hours.
  case emergency

  /// Seconds from the last judge's signature being due (the warrant's notBefore) to a late answer.
  public var secondsToAnswer: Int64 {
    switch self {
    case .routine: 10 * 86_400
    case .emergency: 8 * 3600
    }
  }
}

/// What a warrant says. Names follow ETSI TS 103 120 where it has them.
public struct WarrantBody: Hashable, Sendable {
  /// The warrant's own identifier.
  public var id: UUID
  /// The roster whose holders are asked.
  public var roster: Digest
  /// The case, as the court names it.
  public var caseReference: String
  /// The law it rests on: text for people, never code.
  public var legalBasis: String
  /// The issuing authority, if the draft names it.
  public var authority: String?
  /// The jurisdiction, if the draft names it.
  public var jurisdiction: String?
  /// The offence investigated, if the draft names it.
  public var offence: String?
  /// When it was drafted.
  public var issued: Timestamp
  /// First second in force.
  public var notBefore: Timestamp
  /// Last second in force.
  public var notAfter: Timestamp
  /// How fast holders must answer.
  public var priority: WarrantPriority
  /// The holder that receives the shares and recovers the keys.
  public var recipient: HolderID
  /// The recipient's one-time HPKE public key, which serves this warrant alone.
  public var recipientKey: X25519PublicKey
  /// Which records.
  public var scope: WarrantScope
  /// The most (conversation, epoch) pairs that may be released.
  public var maximumKeys: UInt64
  /// When the persons concerned must be notified, if the draft says so.
  public var notifyBy: Timestamp?
  /// When a sealed log entry of the warrant must be opened, if the draft says so.
  public var unsealAfter: Timestamp?
  /// Whether it is for test deposits only.
  public var isTest: Bool

  /// A warrant that says this.
  public init(
    id: UUID = UUID(), roster: Digest, caseReference: String, legalBasis: String, authority: String? = nil,
    jurisdiction: String? = nil, offence: String? = nil, issued: Timestamp, notBefore: Timestamp,
    notAfter: Timestamp, priority: WarrantPriority = .routine, recipient: HolderID,
    recipientKey: X25519PublicKey, scope: WarrantScope, maximumKeys: UInt64, notifyBy: Timestamp? = nil,
    unsealAfter: Timestamp? = nil, isTest: Bool = false
  ) {
    self.id = id
    self.roster = roster
    self.caseReference = caseReference
    self.legalBasis = legalBasis
    self.authority = authority
    self.jurisdiction = jurisdiction
    self.offence = offence
    self.issued = issued
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.priority = priority
    self.recipient = recipient
    self.recipientKey = recipientKey
    self.scope = scope
    self.maximumKeys = maximumKeys
    self.notifyBy = notifyBy
    self.unsealAfter = unsealAfter
    self.isTest = isTest
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.warrant.fields(of: text)
    let idText = try fields.string("id")
    guard let id = UUID(uuidString: idText), id.uuidString.lowercased() == idText else {
      throw fields.fault("id", "is not a UUID in lowercase")
    }
    self.id = id
    roster = try fields.digest("roster")
    caseReference = try fields.humanText("case")
    legalBasis = try fields.humanText("legalBasis")
    authority = try fields.optionalHumanText("authority")
    jurisdiction = try fields.optionalHumanText("jurisdiction")
    offence = try fields.optionalHumanText("offence")
    issued = try fields.timestamp("issued")
    notBefore = try fields.timestamp("notBefore")
    notAfter = try fields.timestamp("notAfter")
    guard notBefore <= notAfter else { throw fields.fault("notAfter", "is before notBefore") }
    priority = try fields.priority("priority")
    var recipientFields = try fields.object("recipient")
    recipient = try recipientFields.holder("holder")
    recipientKey = try recipientFields.sealingKey("key")
    try recipientFields.finish()
    var scopeFields = try fields.object("scope")
    scope = try WarrantScope(&scopeFields)
    try scopeFields.finish()
    maximumKeys = try fields.integer("maximumKeys", 1...UInt64.max)
    notifyBy = try fields.optionalTimestamp("notifyBy")
    unsealAfter = try fields.optionalTimestamp("unsealAfter")
    isTest = try fields.boolean("test")
    try fields.finish()
  }

  var text: String {
    var members: [String: CanonicalJSON] = [
      "id": .string(id.uuidString.lowercased()),
      "roster": .string(roster.hex),
      "case": .string(caseReference),
      "legalBasis": .string(legalBasis),
      "issued": .string(issued.description),
      "notBefore": .string(notBefore.description),
      "notAfter": .string(notAfter.description),
      "priority": .string(priority.rawValue),
      "recipient": .object([
        "holder": .string(recipient.description),
        "key": .string(Hexadecimal.encode(recipientKey.bytes.span)),
      ]),
      "scope": .object(scope.members),
      "maximumKeys": .integer(maximumKeys),
      "test": .boolean(isTest),
    ]
    members["authority"] = authority.map { .string($0) }
    members["jurisdiction"] = jurisdiction.map { .string($0) }
    members["offence"] = offence.map { .string($0) }
    members["notifyBy"] = notifyBy.map { .string($0.description) }
    members["unsealAfter"] = unsealAfter.map { .string($0.description) }
    return DocumentType.warrant.text(members)
  }
}
