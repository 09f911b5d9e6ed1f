public import LibCrypto
public import SecretSharing
public import TransparencyLog

/// What a depositor says when it opens a session: one encapsulation and one confirmation per holder.
public struct SessionHeader: Hashable, Sendable {
  /// One holder's part of a session.
  public struct Recipient: Hashable, Sendable {
    /// Whose sealing key the encapsulation is for.
    public let holder: HolderID
    /// HPKE's `enc` (RFC 9180 §4.1): 32 bytes in suite 1.
    public let encapsulation: [UInt8]
    /// `Export("key-escrow/v1 confirm", 32)` of the HPKE context: what the holder, or a court that is shown the
    /// exporter secret, compares.
    public let confirmation: Digest
  }

  /// The longest life of a session: 30 days.
  public static let maximumSeconds: Int64 = 30 * 86_400

  /// The roster whose holders the session is with.
  public let roster: Digest
  /// The algorithms.
  public let suite: CipherSuite
  /// The depositor's key, which signs the header and every head.
  public let depositor: NoteVerifierKey
  /// One part per holder, in the roster's order.
  public let recipients: [Recipient]
  /// When the session was opened.
  public let created: Timestamp
  /// The last second at which it may deposit.
  public let notAfter: Timestamp
  /// Whether its deposits are for tests only.
  public let isTest: Bool

  init(
    roster: Digest, suite: CipherSuite, depositor: NoteVerifierKey, recipients: [Recipient],
    created: Timestamp,
    notAfter: Timestamp, isTest: Bool
  ) {
    self.roster = roster
    self.suite = suite
    self.depositor = depositor
    self.recipients = recipients
    self.created = created
    self.notAfter = notAfter
    self.isTest = isTest
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.session.fields(of: text)
    roster = try fields.digest("roster")
    let number = try fields.integer("suite", 0...UInt64(UInt16.max))
    guard let suite = CipherSuite(rawValue: UInt16(number)) else {
      throw fields.fault("suite", "is not known")
    }
    self.suite = suite
    depositor = try fields.verifierKey("depositor")
    guard depositor.name == Depositor.keyName else {
      throw fields.fault("depositor", "is not named depositor")
    }
    created = try fields.timestamp("created")
    notAfter = try fields.timestamp("notAfter")
    guard created <= notAfter, notAfter <= created.adding(seconds: Self.maximumSeconds) else {
      throw fields.fault("notAfter", "is not within 30 days after created")
    }
    isTest = try fields.boolean("test")
    var recipients: [Recipient] = []
    for var nested in try fields.objects("holders", maximumCount: 255) {
      recipients.append(
        Recipient(
          holder: try nested.holder("id"),
          encapsulation: try nested.bytes("encapsulation", count: suite.encapsulationByteCount),
          confirmation: try nested.digest("confirmation")))
      try nested.finish()
    }
    guard !recipients.isEmpty else { throw fields.fault("holders", "are none") }
    self.recipients = recipients
    try fields.finish()
  }

  var text: String {
    let holders = recipients.map { recipient in
      CanonicalJSON.object([
        "id": .string(recipient.holder.description),
        "encapsulation": .string(Hexadecimal.encode(recipient.encapsulation.span)),
        "confirmation": .string(recipient.confirmation.hex),
      ])
    }
    return DocumentType.session.text([
      "roster": .string(roster.hex),
      "suite": .integer(UInt64(suite.rawValue)),
      "depositor": .string(depositor.vkey),
      "created": .string(created.description),
      "notAfter": .string(notAfter.description),
      "test": .boolean(isTest),
      "holders": .array(holders),
    ])
  }
}

/// A session header as it was read.
public struct UnverifiedSession: Hashable, Sendable {
  /// What it says.
  public let header: SessionHeader
  let signed: SignedText

  /// Reads a session header's note.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.session, parsing: bytes)
    header = try SessionHeader(parsing: signed.text)
  }

  /// SHA-256 of the header's text: derived and never chosen, so that one id can never stand for two rosters.
  public var id: Digest { signed.digest }
  /// The note.
  public var bytes: [UInt8] { signed.bytes }

  /// The session, if its depositor signed it and its holders are those of `roster`, in order.
  ///
  /// Whether each encapsulation opens only its holder can say: see `HolderChain.open`.
  public func verified(roster: Roster) throws(EscrowError) -> Session {
    guard let generation = roster.generation(withID: header.roster) else {
      throw .failedVerification(.sessionHolders)
    }
    return try verified(exactly: generation)
  }

  func verified(exactly roster: Roster) throws(EscrowError) -> Session {
    guard header.roster == roster.id, header.recipients.map(\.holder) == roster.holders.map(\.id) else {
      throw .failedVerification(.sessionHolders)
    }
    guard header.isTest || !roster.body.isTest else { throw .warrantRefused(.testFlag) }
    for holder in roster.holders where header.created > holder.sealingKeyNotAfter {
      throw .sessionRefused(.sealingKeyExpired(holder.id))
    }
    try signed.requireSignature(of: header.depositor)
    return Session(header: header, signed: signed, roster: roster)
  }
}

/// A session whose header its depositor signed, for the holders of a verified roster.
public struct Session: Sendable {
  /// What its header says.
  public let header: SessionHeader
  /// The roster it was opened under, perhaps an ancestor of today's.
  public let roster: Roster
  let signed: SignedText

  fileprivate init(header: SessionHeader, signed: SignedText, roster: Roster) {
    self.header = header
    self.signed = signed
    self.roster = roster
  }

  /// SHA-256 of the header's text.
  public var id: Digest { signed.digest }
  /// The header's note.
  public var bytes: [UInt8] { signed.bytes }
}
