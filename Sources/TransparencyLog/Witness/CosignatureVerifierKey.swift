public import LibCrypto

/// A name and an Ed25519 public key under which cosignatures are verified: C2SP tlog-cosignature, signature type
/// `0x04`.
public struct CosignatureVerifierKey: Hashable, Sendable, CustomStringConvertible {
  private let exactName: ExactString

  /// The first four bytes of `SHA-256(name ‖ 0x0A ‖ 0x04 ‖ public key)`.
  public let keyID: UInt32

  /// The Ed25519 public key, which no other cosigner may share: what is signed does not name the cosigner.
  public let publicKey: Ed25519PublicKey

  /// The witness's name, compared as UTF-8 bytes.
  public var name: String { exactName.string }

  /// The verifier key of `publicKey` under `name`.
  ///
  /// - Throws: `invalidName`.
  public init(name: String, publicKey: Ed25519PublicKey) throws(NoteError) {
    try NoteKeyName.check(name)
    exactName = ExactString(name)
    keyID = try VerifierKeyText.keyID(name: name, type: .ed25519Cosignature, publicKey: publicKey)
    self.publicKey = publicKey
  }

  /// Reads `<name>+<key id, 8 lowercase hex digits>+<base64 of 0x04 ‖ 32-byte public key>`.
  ///
  /// - Throws: `invalidKey` for any other text, also when the key id is not this name's and key's;
  ///   `invalidName` for the name.
  public init(vkey: String) throws(NoteError) {
    let key = try VerifierKeyText.decode(vkey, type: .ed25519Cosignature)
    exactName = ExactString(key.name)
    keyID = key.keyID
    publicKey = key.publicKey
  }

  /// The key as text, as `init(vkey:)` reads it.
  public var vkey: String {
    VerifierKeyText.encode(name: name, keyID: keyID, type: .ed25519Cosignature, publicKey: publicKey)
  }

  /// The vkey.
  public var description: String { vkey }

  /// When this witness cosigned `text`, if any of `signatures` names it: the latest time, in seconds since 1970.
  ///
  /// - Throws: `badSignature` when a line that names this key is not its cosignature of `text`.
  func time(of signatures: [NoteSignature], for text: String) throws(NoteError) -> UInt64? {
    var latest: UInt64?
    for signature in signatures
    where signature.keyID == keyID && ExactString(signature.name) == exactName {
      guard let cosignature = Cosignature(signature.signature),
        try cosignature.isValid(under: publicKey, for: text)
      else { throw .badSignature(name: name) }
      latest = max(latest ?? 0, cosignature.time)
    }
    return latest
  }
}
