/// The authenticated ciphers of RFC 9180 §7.3. All take a 12-byte nonce and give a 16-byte tag.
public enum AEADAlgorithm: Hashable, Sendable, CaseIterable {
  /// AES-128 in Galois/counter mode (NIST SP 800-38D).
  case aes128GCM
  /// AES-256 in Galois/counter mode (NIST SP 800-38D).
  case aes256GCM
  /// ChaCha20-Poly1305 (RFC 8439).
  case chaCha20Poly1305

  /// The number of bytes of a key: 16 or 32.
  public var keyByteCount: Int {
    switch self {
    case .aes128GCM: 16
    case .aes256GCM, .chaCha20Poly1305: 32
    }
  }

  /// The number of bytes of a nonce: 12.
  public var nonceByteCount: Int { 12 }

  /// The number of bytes of a tag: 16. Tags are never truncated.
  public var tagByteCount: Int { 16 }

  var fetched: Result<Fetched.Cipher, CryptoError> {
    switch self {
    case .aes128GCM: Fetched.aes128GCM
    case .aes256GCM: Fetched.aes256GCM
    case .chaCha20Poly1305: Fetched.chaCha20Poly1305
    }
  }
}
