import LibCrypto
public import SecretMemory

// The textual form of Go's note.GenerateKey, of which everything but the base64 at the end is public:
//
//     PRIVATE+KEY+<name>+<key id, 8 hex digits>+<base64 of 0x01 ‖ 32-byte seed>
extension NoteSigner {
  private static let materialByteCount = 33
  private static let materialCharacterCount = 44

  /// Reads a signer key as Go's `golang.org/x/mod/sumdb/note` writes it, with or without a newline at its end.
  ///
  /// A witness's key has this form too, as in Go's tools: what it signs makes it a witness's.
  ///
  /// - Throws: `invalidKey` for any other text, also when the key id is not this name's and key's; `invalidName`;
  ///   `crypto`.
  public static func fromText(_ text: Span<UInt8>) throws(NoteError) -> NoteSigner {
    let hasNewline = text.count > 0 && text[text.count - 1] == NoteText.newline
    let end = hasNewline ? text.count - 1 : text.count
    let secretStart = end - materialCharacterCount
    guard secretStart > 0 else { throw .invalidKey }
    let publicBytes = (0..<secretStart).map { text[$0] }
    // PRIVATE, KEY, the name, the key id, and nothing after the last plus sign.
    let parts = publicBytes.split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
    guard parts.count == 5, let name = String(validating: parts[2], as: UTF8.self) else { throw .invalidKey }
    try NoteKeyName.check(name)

    var material = try zeros(materialByteCount)
    let isBase64 = material.withMutableBytes { bytes in
      SecretBase64.decode(text.extracting(secretStart..<end), into: &bytes)
    }
    guard isBase64 else { throw .invalidKey }
    let signer = try material.withBytes { (bytes) throws(NoteError) -> NoteSigner in
      guard bytes[0] == SignatureType.ed25519.rawValue else { throw .invalidKey }
      let key = try crypto { () throws(CryptoError) in
        try Ed25519PrivateKey.fromSeed(bytes.extracting(1..<materialByteCount))
      }
      return try NoteSigner(name: name, key: key)
    }
    // The text is compared rather than its parts, as for verifier keys.
    guard signer.publicText == publicBytes else { throw .invalidKey }
    return signer
  }

  /// The key as text, as `fromText` reads it, without a newline. It is the whole secret: it belongs in a file that
  /// only its owner can read.
  ///
  /// - Throws: `crypto`.
  public borrowing func text() throws(NoteError) -> SecretBytes {
    var material = try Self.zeros(Self.materialByteCount)
    try material.withMutableBytes { (bytes) throws(NoteError) in
      bytes[0] = SignatureType.ed25519.rawValue
      try crypto { () throws(CryptoError) in
        try key.withSeed { (seed) throws(CryptoError) in
          for index in seed.indices { bytes[1 + index] = seed[index] }
        }
      }
    }
    let publicBytes = publicText
    var text = try Self.zeros(publicBytes.count + Self.materialCharacterCount)
    text.withMutableBytes { characters in
      for index in publicBytes.indices { characters[index] = publicBytes[index] }
      characters.withSlice(publicBytes.count..<characters.count) { secret in
        material.withBytes { SecretBase64.encode($0, into: &secret) }
      }
    }
    return text
  }

  /// The text up to the secret.
  private var publicText: [UInt8] {
    let keyID = BigEndian.bytes(verifierKey.keyID)
    return Array("PRIVATE+KEY+\(name)+\(Hexadecimal.encode(keyID.span))+".utf8)
  }

  private static func zeros(_ count: Int) throws(NoteError) -> SecretBytes {
    do { return try SecretBytes.zeros(count) } catch { throw .crypto(.secretMemory(error)) }
  }
}
