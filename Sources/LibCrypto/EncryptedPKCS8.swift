import COpenSSL
import SecretMemory

/// An `EncryptedPrivateKeyInfo` (RFC 5208 §6), encrypted by PBES2 (RFC 8018 §6.2).
@safe
struct EncryptedPKCS8: ~Copyable {
  /// The longest passphrase that the `openssl` tool reads.
  static let maximumPassphraseByteCount = 1024

  static let saltByteCount = 16
  static let initializationByteCount = 16  // one block of AES-CBC

  // 16 MiB and about 50 ms per guess: the most that libcrypto reads back, which limits scrypt to 32 MiB.
  private static let cost: UInt64 = 16_384
  private static let blockSize: UInt64 = 8
  private static let parallelism: UInt64 = 1

  let pointer: OpaquePointer

  /// Encrypts `info` with AES-256-CBC under a key that scrypt (RFC 7914) makes of `passphrase`.
  ///
  /// - Throws: `CryptoError.wrongPassphrase` for an empty passphrase or one of more than 1,024 bytes.
  init(
    _ info: borrowing PKCS8, passphrase: Span<UInt8>, random: some RandomSource
  ) throws(CryptoError) {
    guard (1...Self.maximumPassphraseByteCount).contains(passphrase.count) else { throw .wrongPassphrase }
    let cipher = try Fetched.aes256CBC.get()
    let salt = try random.bytes(Self.saltByteCount)
    var initialization = try random.bytes(Self.initializationByteCount)
    ErrorQueue.clear()
    guard
      let algorithm = unsafe PKCS5_pbe2_set_scrypt(
        cipher.pointer, salt, CInt(salt.count), &initialization, Self.cost, Self.blockSize, Self.parallelism)
    else { throw failure(of: "PKCS5_pbe2_set_scrypt") }
    do {
      unsafe pointer = try unsafe passphrase.withUnsafeBytes { (buffer) throws(CryptoError) in
        try unsafe requireHandle("PKCS8_set0_pbe_ex") {
          unsafe PKCS8_set0_pbe_ex(
            buffer.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(buffer.count), info.pointer,
            algorithm,
            nil, nil)
        }
      }
    } catch {
      unsafe X509_ALGOR_free(algorithm)
      throw error
    }
  }

  /// - Throws: `CryptoError.malformedPEM` unless `der` is one `EncryptedPrivateKeyInfo` and nothing more.
  init(der: Span<UInt8>) throws(CryptoError) {
    unsafe pointer = try unsafe decode(der, free: X509_SIG_free) { bytes, count in
      unsafe d2i_X509_SIG(nil, bytes, count)
    }
  }

  deinit { unsafe X509_SIG_free(pointer) }

  /// Decrypts the key.
  ///
  /// - Throws: `CryptoError.wrongPassphrase` when what comes out is no key, also for an empty passphrase;
  ///   `.malformedPEM` for an encryption that is not PBES2 or that libcrypto does not know.
  borrowing func decrypted(passphrase: Span<UInt8>) throws(CryptoError) -> PKCS8 {
    guard (1...Self.maximumPassphraseByteCount).contains(passphrase.count) else { throw .wrongPassphrase }
    var algorithm: UnsafeMutablePointer<X509_ALGOR>?
    var octets: UnsafeMutablePointer<ASN1_OCTET_STRING>?
    unsafe X509_SIG_getm(pointer, &algorithm, &octets)
    guard let algorithm = unsafe algorithm, let octets = unsafe octets,
      unsafe OBJ_obj2nid(algorithm.pointee.algorithm) == NID_pbes2,
      let input = unsafe ASN1_STRING_get0_data(octets)
    else { throw .malformedPEM }
    let inputCount = unsafe ASN1_STRING_length(octets)

    let context = try unsafe requireHandle("EVP_CIPHER_CTX_new") { unsafe EVP_CIPHER_CTX_new() }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    do {
      try unsafe passphrase.withUnsafeBytes { (buffer) throws(CryptoError) in
        try require("EVP_PBE_CipherInit_ex") {
          unsafe EVP_PBE_CipherInit_ex(
            algorithm.pointee.algorithm, buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
            CInt(buffer.count), algorithm.pointee.parameter, context, 0, nil, nil)
        }
      }
    } catch { throw .malformedPEM }

    var plaintext = try withSecretMemory { () throws(SecretMemoryError) in
      try SecretBytes.zeros(Int(inputCount) + Int(EVP_MAX_BLOCK_LENGTH))
    }
    // A wrong passphrase shows in the padding or, by chance in one of some 256 tries, only in what it left.
    do {
      let count = try plaintext.withMutableBytes { (bytes) throws(CryptoError) in
        try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
          var written: CInt = 0
          var last: CInt = 0
          try require("EVP_CipherUpdate") {
            unsafe EVP_CipherUpdate(context, buffer.baseAddress, &written, input, inputCount)
          }
          try require("EVP_CipherFinal_ex") {
            unsafe EVP_CipherFinal_ex(context, buffer.baseAddress.map { unsafe $0 + Int(written) }, &last)
          }
          return Int(written + last)
        }
      }
      return try plaintext.withBytes { (bytes) throws(CryptoError) in
        try PKCS8(der: bytes.extracting(0..<count))
      }
    } catch { throw .wrongPassphrase }
  }
}
