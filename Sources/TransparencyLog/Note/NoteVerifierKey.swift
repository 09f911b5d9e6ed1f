public import LibCrypto

/// A name and an Ed25519 public key under which notes are verified: C2SP signed-note, signature type `0x01`.
public struct NoteVerifierKey: Hashable, Sendable, CustomStringConvertible {
  private let exactName: ExactString

  /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)`. An identifier, not a commitment: a
  /// colliding key is easily made, and its signatures then fail.
  public let keyID: UInt32

  /// The Ed25519 public key.
  public let publicKey: Ed25519PublicKey

  /// The key's name, which stands on every signature line: compared as UTF-8 bytes.
  public var name: String { exactName.string }

  /// The verifier key of `publicKey` under `name`.
  ///
  /// - Throws: `invalidName` when `name` is empty, or holds a Unicode space, a plus sign or a control
  ///   character.
  public init(name: String, publicKey: Ed25519PublicKey) throws(NoteError) {
    try NoteKeyName.check(name)
    exactName = ExactString(name)
    keyID = try VerifierKeyText.keyID(name: name, type: .ed25519, publicKey: publicKey)
    self.publicKey = publicKey
  }

  /// Reads `<name>+<key id, 8 lowercase hex digits>+<base64 of 0x01 ‖ 32-byte public key>`.
  ///
  /// - Throws: `invalidKey` for any other text, also when the key id is not this name's and key's;
  ///   `invalidName` for the name.
  public init(vkey: String) throws(NoteError) {
    let key = try VerifierKeyText.decode(vkey, type: .ed25519)
    exactName = ExactString(key.name)
    keyID = key.keyID
    publicKey = key.publicKey
  }

  /// The key as text, as `init(vkey:)` reads it.
  public var vkey: String {
    VerifierKeyText.encode(name: name, keyID: keyID, type: .ed25519, publicKey: publicKey)
  }

  /// The vkey.
  public var description: String { vkey }

  /// Whether `signature` names this key.
  func isNamed(by signature: NoteSignature) -> Bool {
    signature.keyID == keyID && ExactString(signature.name) == exactName
  }

  /// Whether `signature` is this key's Ed25519 signature (RFC 8032) of the bytes of `text`.
  func isValid(_ signature: NoteSignature, for text: Span<UInt8>) throws(NoteError) -> Bool {
    return try crypto { () throws(CryptoError) in
      try publicKey.isValid(signature: signature.signature.span, for: text)
    }
  }
}
