import COpenSSL

/// SHA-256 (FIPS 180-4) over a context that is kept from message to message.
///
/// One context costs an allocation; a message costs none. Keep one per loop, and use `digest(_:)` elsewhere.
@safe
public struct SHA256: ~Copyable, @unchecked Sendable {
  // Sendable: the context belongs to this value alone, has no thread of its own, and is only used mutably.
  private enum State { case ready, absorbing, failed }

  private let context: OpaquePointer
  private let algorithm: OpaquePointer
  private var state: State

  /// A context ready for its first message.
  ///
  /// - Throws: `CryptoError.libcrypto` when SHA-256 or memory is not available.
  public init() throws(CryptoError) {
    let fetched = try Fetched.sha256.get()
    let context = try unsafe requireHandle("EVP_MD_CTX_new") { unsafe EVP_MD_CTX_new() }
    unsafe self.algorithm = unsafe fetched.pointer
    unsafe self.context = unsafe context
    state = .ready
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  /// Appends `bytes` to the message.
  ///
  /// - Throws: `CryptoError.libcrypto`; the message is then lost, and the next `finish` fails too.
  public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
    if state == .ready { try begin() }
    do {
      try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
        try requireStep("EVP_DigestUpdate") {
          unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
      }
    } catch {
      state = .failed
      throw error
    }
  }

  /// Ends the message and makes the context ready for the next.
  ///
  /// - Throws: `CryptoError.libcrypto`, also when an `update` of this message failed: part of a message has no
  ///   digest.
  public mutating func finish() throws(CryptoError) -> Digest {
    if state == .ready { try begin() }
    let complete = state == .absorbing
    state = .ready
    guard complete else {
      throw .libcrypto(operation: "EVP_DigestFinal_ex", reasons: ["an earlier update of this message failed"])
    }
    return try unsafe Digest { (output) throws(CryptoError) in
      try requireStep("EVP_DigestFinal_ex") { unsafe EVP_DigestFinal_ex(context, output, nil) }
    }
  }

  private mutating func begin() throws(CryptoError) {
    try require("EVP_DigestInit_ex2") { unsafe EVP_DigestInit_ex2(context, algorithm, nil) }
    state = .absorbing
  }

  /// The digest of one whole message of `count` bytes, written to 32 bytes at `output`: the hot path. Nothing is
  /// allocated; a message in progress is dropped.
  ///
  /// - Throws: `CryptoError.libcrypto`; the output is then zero.
  package mutating func digest(
    _ message: UnsafePointer<UInt8>, _ count: Int, into output: UnsafeMutablePointer<UInt8>
  ) throws(CryptoError) {
    state = .ready
    ErrorQueue.clear()
    guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1,
      unsafe EVP_DigestUpdate(context, message, count) == 1,
      unsafe EVP_DigestFinal_ex(context, output, nil) == 1
    else {
      unsafe output.update(repeating: 0, count: Digest.byteCount)
      throw failure(of: "EVP_Digest")
    }
  }

  /// The digests of `count` messages that differ in a counter and an item:
  /// `prefix ‖ be32(first + i) ‖ infix ‖ item_i`, each cut to `digestByteCount` bytes.
  ///
  /// - Parameters:
  ///   - template: one message's memory, with prefix, counter, infix and item in their places, and at least 32 more
  ///     bytes behind it. The counter and the item are written here anew for each message.
  ///   - counterOffset: where the counter stands in the message; the item stands at its end.
  ///   - items: `count` items of `itemByteCount` bytes, end to end.
  ///   - output: `count` × `digestByteCount` bytes.
  /// - Throws: `CryptoError.libcrypto`; the output is then zero.
  @unsafe
  package mutating func digestColumn(
    template: UnsafeMutablePointer<UInt8>, messageByteCount: Int, counterOffset: Int, first: Int, count: Int,
    items: UnsafePointer<UInt8>, itemByteCount: Int, into output: UnsafeMutablePointer<UInt8>,
    digestByteCount: Int
  ) throws(CryptoError) {
    state = .ready
    ErrorQueue.clear()
    let item = unsafe template + (messageByteCount - itemByteCount)
    let whole = unsafe template + messageByteCount
    for index in 0..<count {
      let counter = UInt32(truncatingIfNeeded: first + index).bigEndian
      unsafe UnsafeMutableRawPointer(template + counterOffset).storeBytes(of: counter, as: UInt32.self)
      unsafe item.update(from: items + index * itemByteCount, count: itemByteCount)
      let target = unsafe output + index * digestByteCount
      let isWhole = digestByteCount == Digest.byteCount
      guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1,
        unsafe EVP_DigestUpdate(context, template, messageByteCount) == 1,
        unsafe EVP_DigestFinal_ex(context, isWhole ? target : whole, nil) == 1
      else {
        unsafe output.update(repeating: 0, count: count * digestByteCount)
        throw failure(of: "EVP_Digest")
      }
      if !isWhole { unsafe target.update(from: whole, count: digestByteCount) }
    }
  }

  /// The digest of `bytes`.
  public static func digest(_ bytes: Span<UInt8>) throws(CryptoError) -> Digest {
    var hash = try SHA256()
    try hash.update(bytes)
    return try hash.finish()
  }

  /// The digest of `bytes`.
  public static func digest(_ bytes: [UInt8]) throws(CryptoError) -> Digest {
    try digest(bytes.span)
  }
}
