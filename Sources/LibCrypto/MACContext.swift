import COpenSSL

/// An HMAC-SHA-256 context (RFC 2104) that takes a new key per message.
///
/// Rekeying a kept context costs about a third of what the key-derivation interface (`EVP_KDF`) does.
@safe
struct MACContext: ~Copyable, @unchecked Sendable {
  // Sendable: the context belongs to this value alone, has no thread of its own, and is only used mutably.
  static let byteCount = 32

  private let context: OpaquePointer

  init() throws(CryptoError) {
    unsafe context = try unsafe Self.makeContext()
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  private static func makeContext() throws(CryptoError) -> OpaquePointer {
    let algorithm = try Fetched.hmac.get()
    let context = try unsafe requireHandle("EVP_MAC_CTX_new") { unsafe EVP_MAC_CTX_new(algorithm.pointer) }
    do {
      try require("EVP_MAC_CTX_set_params") { unsafe escrow_hmac_select_sha256(context) }
    } catch {
      unsafe EVP_MAC_CTX_free(context)
      throw error
    }
    return unsafe context
  }

  /// Begins a message under `key`, which may be empty (RFC 2104 pads a key with zeros).
  mutating func begin(key: Span<UInt8>) throws(CryptoError) {
    try unsafe key.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
      var none: UInt8 = 0
      try unsafe withUnsafePointer(to: &none) { (placeholder) throws(CryptoError) in
        // A null key would mean "the key of the message before".
        let start = unsafe buffer.baseAddress ?? placeholder
        try require("EVP_MAC_init") { unsafe EVP_MAC_init(context, start, buffer.count, nil) }
      }
    }
  }

  mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    guard !bytes.isEmpty else { return }
    try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
      try requireStep("EVP_MAC_update") { unsafe EVP_MAC_update(context, buffer.baseAddress, buffer.count) }
    }
  }

  /// Ends the message; `output` takes the whole tag, 32 bytes.
  mutating func finish(into output: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard output.count == Self.byteCount else {
      throw .invalidLength(expected: Self.byteCount, actual: output.count)
    }
    try unsafe output.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
      var written = 0
      try requireStep("EVP_MAC_final") {
        unsafe EVP_MAC_final(context, buffer.baseAddress, &written, buffer.count)
      }
    }
  }

  /// Forgets the last key: libcrypto erases a key, and all that was computed from it, when another takes its place. Here
  /// that is one of zeros.
  mutating func eraseKey() throws(CryptoError) {
    try begin(key: Self.noKey.span)
  }

  private static let noKey = [UInt8](repeating: 0, count: byteCount)
}
