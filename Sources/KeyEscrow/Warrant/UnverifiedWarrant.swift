public import LibCrypto
public import SecretSharing
import TransparencyLog

/// A warrant as it was read: it can be shown and signed, and opens nothing.
public struct UnverifiedWarrant: Sendable {
  /// What it says.
  public let body: WarrantBody
  private var signed: SignedText

  /// Reads a warrant file.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.warrant, parsing: bytes)
    body = try WarrantBody(parsing: signed.text)
  }

  /// A draft signed by its recipient holder, who signs first: whoever carries the draft from now on cannot put
  /// another key in its place.
  ///
  /// - Throws: `.malformed(.warrant)` for text that may not stand in a document; `.warrantRefused` when `holder` is
  ///   not the recipient.
  public init(drafting body: WarrantBody, recipient holder: borrowing Holder) throws(EscrowError) {
    guard body.recipient == holder.id else {
      throw .warrantRefused(.recipientSignatureMissing(body.recipient))
    }
    // Reading what was written applies every rule of the format to what the caller gave.
    self.body = try WarrantBody(parsing: body.text)
    signed = try SignedText(.warrant, text: body.text)
    try signed.sign(with: holder.signingKey, name: holder.id.description)
  }

  /// SHA-256 of the text: what answers name.
  public var digest: Digest { signed.digest }
  /// The canonical text that is signed.
  public var text: String { signed.text }
  /// The file: text and signature lines.
  public var bytes: [UInt8] { signed.bytes }

  /// Adds a judge's signature, after checking that the warrant is for `roster` and that its recipient signed this
  /// very text.
  ///
  /// - Throws: `.warrantRefused(.unknownHolder)` when `judge` is not a judge of the roster.
  public mutating func sign(with judge: borrowing Holder, roster: Roster) throws(EscrowError) {
    let id = judge.id
    guard id.role == .judge, let record = roster.holder(id), record.verifierKey == judge.verifierKey else {
      throw .warrantRefused(.unknownHolder(id))
    }
    try requireRecipientSignature(roster: roster)
    try signed.sign(with: judge.signingKey, name: id.description)
  }

  /// The holders of `roster` whose valid signatures the warrant carries. A line that is wrong is an error.
  public func signers(roster: Roster) throws(EscrowError) -> Set<HolderID> {
    let keys = try signed.signers(among: roster.holders.map(\.verifierKey))
    return Set(roster.holders.filter { keys.contains($0.verifierKey) }.map(\.id))
  }

  /// Succeeds only if the warrant names `roster` and carries the signature of its recipient holder.
  func requireRecipientSignature(roster: Roster) throws(EscrowError) {
    guard body.roster == roster.id else { throw .warrantRefused(.otherRoster(body.roster)) }
    guard roster.holder(body.recipient) != nil else { throw .warrantRefused(.unknownHolder(body.recipient)) }
    guard try signers(roster: roster).contains(body.recipient) else {
      throw .warrantRefused(.recipientSignatureMissing(body.recipient))
    }
  }
}
