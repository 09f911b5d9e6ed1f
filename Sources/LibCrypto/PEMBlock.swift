import COpenSSL
import SecretMemory

/// One private key of a PEM text (RFC 7468), still in DER.
struct PEMBlock: ~Copyable {
  /// Far more than any key needs, and within C's `int`.
  private static let maximumTextByteCount = 1 << 20

  /// Whether `der` is an `EncryptedPrivateKeyInfo`; else it is a `PrivateKeyInfo`.
  let isEncrypted: Bool
  let der: SecretBytes

  /// The first block of `text` whose label says that it is a PKCS#8 private key; others before it, such as
  /// certificates, are skipped.
  ///
  /// - Throws: `CryptoError.malformedPEM` when there is none or it is not well-formed.
  static func firstPrivateKey(in text: Span<UInt8>) throws(CryptoError) -> PEMBlock {
    guard !text.isEmpty, text.count <= maximumTextByteCount else { throw .malformedPEM }
    return try unsafe text.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
      let bio = try unsafe MemoryBIO(reading: buffer)
      while true {
        if let block = try next(bio) { return block }
      }
    }
  }

  /// The next block; nil when it is of another kind.
  private static func next(_ bio: borrowing MemoryBIO) throws(CryptoError) -> PEMBlock? {
    var name: UnsafeMutablePointer<CChar>?
    var header: UnsafeMutablePointer<CChar>?
    var data: UnsafeMutablePointer<UInt8>?
    var count = 0
    do {
      try require("PEM_read_bio_ex") {
        unsafe PEM_read_bio_ex(
          bio.pointer, &name, &header, &data, &count, UInt32(PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE))
      }
    } catch { throw .malformedPEM }
    defer {
      unsafe escrow_pem_free(name, 0)
      unsafe escrow_pem_free(header, 0)
      unsafe escrow_pem_free(data, count)
    }
    guard let name = unsafe name, let header = unsafe header, let data = unsafe data else {
      throw .malformedPEM
    }
    let isEncrypted: Bool
    switch unsafe String(cString: name) {
    case PEM_STRING_PKCS8: isEncrypted = true
    case PEM_STRING_PKCS8INF: isEncrypted = false
    default: return nil
    }
    // Header lines are those of older encryption, which PKCS#8 does without.
    guard unsafe header.pointee == 0, count > 0 else { throw .malformedPEM }
    let bytes = unsafe Span(_unsafeStart: UnsafePointer(data), count: count)
    let der = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.copying(bytes) }
    return PEMBlock(isEncrypted: isEncrypted, der: der)
  }
}
