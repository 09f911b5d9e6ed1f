public import LibCrypto

/// The depositor's signature over the newest deposit of its session, and so, through the chain of digests, over all
/// before it.
public struct Head: Hashable, Sendable {
  /// The session.
  public let session: Digest
  /// The newest deposit's sequence number.
  public let sequence: UInt64
  /// The newest deposit's digest.
  public let deposit: Digest

  init(session: Digest, sequence: UInt64, deposit: Digest) {
    self.session = session
    self.sequence = sequence
    self.deposit = deposit
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.head.fields(of: text)
    session = try fields.digest("session")
    sequence = try fields.integer("sequence", 0...ChainKeys.maximumDeposits - 1)
    deposit = try fields.digest("deposit")
    try fields.finish()
  }

  var text: String {
    DocumentType.head.text([
      "session": .string(session.hex), "sequence": .integer(sequence), "deposit": .string(deposit.hex),
    ])
  }
}

/// A head as it was read.
public struct UnverifiedHead: Hashable, Sendable {
  /// What it says.
  public let head: Head
  let signed: SignedText

  /// Reads a head's note.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    signed = try SignedText(.head, parsing: bytes)
    head = try Head(parsing: signed.text)
  }

  init(_ head: Head, signedBy depositor: borrowing Depositor) throws(EscrowError) {
    self.head = head
    var signed = try SignedText(.head, text: head.text)
    try signed.sign(with: depositor.signingKey, name: Depositor.keyName)
    self.signed = signed
  }

  /// The note.
  public var bytes: [UInt8] { signed.bytes }

  /// The head, if the depositor of `session` signed it for that session.
  public func verified(for session: Session) throws(EscrowError) -> VerifiedHead {
    guard head.session == session.id else {
      throw .malformed(.head, reason: "it belongs to another session")
    }
    try signed.requireSignature(of: session.header.depositor)
    return VerifiedHead(head: head, bytes: signed.bytes)
  }
}

/// A head that its session's depositor signed. Only `UnverifiedHead.verified` makes one.
public struct VerifiedHead: Hashable, Sendable {
  /// What it says.
  public let head: Head
  /// The note.
  public let bytes: [UInt8]

  fileprivate init(head: Head, bytes: [UInt8]) {
    self.head = head
    self.bytes = bytes
  }
}
