public import LibCrypto
public import SecretSharing
public import TransparencyLog

/// The public half of a holder: what it hands to whoever drafts a roster.
///
/// Shape in a roster and in a file of its own: id, suite, sealing key, its expiry, and the vkey whose name is the
/// id. Proof that the holder has the private halves comes with its signature on the roster.
public struct HolderRecord: Hashable, Sendable {
  /// The holder's id; also the name of its verifier key.
  public let id: HolderID
  /// The key that deposits are sealed to: X25519, suite 1.
  public let sealingKey: X25519PublicKey
  /// The last second at which a session may be opened to `sealingKey`.
  public let sealingKeyNotAfter: Timestamp
  /// The Ed25519 key the holder signs with, named like its id.
  public let verifierKey: NoteVerifierKey

  /// A record of these keys.
  ///
  /// - Throws: `EscrowError.note` when the id cannot name a key.
  public init(
    id: HolderID, sealingKey: X25519PublicKey, sealingKeyNotAfter: Timestamp, signingKey: Ed25519PublicKey
  ) throws(EscrowError) {
    self.id = id
    self.sealingKey = sealingKey
    self.sealingKeyNotAfter = sealingKeyNotAfter
    do { verifierKey = try NoteVerifierKey(name: id.description, publicKey: signingKey) } catch {
      throw .note(error)
    }
  }

  /// Reads the record's own file: its canonical text.
  public init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.holderRecord.fields(of: text)
    try self.init(&fields)
    try fields.finish()
  }

  /// The canonical text of the record's own file.
  public var text: String {
    DocumentType.holderRecord.text(members)
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    id = try fields.holder("id")
    sealingKey = try fields.sealingKey("sealingKey")
    sealingKeyNotAfter = try fields.timestamp("sealingKeyNotAfter")
    verifierKey = try fields.verifierKey("vkey")
    let suite = try fields.integer("suite")
    guard suite == UInt64(CipherSuite.x25519.rawValue) else { throw fields.fault("suite", "is not known") }
    guard verifierKey.name == id.description else {
      throw fields.fault("vkey", "is not named like the holder")
    }
  }

  var members: [String: CanonicalJSON] {
    [
      "id": .string(id.description),
      "sealingKey": .string(Hexadecimal.encode(sealingKey.bytes.span)),
      "sealingKeyNotAfter": .string(sealingKeyNotAfter.description),
      "suite": .integer(UInt64(CipherSuite.x25519.rawValue)),
      "vkey": .string(verifierKey.vkey),
    ]
  }
}
