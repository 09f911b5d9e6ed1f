import COpenSSL
import SecretMemory

/// A libcrypto stream over memory; what it holds is erased when it goes.
@safe
struct MemoryBIO: ~Copyable {
  let pointer: OpaquePointer

  /// An empty stream to write to.
  init() throws(CryptoError) {
    unsafe pointer = try unsafe requireHandle("BIO_new") { unsafe BIO_new(BIO_s_secmem()) }
  }

  /// A stream that reads `bytes`, which must outlive it.
  init(reading bytes: UnsafeBufferPointer<UInt8>) throws(CryptoError) {
    unsafe pointer = try unsafe requireHandle("BIO_new_mem_buf") {
      unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count))
    }
  }

  deinit { unsafe BIO_free_all(pointer) }

  /// A copy of everything written so far.
  borrowing func contents() throws(CryptoError) -> SecretBytes {
    var start: UnsafePointer<UInt8>?
    let count = unsafe escrow_bio_memory(pointer, &start)
    guard let start = unsafe start, count > 0 else {
      throw .libcrypto(operation: "BIO_get_mem_data", reasons: ["nothing was written"])
    }
    let bytes = unsafe Span(_unsafeStart: start, count: count)
    return try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.copying(bytes) }
  }
}
