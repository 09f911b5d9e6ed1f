public import LibCrypto

/// A name and an Ed25519 private key that sign notes.
public struct NoteSigner: ~Copyable, Sendable {
  /// The key that verifies what this one signs.
  public let verifierKey: NoteVerifierKey

  let key: Ed25519PrivateKey

  /// The signer `name` with `key`.
  ///
  /// - Throws: `invalidName`.
  public init(name: String, key: consuming Ed25519PrivateKey) throws(NoteError) {
    verifierKey = try NoteVerifierKey(name: name, publicKey: key.publicKey)
    self.key = key
  }

  /// The key's name.
  public var name: String { verifierKey.name }

  /// Signs `text`: see `Ed25519PrivateKey.noteSignature(name:text:)`.
  public borrowing func sign(_ text: String) throws(NoteError) -> NoteSignature {
    try key.noteSignature(name: name, text: text)
  }
}
