public import LibCrypto
public import SecretSharing

/// The grounds on which a holder refuses a warrant.
public enum RefusalGround: String, Sendable, CaseIterable {
  /// What is asked lies outside the warrant or the holder's duty.
  case outOfScope = "out-of-scope"
  /// The warrant is not in force.
  case notInForce = "not-in-force"
  /// A signature is missing or wrong.
  case signature
  /// A limit of warrant or roster is exceeded.
  case cap
  /// The holder holds nothing of it.
  case notHeld = "not-held"
  /// The content is privileged.
  case privilege
  /// The law of another state forbids the answer.
  case conflictOfLaw = "conflict-of-law"
  /// Something else, which the reason tells.
  case other
}

/// What a refusal says: an answer too, signed and kept.
public struct RefusalBody: Hashable, Sendable {
  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The roster of the holder who answers.
  public let roster: Digest
  /// Who answers.
  public let holder: HolderID
  /// Why, as one of the listed grounds.
  public let ground: RefusalGround
  /// Why, in the holder's words; at most 2,048 bytes.
  public let reason: String
  /// When.
  public let answered: Timestamp

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.refusal.fields(of: text)
    warrant = try fields.digest("warrant")
    roster = try fields.digest("roster")
    holder = try fields.holder("holder")
    ground = try fields.ground("ground")
    reason = try fields.humanText("reason", maximumByteCount: 2048)
    answered = try fields.timestamp("answered")
    try fields.finish()
  }

  init(
    warrant: Digest, roster: Digest, holder: HolderID, ground: RefusalGround, reason: String,
    answered: Timestamp
  ) {
    self.warrant = warrant
    self.roster = roster
    self.holder = holder
    self.ground = ground
    self.reason = reason
    self.answered = answered
  }

  var text: String {
    DocumentType.refusal.text([
      "warrant": .string(warrant.hex),
      "roster": .string(roster.hex),
      "holder": .string(holder.description),
      "ground": .string(ground.rawValue),
      "reason": .string(reason),
      "answered": .string(answered.description),
    ])
  }
}

/// A refusal as it was read.
public struct UnverifiedRefusal: Sendable {
  /// What it says.
  public let body: RefusalBody
  private let signed: SignedText

  /// Reads a refusal.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.refusal, parsing: bytes)
    body = try RefusalBody(parsing: signed.text)
  }

  /// A holder's refusal of `warrant`, which need not be valid: an unsigned or expired one is refused too.
  public init(
    refusing warrant: UnverifiedWarrant, by holder: borrowing Holder, roster: Roster, ground: RefusalGround,
    reason: String, now: Timestamp
  ) throws(EscrowError) {
    let id = holder.id
    guard let record = roster.holder(id), record.verifierKey == holder.verifierKey else {
      throw .warrantRefused(.unknownHolder(id))
    }
    let text = RefusalBody(
      warrant: warrant.digest, roster: roster.id, holder: id, ground: ground, reason: reason, answered: now
    ).text
    body = try RefusalBody(parsing: text)
    var signed = try SignedText(.refusal, text: text)
    try signed.sign(with: holder.signingKey, name: id.description)
    self.signed = signed
  }

  /// The note.
  public var bytes: [UInt8] { signed.bytes }

  /// SHA-256 of the note's text.
  public var digest: Digest { signed.digest }

  /// What the refusal says, if its holder, who must be on `roster`, signed it for the warrant with `digest`.
  public func verified(roster: Roster, warrant digest: Digest) throws(EscrowError) -> RefusalBody {
    guard let record = roster.holder(body.holder) else { throw .warrantRefused(.unknownHolder(body.holder)) }
    guard body.roster == roster.id, body.warrant == digest else {
      throw .failedVerification(.otherWarrant(body.holder))
    }
    try signed.requireSignature(of: record.verifierKey)
    return body
  }
}
