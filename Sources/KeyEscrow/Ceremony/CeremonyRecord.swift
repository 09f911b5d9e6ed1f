public import LibCrypto
public import TransparencyLog

/// The file that a step leaves, as it was read: the signed statement, openings, and attachments. It is text, so that
/// it can cross to another room on any medium.
///
///     <signed note>
///     === key-escrow/v1 openings ===
///     <name> <salt> <value>
///     === key-escrow/v1 attachment <name> ===
///     <base64 in lines of 76 characters>
public struct UnverifiedCeremonyRecord: Sendable {
  /// The largest file that is read, in bytes.
  public static let maximumByteCount = 4_000_000

  /// What the statement says.
  public let statement: CeremonyStatement
  let signed: SignedText
  /// Text behind the statement's commitments, in rising order of the names; what is missing was taken out.
  public let openings: [CeremonyOpening]
  let attachments: [CeremonyAttachment]

  /// SHA-256 of the statement's text.
  public var digest: Digest { signed.digest }

  /// A record of `statement`, signed by `key` under its actor's name.
  public init(
    _ statement: CeremonyStatement, openings: [CeremonyOpening], attachments: [String: [UInt8]],
    signedBy key: borrowing Ed25519PrivateKey
  ) throws(EscrowError) {
    self.statement = statement
    var signed = try SignedText(.ceremonyStep, text: statement.text)
    try signed.sign(with: key, name: statement.actor.description)
    self.signed = signed
    self.openings = openings.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.attachments = attachments.map { CeremonyAttachment(name: $0.key, bytes: $0.value) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// A record of `statement`, signed by a holder.
  public init(
    _ statement: CeremonyStatement, openings: [CeremonyOpening], attachments: [String: [UInt8]],
    signedBy holder: borrowing Holder
  ) throws(EscrowError) {
    try self.init(statement, openings: openings, attachments: attachments, signedBy: holder.signingKey)
  }

  /// Reads a step's file.
  public init(parsing bytes: [UInt8]) throws(EscrowError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .malformed(.ceremonyStep, reason: "it is larger than \(Self.maximumByteCount) bytes")
    }
    let file = try CeremonyFile(parsing: bytes, artifact: .ceremonyStep)
    signed = try SignedText(.ceremonyStep, parsing: file.note.span)
    guard signed.note.signatures.count == 1 else {
      throw .malformed(.ceremonyStep, reason: "it has not one signature line")
    }
    statement = try CeremonyStatement(parsing: signed.text)
    var openings: [CeremonyOpening] = []
    for line in file.openings {
      guard let opening = CeremonyOpening(line: Substring(line)) else {
        throw .malformed(.ceremonyStep, reason: "an opening is not a name, a salt and a text")
      }
      openings.append(opening)
    }
    self.openings = openings
    attachments = file.attachments
    guard self.bytes == bytes else {
      throw .malformed(.ceremonyStep, reason: "it is not in canonical form")
    }
  }

  /// The file.
  public var bytes: [UInt8] {
    CeremonyFile(note: signed.bytes, openings: openings.map(\.line), attachments: attachments).bytes
  }

  /// The record, if its actor signed it with `key`, and if openings and attachments are what the statement names.
  ///
  /// - Throws: `.failedVerification` for the signature, `.ceremony(.attachment)`, `.ceremony(.opening)`.
  public func verified(by key: NoteVerifierKey) throws(EscrowError) -> CeremonyRecord {
    try signed.requireSignature(of: key)
    try CeremonyFile.check(openings, of: statement)
    guard attachments.map(\.name) == statement.attachments.map(\.name) else {
      throw .ceremony(.attachment(step: statement.number, name: ""))
    }
    for (attachment, named) in zip(attachments, statement.attachments) {
      guard try attachment.digest() == named.digest else {
        throw .ceremony(.attachment(step: statement.number, name: named.name))
      }
    }
    return CeremonyRecord(self)
  }
}

/// A step's file whose signature, openings and attachments hold. Only `UnverifiedCeremonyRecord.verified` makes one.
public struct CeremonyRecord: Sendable {
  private let record: UnverifiedCeremonyRecord

  fileprivate init(_ record: UnverifiedCeremonyRecord) {
    self.record = record
  }

  /// What the statement says.
  public var statement: CeremonyStatement { record.statement }
  /// SHA-256 of the statement's text.
  public var digest: Digest { record.digest }
  /// Text behind its commitments.
  public var openings: [CeremonyOpening] { record.openings }
  /// The actor's signature line.
  var signature: NoteSignature? {
    record.signed.note.signatures.first
  }

  /// The bytes of the attachment called `name`.
  public func attachment(_ name: String) throws(EscrowError) -> [UInt8] {
    guard let found = record.attachments.first(where: { $0.name == name }) else {
      throw .ceremony(.attachment(step: statement.number, name: name))
    }
    return found.bytes
  }

  /// The text of the opening called `name`.
  public func opening(_ name: String) -> String? { openings.first { $0.name == name }?.value }
}
