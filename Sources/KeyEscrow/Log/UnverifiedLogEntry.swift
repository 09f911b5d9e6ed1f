public import LibCrypto
public import SecretSharing
import TransparencyLog

/// An entry of a log as it was read: what it says, and who says so, unchecked.
///
/// An entry is its canonical text alone, or, where somebody answers for it, a signed note.
public struct UnverifiedLogEntry: Hashable, Sendable {
  /// The most bytes of an entry (C2SP tlog-tiles).
  public static let maximumByteCount = 65_535

  /// What it says.
  public let body: LogEntryBody
  private let signed: SignedText

  /// Reads an entry of this library's: a log may hold others, which do not parse.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    guard bytes.count <= Self.maximumByteCount else {
      throw .malformed(.logEntry, reason: "it has more than \(Self.maximumByteCount) bytes")
    }
    // A text has no blank line; a note has one before its signatures.
    let file = bytes.indices.map { bytes[$0] }
    let isNote = zip(file, file.dropFirst()).contains { $0 == 10 && $1 == 10 }
    if isNote {
      signed = try SignedText(.logEntry, parsing: bytes)
    } else {
      guard let text = String(validating: file, as: UTF8.self) else {
        throw .malformed(.logEntry, reason: "it is not UTF-8")
      }
      do { signed = try SignedText(.logEntry, text: text) } catch {
        throw .malformed(.logEntry, reason: "it is no text of a document: \(error)")
      }
    }
    body = try LogEntryBody(parsing: signed.text)
    guard body.kind.isSigned == isNote else {
      throw .malformed(
        .logEntry, reason: isNote ? "it is signed, and its kind is not" : "its kind is signed, and it is not")
    }
  }

  private init(unsigned body: LogEntryBody) throws(EscrowError) {
    // Reading what was written applies every rule of the format.
    self.body = try LogEntryBody(parsing: body.text)
    signed = try SignedText(.logEntry, text: body.text)
  }

  private init(
    _ body: LogEntryBody, signedBy key: borrowing Ed25519PrivateKey, name: String
  ) throws(EscrowError) {
    self.body = try LogEntryBody(parsing: body.text)
    var signed = try SignedText(.logEntry, text: body.text)
    try signed.sign(with: key, name: name)
    self.signed = signed
  }

  /// The entry of a roster.
  public init(_ entry: RosterEntry) throws(EscrowError) { try self.init(unsigned: .roster(entry)) }

  /// The entry of a warrant.
  public init(_ entry: WarrantEntry) throws(EscrowError) { try self.init(unsigned: .warrant(entry)) }

  /// The entry of an unsealing.
  public init(_ entry: UnsealingEntry) throws(EscrowError) { try self.init(unsigned: .unsealing(entry)) }

  /// The entry of a store's deposits, signed by the store.
  public init(_ entry: DepositsEntry, signedBy store: borrowing Ed25519PrivateKey) throws(EscrowError) {
    guard store.publicKey == entry.store.publicKey else {
      throw .failedVerification(.signatureMissing(.logEntry, signer: entry.store.name))
    }
    try self.init(.deposits(entry), signedBy: store, name: StoreReceipt.keyName)
  }

  /// The entry of an answer, a revocation or a recovery, signed by the holder that it names.
  ///
  /// - Throws: `.warrantRefused(.unknownHolder)` when that is another.
  public init(_ body: LogEntryBody, signedBy holder: borrowing Holder) throws(EscrowError) {
    guard body.holder == holder.id else { throw .warrantRefused(.unknownHolder(holder.id)) }
    try self.init(body, signedBy: holder.signingKey, name: holder.id.description)
  }

  /// Whether it is the entry of `warrant`, sealed by `opening`, in every member.
  ///
  /// - Throws: `.crypto`.
  public func isEntry(of warrant: Warrant, opening: SealOpening) throws(EscrowError) -> Bool {
    guard case .warrant(let entry) = body else { return false }
    return try entry.isEntry(of: warrant, opening: opening)
  }

  /// What is appended to the log.
  public var bytes: [UInt8] { body.kind.isSigned ? signed.bytes : Array(signed.text.utf8) }

  /// The canonical text.
  public var text: String { signed.text }

  /// What the entry says, if it is under `roster` or an ancestor, and whoever must sign an entry of its kind, as that
  /// roster gives its key, did. An entry of a kind that nobody signs is the log's word alone.
  ///
  /// - Throws: `.failedVerification(.badSignature)`, `.failedVerification(.signatureMissing)`;
  ///   `.logRefused(.otherRoster)`; `.warrantRefused(.unknownHolder)`.
  public func verified(by roster: Roster) throws(EscrowError) -> LogEntryBody {
    guard let roster = roster.generation(withID: body.roster) else {
      throw .logRefused(.otherRoster(body.roster))
    }
    if case .deposits(let entry) = body {
      try signed.requireSignature(of: entry.store)
    } else if let holder = body.holder {
      guard let record = roster.holder(holder) else { throw .warrantRefused(.unknownHolder(holder)) }
      try signed.requireSignature(of: record.verifierKey)
    }
    return body
  }
}

extension UnverifiedLogEntry {
  /// Whether one of `keys` signed it; a line that is wrong is as good as none.
  func isSigned(byOneOf keys: [NoteVerifierKey]) -> Bool {
    keys.contains { key in (try? signed.requireSignature(of: key)) != nil }
  }
}

extension LogEntryBody {
  /// The holder who signs it; nil for kinds that no holder signs.
  public var holder: HolderID? {
    switch self {
    case .answer(let entry): entry.holder
    case .revocation(let entry): entry.judge
    case .recovery(let entry): entry.holder
    case .roster, .deposits, .warrant, .unsealing: nil
    }
  }
}
