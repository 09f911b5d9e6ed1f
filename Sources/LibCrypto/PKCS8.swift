import COpenSSL
import SecretMemory

/// A `PrivateKeyInfo` (RFC 5208 §5); libcrypto erases the key in it when it goes.
@safe
struct PKCS8: ~Copyable {
  let pointer: OpaquePointer

  init(_ key: borrowing KeyHandle) throws(CryptoError) {
    unsafe pointer = try unsafe requireHandle("EVP_PKEY2PKCS8") { unsafe EVP_PKEY2PKCS8(key.pointer) }
  }

  /// - Throws: `CryptoError.malformedPEM` unless `der` is one `PrivateKeyInfo` and nothing more.
  init(der: Span<UInt8>) throws(CryptoError) {
    unsafe pointer = try unsafe decode(der, free: PKCS8_PRIV_KEY_INFO_free) { bytes, count in
      unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, bytes, count)
    }
  }

  deinit { unsafe PKCS8_PRIV_KEY_INFO_free(pointer) }

  /// The key, which is an X25519 or Ed25519 one in the form of RFC 8410 §7.
  ///
  /// - Throws: `CryptoError.invalidKey` for a key of another kind than `kind`, `.malformedPEM` for one that
  ///   is not in that form.
  borrowing func key(_ kind: KeyHandle.Kind) throws(CryptoError) -> KeyHandle {
    var bytes: UnsafePointer<UInt8>?
    var count: CInt = 0
    var algorithm: UnsafePointer<X509_ALGOR>?
    try require("PKCS8_pkey_get0") { unsafe PKCS8_pkey_get0(nil, &bytes, &count, &algorithm, pointer) }
    guard let bytes = unsafe bytes, let algorithm = unsafe algorithm else { throw .malformedPEM }
    guard unsafe OBJ_obj2nid(algorithm.pointee.algorithm) == kind.identifier else { throw .invalidKey }
    // `CurvePrivateKey ::= OCTET STRING`, of 32 bytes, and an algorithm without parameters.
    let octetString: [UInt8] = [0x04, UInt8(KeyHandle.byteCount)]
    guard unsafe algorithm.pointee.parameter == nil, Int(count) == octetString.count + KeyHandle.byteCount,
      unsafe bytes[0] == octetString[0], unsafe bytes[1] == octetString[1]
    else { throw .malformedPEM }
    let raw = unsafe Span(_unsafeStart: bytes + octetString.count, count: KeyHandle.byteCount)
    return try KeyHandle.privateKey(kind, raw: raw)
  }
}

/// Decodes `der` by `d2i`, one of libcrypto's decoders.
///
/// - Throws: `CryptoError.malformedPEM` when it fails or leaves bytes over.
func decode(
  _ der: Span<UInt8>, free: (OpaquePointer?) -> Void,
  by d2i: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
) throws(CryptoError) -> OpaquePointer {
  try unsafe der.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
    var position = buffer.baseAddress
    let decoded: OpaquePointer
    do {
      unsafe decoded = try unsafe requireHandle("d2i") { unsafe d2i(&position, buffer.count) }
    } catch { throw .malformedPEM }
    guard unsafe position == buffer.baseAddress.map({ unsafe $0 + buffer.count }) else {
      unsafe free(decoded)
      throw .malformedPEM
    }
    return unsafe decoded
  }
}
