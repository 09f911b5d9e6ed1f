public import LibCrypto
public import SecretSharing

/// What a holder checks when deposits come in: that its own sealed column opens, and holds the shares committed to.
public struct IntakeCheck: ~Copyable {
  /// Deposits checked so far.
  public private(set) var deposits: UInt64 = 0
  /// Records checked so far.
  public private(set) var records: UInt64 = 0
  private let roster: Roster
  private var opener: ColumnOpener
  private var sha: SHA256

  /// A check by `holder` of deposits under `roster` and its ancestors.
  public init(roster: Roster, holder: HolderID) throws(EscrowError) {
    let opener = try ColumnOpener(holder: holder, roster: roster)
    do {
      let sha = try SHA256()
      self.sha = sha
    } catch { throw .crypto(error) }
    self.opener = opener
    self.roster = roster
  }

  /// Checks one deposit: session, confirmation, column, and every share digest.
  ///
  /// Deposits of one session must come in rising sequence.
  ///
  /// - Throws: `.failedVerification`: `.confirmation`, `.sealedColumn`, `.shareDigest` with the position,
  ///   `.depositDigest`.
  public mutating func check(
    _ view: HolderView, session: UnverifiedSession, by holder: borrowing Holder
  ) throws(EscrowError) {
    if !opener.isReady(for: view.header.session, sequence: view.header.sequence) {
      try opener.enter(session, by: holder)
    }
    let opened = try opener.open(view, positions: nil)
    opener.close()
    deposits += 1
    records += UInt64(view.header.count)
    do {
      try sha.update(opened.digest)
    } catch { throw .crypto(error) }
  }

  /// The holder's signed receipt over everything checked so far.
  public consuming func receipt(signedBy holder: borrowing Holder, now: Timestamp) throws(EscrowError)
    -> IntakeReceipt
  {
    let digest: Digest
    do { digest = try sha.finish() } catch { throw .crypto(error) }
    return try IntakeReceipt(
      holder: holder, roster: roster.id, deposits: deposits, records: records, digest: digest, checked: now)
  }
}

/// A holder's signed word that its columns of these deposits opened and held the shares committed to.
public struct IntakeReceipt: Hashable, Sendable {
  /// Who checked.
  public let holder: HolderID
  /// The roster it checked under.
  public let roster: Digest
  /// How many deposits.
  public let deposits: UInt64
  /// How many records.
  public let records: UInt64
  /// SHA-256 of the checked deposits' digests, in the order they were checked.
  public let digest: Digest
  /// When.
  public let checked: Timestamp
  private let signed: SignedText

  init(
    holder: borrowing Holder, roster: Digest, deposits: UInt64, records: UInt64, digest: Digest,
    checked: Timestamp
  ) throws(EscrowError) {
    let id = holder.id
    var signed = try SignedText(
      .intakeReceipt,
      text: DocumentType.intakeReceipt.text([
        "holder": .string(id.description),
        "roster": .string(roster.hex),
        "deposits": .integer(deposits),
        "records": .integer(records),
        "digest": .string(digest.hex),
        "checked": .string(checked.description),
      ]))
    try signed.sign(with: holder.signingKey, name: id.description)
    self.holder = id
    self.roster = roster
    self.deposits = deposits
    self.records = records
    self.digest = digest
    self.checked = checked
    self.signed = signed
  }

  /// Reads a receipt and checks its signature against `roster`.
  public init(parsing bytes: Span<UInt8>, roster: Roster) throws(EscrowError) {
    let signed = try SignedText(.intakeReceipt, parsing: bytes)
    var fields = try DocumentType.intakeReceipt.fields(of: signed.text)
    holder = try fields.holder("holder")
    self.roster = try fields.digest("roster")
    deposits = try fields.integer("deposits")
    records = try fields.integer("records")
    digest = try fields.digest("digest")
    checked = try fields.timestamp("checked")
    try fields.finish()
    guard let generation = roster.generation(withID: self.roster), let record = generation.holder(holder)
    else {
      throw .warrantRefused(.unknownHolder(holder))
    }
    try signed.requireSignature(of: record.verifierKey)
    self.signed = signed
  }

  /// The note.
  public var bytes: [UInt8] { signed.bytes }
}
