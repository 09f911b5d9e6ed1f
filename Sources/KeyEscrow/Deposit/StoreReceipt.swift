public import LibCrypto
public import TransparencyLog

/// What a store says when it acknowledges a submission: it holds the session's deposits up to this head, durably.
public struct StoreReceipt: Hashable, Sendable {
  /// The name of every store's verifier key.
  public static let keyName = "store"

  /// The session.
  public let session: Digest
  /// The newest deposit's sequence number.
  public let sequence: UInt64
  /// The newest deposit's digest.
  public let deposit: Digest
  /// When the store made it durable.
  public let received: Timestamp
  /// The store's key.
  public let store: NoteVerifierKey
  private let signed: SignedText

  /// Signs the receipt of `head`, which the store holds durably from now on.
  public init(
    acknowledging head: VerifiedHead, received: Timestamp, signingKey: borrowing Ed25519PrivateKey
  ) throws(EscrowError) {
    let store: NoteVerifierKey
    do { store = try NoteVerifierKey(name: Self.keyName, publicKey: signingKey.publicKey) } catch {
      throw .note(error)
    }
    var signed = try SignedText(
      .receipt,
      text: DocumentType.receipt.text([
        "session": .string(head.head.session.hex),
        "sequence": .integer(head.head.sequence),
        "deposit": .string(head.head.deposit.hex),
        "received": .string(received.description),
        "store": .string(store.vkey),
      ]))
    try signed.sign(with: signingKey, name: Self.keyName)
    session = head.head.session
    sequence = head.head.sequence
    deposit = head.head.deposit
    self.received = received
    self.store = store
    self.signed = signed
  }

  /// Reads a receipt and checks that the store it names signed it. Whether that is the right store is for the
  /// reader to compare.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    let signed = try SignedText(.receipt, parsing: bytes)
    var fields = try DocumentType.receipt.fields(of: signed.text)
    session = try fields.digest("session")
    sequence = try fields.integer("sequence", 0...ChainKeys.maximumDeposits - 1)
    deposit = try fields.digest("deposit")
    received = try fields.timestamp("received")
    store = try fields.verifierKey("store")
    guard store.name == StoreReceipt.keyName else { throw fields.fault("store", "is not named store") }
    try fields.finish()
    try signed.requireSignature(of: store)
    self.signed = signed
  }

  /// The note.
  public var bytes: [UInt8] { signed.bytes }
}
