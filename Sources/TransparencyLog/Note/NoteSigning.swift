public import LibCrypto

extension Ed25519PrivateKey {
  /// Signs `text` as the key named `name`: C2SP signed-note, signature type `0x01`. Deterministic (RFC 8032).
  ///
  /// - Throws: `invalidName`; `malformed` when `text` cannot stand in a note (see `UnverifiedNote.init(text:)`).
  public func noteSignature(name: String, text: String) throws(NoteError) -> NoteSignature {
    let key = try NoteVerifierKey(name: name, publicKey: publicKey)
    try NoteText.check(text)
    let message = Array(text.utf8)
    let signature = try crypto { () throws(CryptoError) in try sign(message.span) }
    return try NoteSignature(name: name, keyID: key.keyID, signature: signature)
  }
}
