import COpenSSL
import SecretMemory

/// An Ed25519 private key (RFC 8032), held by libcrypto and erased with this value.
@safe
public struct Ed25519PrivateKey: ~Copyable, Sendable {
  let handle: KeyHandle

  /// The public key.
  public let publicKey: Ed25519PublicKey

  init(_ handle: consuming KeyHandle) throws(CryptoError) {
    let bytes = try handle.rawPublicKey()
    publicKey = try Ed25519PublicKey(bytes: bytes.span)
    self.handle = handle
  }

  /// A new random key.
  ///
  /// - Throws: `CryptoError.randomnessUnavailable`, `.libcrypto`, `.secretMemory`.
  public static func generate() throws(CryptoError) -> Ed25519PrivateKey {
    try generate(from: SystemRandom())
  }

  /// A new key from 32 bytes of `random`.
  package static func generate(from random: some RandomSource) throws(CryptoError) -> Ed25519PrivateKey {
    let seed = try random.secret(KeyHandle.byteCount)
    return try seed.withBytes { (bytes) throws(CryptoError) in try fromSeed(bytes) }
  }

  /// The key of the 32-byte `seed` (RFC 8032 §5.1.5).
  ///
  /// - Throws: `CryptoError.invalidKey` for any other number of bytes, `.libcrypto`.
  public static func fromSeed(_ seed: Span<UInt8>) throws(CryptoError) -> Ed25519PrivateKey {
    try Ed25519PrivateKey(KeyHandle.privateKey(.ed25519, raw: seed))
  }

  /// Lends the 32-byte seed.
  package borrowing func withSeed<Result: ~Copyable>(
    _ body: (Span<UInt8>) throws(CryptoError) -> Result
  ) throws(CryptoError) -> Result {
    try handle.rawPrivateKey().withBytes(body)
  }

  /// The 64-byte signature of `message` (pure Ed25519, RFC 8032 §5.1.6). Deterministic.
  ///
  /// - Throws: `CryptoError.libcrypto`.
  public borrowing func sign(_ message: Span<UInt8>) throws(CryptoError) -> [UInt8] {
    let context = try unsafe requireHandle("EVP_MD_CTX_new") { unsafe EVP_MD_CTX_new() }
    defer { unsafe EVP_MD_CTX_free(context) }
    try require("EVP_DigestSignInit_ex") {
      unsafe EVP_DigestSignInit_ex(context, nil, nil, nil, nil, handle.pointer, nil)
    }
    var signature = [UInt8](repeating: 0, count: Ed25519PublicKey.signatureByteCount)
    var count = signature.count
    try unsafe message.withUnsafeBufferPointer { (message) throws(CryptoError) in
      try require("EVP_DigestSign") {
        unsafe EVP_DigestSign(context, &signature, &count, message.baseAddress, message.count)
      }
    }
    guard count == signature.count else {
      throw .invalidLength(expected: signature.count, actual: count)
    }
    return signature
  }
}
