import COpenSSL
public import SecretMemory

/// An X25519 private key (RFC 7748), held by libcrypto and erased with this value.
@safe
public struct X25519PrivateKey: ~Copyable, Sendable {
  let handle: KeyHandle

  /// The public key.
  public let publicKey: X25519PublicKey

  init(_ handle: consuming KeyHandle) throws(CryptoError) {
    let bytes = try handle.rawPublicKey()
    publicKey = try X25519PublicKey(bytes: bytes.span)
    self.handle = handle
  }

  /// A new random key.
  ///
  /// - Throws: `CryptoError.randomnessUnavailable`, `.libcrypto`, `.secretMemory`.
  public static func generate() throws(CryptoError) -> X25519PrivateKey {
    try generate(from: SystemRandom())
  }

  /// A new key from 32 bytes of `random`.
  package static func generate(from random: some RandomSource) throws(CryptoError) -> X25519PrivateKey {
    let raw = try random.secret(KeyHandle.byteCount)
    return try raw.withBytes { (bytes) throws(CryptoError) in try fromRaw(bytes) }
  }

  /// The key whose 32-byte scalar is `raw`, clamped when it is used (RFC 7748 §5).
  ///
  /// - Throws: `CryptoError.invalidKey` for any other number of bytes, `.libcrypto`.
  public static func fromRaw(_ raw: Span<UInt8>) throws(CryptoError) -> X25519PrivateKey {
    try X25519PrivateKey(KeyHandle.privateKey(.x25519, raw: raw))
  }

  /// Lends the 32-byte scalar.
  package borrowing func withRaw<Result: ~Copyable>(
    _ body: (Span<UInt8>) throws(CryptoError) -> Result
  ) throws(CryptoError) -> Result {
    try handle.rawPrivateKey().withBytes(body)
  }

  /// The 32-byte Diffie–Hellman secret shared with the owner of `peer` (RFC 7748 §6.1). Not uniform: it goes
  /// into a key-derivation function.
  ///
  /// - Throws: `CryptoError.invalidKey` when the secret would be all zeros, because `peer` has small order;
  ///   `.libcrypto`, `.secretMemory`.
  public borrowing func sharedSecret(with peer: X25519PublicKey) throws(CryptoError) -> SecretBytes {
    let peerHandle = try KeyHandle.publicKey(.x25519, raw: peer.bytes.span)
    let context = try unsafe requireHandle("EVP_PKEY_CTX_new_from_pkey") {
      unsafe EVP_PKEY_CTX_new_from_pkey(nil, handle.pointer, nil)
    }
    defer { unsafe EVP_PKEY_CTX_free(context) }
    try require("EVP_PKEY_derive_init") { unsafe EVP_PKEY_derive_init(context) }
    try require("EVP_PKEY_derive_set_peer") {
      unsafe EVP_PKEY_derive_set_peer_ex(context, peerHandle.pointer, 0)
    }
    var count = 0
    try require("EVP_PKEY_derive") { unsafe EVP_PKEY_derive(context, nil, &count) }
    guard count == KeyHandle.byteCount else {
      throw .invalidLength(expected: KeyHandle.byteCount, actual: count)
    }
    var secret = try withSecretMemory { () throws(SecretMemoryError) in
      try SecretBytes.zeros(KeyHandle.byteCount)
    }
    try secret.withMutableBytes { (bytes) throws(CryptoError) in
      try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
        // With keys in place and the length agreed, this call fails for an all-zero secret alone.
        do {
          try require("EVP_PKEY_derive") { unsafe EVP_PKEY_derive(context, buffer.baseAddress, &count) }
        } catch { throw CryptoError.invalidKey }
      }
      // RFC 7748 §6.1 leaves the check to the protocol and RFC 9180 §7.1.4 demands it: not left to a provider.
      guard !ConstantTime.isZero(bytes.span) else { throw .invalidKey }
    }
    return secret
  }
}
