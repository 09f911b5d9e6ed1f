public import LibCrypto
public import TransparencyLog

/// The record of a whole ceremony as it was read: to be shown, signed and redacted.
public struct UnverifiedTranscript: Sendable {
  let entries: [TranscriptEntry]
  /// The roster that the ceremony made.
  public let roster: Digest
  var signed: SignedText
  /// Openings that are left, by step.
  let openings: [(step: Int, opening: CeremonyOpening)]
  /// The roster and the drill's report, if they are left.
  let attachments: [CeremonyAttachment]

  /// The names of the attachments that a transcript carries, and the kind of step that each is from.
  static let carried: [(name: String, kind: CeremonyStep.Kind)] = [
    ("report", .recover), ("roster", .verify),
  ]

  /// The transcript of `records`, which are all steps in order. The same records give the same text, wherever it is
  /// put together.
  public init(of records: [CeremonyRecord]) throws(EscrowError) {
    var entries: [TranscriptEntry] = []
    var openings: [(step: Int, opening: CeremonyOpening)] = []
    var attachments: [CeremonyAttachment] = []
    for record in records {
      entries.append(try TranscriptEntry(record, after: entries.last))
      openings += record.openings.map { (step: record.statement.number, opening: $0) }
    }
    for (name, kind) in Self.carried {
      guard let record = records.first(where: { $0.statement.kind == kind }) else { continue }
      attachments.append(CeremonyAttachment(name: name, bytes: try record.attachment(name)))
    }
    guard let roster = records.first(where: { $0.statement.kind == .verify })?.statement.input("roster")
    else {
      throw .ceremony(.incomplete(reason: "no step verified the roster"))
    }
    self.roster = roster
    self.entries = entries
    self.openings = openings
    self.attachments = attachments
    signed = try SignedText(.transcript, text: Self.text(entries, roster: roster))
  }

  private init(
    entries: [TranscriptEntry], roster: Digest, signed: SignedText,
    openings: [(step: Int, opening: CeremonyOpening)], attachments: [CeremonyAttachment]
  ) {
    self.entries = entries
    self.roster = roster
    self.signed = signed
    self.openings = openings
    self.attachments = attachments
  }

  /// Reads a transcript's file.
  public init(parsing bytes: [UInt8]) throws(EscrowError) {
    let file = try CeremonyFile(parsing: bytes, artifact: .transcript)
    signed = try SignedText(.transcript, parsingDraft: file.note.span)
    var fields = try DocumentType.transcript.fields(of: signed.text)
    roster = try fields.digest("roster")
    var entries: [TranscriptEntry] = []
    for var nested in try fields.objects("steps", maximumCount: 1000) {
      entries.append(try TranscriptEntry(&nested))
      try nested.finish()
    }
    try fields.finish()
    self.entries = entries
    // The text is compared with what was understood of it, as every document's is.
    guard Self.text(entries, roster: roster).utf8.elementsEqual(signed.text.utf8) else {
      throw .malformed(.transcript, reason: "its text is not in canonical form")
    }
    var openings: [(step: Int, opening: CeremonyOpening)] = []
    for line in file.openings {
      guard let space = line.firstIndex(of: " "), let step = Int(line[..<space]),
        String(step) == line[..<space],
        let opening = CeremonyOpening(line: line[line.index(after: space)...])
      else {
        throw .malformed(.transcript, reason: "an opening is not a step, a name, a salt and a text")
      }
      openings.append((step: step, opening: opening))
    }
    self.openings = openings
    attachments = file.attachments
    guard self.bytes == bytes else {
      throw .malformed(.transcript, reason: "it is not in canonical form")
    }
  }

  private static func text(_ entries: [TranscriptEntry], roster: Digest) -> String {
    DocumentType.transcript.text([
      "roster": .string(roster.hex), "steps": .array(entries.map(\.member)),
    ])
  }

  /// SHA-256 of the text: what everybody signs, and what is logged.
  public var digest: Digest { signed.digest }

  /// The file.
  public var bytes: [UInt8] {
    CeremonyFile(
      note: signed.bytes, openings: openings.map { "\($0.step) \($0.opening.line)" },
      attachments: attachments
    ).bytes
  }

  /// The statements, in order, unverified.
  public var statements: [CeremonyStatement] { entries.map(\.statement) }

  /// The names on its signature lines, unverified.
  public var signatureNames: [String] { signed.note.signatures.map(\.name) }

  /// What is left of the text that may be taken out: a step's number, a field's name, the text.
  public var disclosed: [(step: Int, name: String, value: String)] {
    openings.map { (step: $0.step, name: $0.opening.name, value: $0.opening.value) }
  }

  /// Adds the signature of `actor`.
  public mutating func sign(as actor: CeremonyActor, with key: borrowing Ed25519PrivateKey)
    throws(EscrowError)
  {
    try signed.sign(with: key, name: actor.description)
  }

  /// Adds the signature of a holder.
  public mutating func sign(as holder: borrowing Holder) throws(EscrowError) {
    try sign(as: .holder(holder.id), with: holder.signingKey)
  }

  /// Adds a signature that was made elsewhere, from its line.
  ///
  /// - Throws: `.failedVerification(.badSignature)` unless it is `actor`'s, whose key `key` is.
  public mutating func add(
    signatureLine line: String, of actor: CeremonyActor, by key: NoteVerifierKey
  ) throws(EscrowError) {
    var alone = self
    alone.signed.note = try Self.note(signed.text)
    do { alone.signed.note.add(try NoteSignature(line: line)) } catch { throw .note(error) }
    guard try alone.signed.signers(among: [key]).contains(key) else {
      throw .failedVerification(.signatureMissing(.transcript, signer: actor.description))
    }
    for signature in alone.signed.note.signatures { signed.note.add(signature) }
  }

  private static func note(_ text: String) throws(EscrowError) -> UnverifiedNote {
    do { return try UnverifiedNote(text: text) } catch { throw .note(error) }
  }

  /// The line of `actor`'s signature, to be carried elsewhere.
  public func signatureLine(of actor: CeremonyActor) -> String? {
    signed.note.signatures.first { $0.name == actor.description }?.line
  }

  /// The same transcript without the openings for which `isSecret` holds. What was signed stays as it is.
  public func redacted(
    where isSecret: (_ step: Int, _ name: String) -> Bool
  ) -> UnverifiedTranscript {
    UnverifiedTranscript(
      entries: entries, roster: roster, signed: signed,
      openings: openings.filter { !isSecret($0.step, $0.opening.name) }, attachments: attachments)
  }
}
