import LibCrypto

/// The assigned signature types that this package makes and checks (C2SP signed-note, "Signature types").
enum SignatureType: UInt8 {
  case ed25519 = 0x01
  case ed25519Cosignature = 0x04
}

/// The textual form of an Ed25519 verifier key, of whichever signature type:
/// `<name>+<key id, 8 hex digits>+<base64 of type ‖ public key>` (C2SP signed-note, "Verifier keys").
enum VerifierKeyText {
  /// `SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]`, big-endian (C2SP signed-note, "Signatures").
  static func keyID(
    name: String, type: SignatureType, publicKey: Ed25519PublicKey
  ) throws(NoteError) -> UInt32 {
    let preimage = Array(name.utf8) + [NoteText.newline, type.rawValue] + publicKey.bytes
    let digest = try crypto { () throws(CryptoError) in try SHA256.digest(preimage) }
    return BigEndian.uint32(digest.bytes[..<4])
  }

  static func encode(
    name: String, keyID: UInt32, type: SignatureType, publicKey: Ed25519PublicKey
  ) -> String {
    let material = [type.rawValue] + publicKey.bytes
    return "\(name)+\(Hexadecimal.encode(BigEndian.bytes(keyID).span))+\(Base64.encode(material.span))"
  }

  /// - Throws: `invalidKey` unless `vkey` is the one text of a key of type `type`, `invalidName` for its name.
  static func decode(
    _ vkey: String, type: SignatureType
  ) throws(NoteError) -> (name: String, keyID: UInt32, publicKey: Ed25519PublicKey) {
    // Two splits only: base64 has plus signs of its own.
    let parts = vkey.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let material = Base64.decode(String(parts[2])) else { throw .invalidKey }
    let name = String(parts[0])
    try NoteKeyName.check(name)
    guard material.count == 33, material[0] == type.rawValue else { throw .invalidKey }
    let publicKey: Ed25519PublicKey
    do { publicKey = try Ed25519PublicKey(bytes: Array(material[1...]).span) } catch { throw .invalidKey }
    let keyID = try keyID(name: name, type: type, publicKey: publicKey)
    // The text is compared rather than its parts: upper case, other paddings and wrong ids all fall here.
    let canonical = encode(name: name, keyID: keyID, type: type, publicKey: publicKey)
    guard ExactString(canonical) == ExactString(vkey) else { throw .invalidKey }
    return (name, keyID, publicKey)
  }
}
