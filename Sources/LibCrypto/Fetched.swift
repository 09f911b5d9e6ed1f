import COpenSSL

/// Algorithms fetched once from libcrypto's default provider and kept for the life of the process.
///
/// A fetch walks the providers under a lock; it costs more than hashing a short message. A failure is kept like
/// a success: every use reports it.
enum Fetched {
  // Sendable: fetched algorithms are immutable and reference-counted, and these are never freed.
  @safe struct Digest: @unchecked Sendable { let pointer: OpaquePointer }
  @safe struct MAC: @unchecked Sendable { let pointer: OpaquePointer }
  @safe struct Cipher: @unchecked Sendable { let pointer: OpaquePointer }

  static let sha256: Result<Digest, CryptoError> = make { () throws(CryptoError) in
    try unsafe Digest(pointer: requireHandle("EVP_MD_fetch") { unsafe EVP_MD_fetch(nil, "SHA256", nil) })
  }

  static let hmac: Result<MAC, CryptoError> = make { () throws(CryptoError) in
    try unsafe MAC(pointer: requireHandle("EVP_MAC_fetch") { unsafe EVP_MAC_fetch(nil, "HMAC", nil) })
  }

  static let aes128GCM = cipher("AES-128-GCM")
  static let aes256GCM = cipher("AES-256-GCM")
  static let chaCha20Poly1305 = cipher("ChaCha20-Poly1305")
  static let aes256CBC = cipher("AES-256-CBC")

  private static func cipher(_ name: String) -> Result<Cipher, CryptoError> {
    make { () throws(CryptoError) in
      try unsafe Cipher(
        pointer: requireHandle("EVP_CIPHER_fetch") { unsafe EVP_CIPHER_fetch(nil, name, nil) })
    }
  }

  private static func make<Algorithm>(
    _ fetch: () throws(CryptoError) -> Algorithm
  ) -> Result<Algorithm, CryptoError> {
    do { return .success(try fetch()) } catch { return .failure(error) }
  }
}
