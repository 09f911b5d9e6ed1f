import COpenSSL
import SecretMemory

/// An authenticated cipher over a context that is kept from message to message; each message brings its key.
///
/// A ciphertext is the encrypted bytes and then the 16-byte tag. A nonce must never serve twice under one key:
/// that is the caller's duty. The context keeps the last key until the next call, `eraseKey` or its end.
@safe
public struct AEAD: ~Copyable, @unchecked Sendable {
  // Sendable: the context belongs to this value alone, has no thread of its own, and is only used mutably.
  /// The cipher.
  public let algorithm: AEADAlgorithm

  private let cipher: OpaquePointer
  private let context: OpaquePointer

  /// A context that has no key yet.
  ///
  /// - Throws: `CryptoError.libcrypto` when the cipher or memory is not available.
  public init(_ algorithm: AEADAlgorithm) throws(CryptoError) {
    let fetched = try algorithm.fetched.get()
    let context = try unsafe requireHandle("EVP_CIPHER_CTX_new") { unsafe EVP_CIPHER_CTX_new() }
    do {
      try unsafe Self.select(fetched.pointer, in: context)
    } catch {
      unsafe EVP_CIPHER_CTX_free(context)
      throw error
    }
    self.algorithm = algorithm
    unsafe self.cipher = unsafe fetched.pointer
    unsafe self.context = unsafe context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Encrypts `plaintext` and authenticates it together with `additionalData`.
  ///
  /// - Parameter ciphertext: takes 16 bytes more than `plaintext` has.
  /// - Throws: `CryptoError.invalidKey` or `.invalidLength` for a wrong length, `.libcrypto`; `ciphertext` is
  ///   then zero.
  public mutating func seal(
    key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>, plaintext: Span<UInt8>,
    into ciphertext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do throws(CryptoError) {
      try check(key: key, nonce: nonce)
      let (expected, overflow) = plaintext.count.addingReportingOverflow(algorithm.tagByteCount)
      guard !overflow, ciphertext.count == expected else {
        throw .invalidLength(expected: expected, actual: ciphertext.count)
      }
      try begin(.encrypt, key: key, nonce: nonce)
      try absorb(additionalData)
      try ciphertext.withSlice(0..<plaintext.count) { (body) throws(CryptoError) in
        try transform(plaintext, into: &body)
      }
      try finish("EVP_EncryptFinal_ex")
      try ciphertext.withSlice(plaintext.count..<expected) { (tag) throws(CryptoError) in
        try unsafe tag.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
          try requireStep("EVP_CTRL_AEAD_GET_TAG") {
            unsafe EVP_CIPHER_CTX_ctrl(
              context, EVP_CTRL_AEAD_GET_TAG, CInt(buffer.count), buffer.baseAddress)
          }
        }
      }
    } catch {
      ciphertext.explicitlyErase()
      throw error
    }
  }

  /// Decrypts `ciphertext` if its tag and `additionalData` are authentic.
  ///
  /// - Parameter plaintext: takes 16 bytes fewer than `ciphertext` has.
  /// - Throws: `CryptoError.authenticationFailed`, also for a ciphertext shorter than a tag; `.invalidKey` or
  ///   `.invalidLength` for a wrong length; `.libcrypto`. `plaintext` is then zero: nothing unverified is left.
  public mutating func open(
    key: Span<UInt8>, nonce: Span<UInt8>, additionalData: Span<UInt8>, ciphertext: Span<UInt8>,
    into plaintext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do throws(CryptoError) {
      try check(key: key, nonce: nonce)
      guard ciphertext.count >= algorithm.tagByteCount else { throw .authenticationFailed }
      let bodyCount = ciphertext.count - algorithm.tagByteCount
      guard plaintext.count == bodyCount else {
        throw .invalidLength(expected: bodyCount, actual: plaintext.count)
      }
      try begin(.decrypt, key: key, nonce: nonce)
      try absorb(additionalData)
      try transform(ciphertext.extracting(0..<bodyCount), into: &plaintext)
      try expect(tag: ciphertext.extracting(bodyCount..<ciphertext.count))
      // With the tag set, the only thing that can still fail is the comparison.
      do { try finish("EVP_DecryptFinal_ex") } catch { throw .authenticationFailed }
    } catch {
      plaintext.explicitlyErase()
      throw error
    }
  }

  /// Erases the last key from the context.
  ///
  /// - Throws: `CryptoError.libcrypto` when there is no memory to make the context ready again; the key is gone
  ///   all the same, and every later call fails.
  public mutating func eraseKey() throws(CryptoError) {
    try require("EVP_CIPHER_CTX_reset") { unsafe EVP_CIPHER_CTX_reset(context) }
    try unsafe Self.select(cipher, in: context)
  }

  // MARK: - The steps of a message

  private enum Direction: CInt { case decrypt = 0, encrypt = 1 }

  /// Gives the context its cipher, once: giving it again would allocate anew for every message.
  private static func select(_ cipher: OpaquePointer, in context: OpaquePointer) throws(CryptoError) {
    try require("EVP_CipherInit_ex2") {
      unsafe EVP_CipherInit_ex2(context, cipher, nil, nil, Direction.encrypt.rawValue, nil)
    }
  }

  private borrowing func check(key: Span<UInt8>, nonce: Span<UInt8>) throws(CryptoError) {
    guard key.count == algorithm.keyByteCount else { throw .invalidKey }
    guard nonce.count == algorithm.nonceByteCount else {
      throw .invalidLength(expected: algorithm.nonceByteCount, actual: nonce.count)
    }
  }

  private mutating func begin(
    _ direction: Direction, key: Span<UInt8>, nonce: Span<UInt8>
  ) throws(CryptoError) {
    // 12 bytes are the length of a nonce that these ciphers assume.
    try unsafe key.withUnsafeBufferPointer { (key) throws(CryptoError) in
      try unsafe nonce.withUnsafeBufferPointer { (nonce) throws(CryptoError) in
        try require("EVP_CipherInit_ex2") {
          unsafe EVP_CipherInit_ex2(
            context, nil, key.baseAddress, nonce.baseAddress, direction.rawValue, nil)
        }
      }
    }
  }

  private mutating func absorb(_ additionalData: Span<UInt8>) throws(CryptoError) {
    try unsafe additionalData.withUnsafeBufferPointer { (input) throws(CryptoError) in
      try unsafe update(input, output: nil)
    }
  }

  private mutating func transform(
    _ input: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try unsafe output.withUnsafeMutableBufferPointer { (output) throws(CryptoError) in
      try unsafe input.withUnsafeBufferPointer { (input) throws(CryptoError) in
        try unsafe update(input, output: output.baseAddress)
      }
    }
  }

  /// Feeds `input` in pieces whose length fits C's `int`. A null `output` marks associated data.
  private mutating func update(
    _ input: UnsafeBufferPointer<UInt8>, output: UnsafeMutablePointer<UInt8>?
  ) throws(CryptoError) {
    guard let start = input.baseAddress else { return }
    var done = 0
    while done < input.count {
      let count = min(input.count - done, maximumCallByteCount)
      var written: CInt = 0
      try requireStep("EVP_CipherUpdate") {
        unsafe EVP_CipherUpdate(context, output.map { unsafe $0 + done }, &written, start + done, CInt(count))
      }
      done += count
    }
  }

  private mutating func expect(tag: Span<UInt8>) throws(CryptoError) {
    try unsafe tag.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
      try requireStep("EVP_CTRL_AEAD_SET_TAG") {
        // libcrypto reads the tag; its prototype, shared with getting one, merely lacks `const`.
        unsafe EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_SET_TAG, CInt(buffer.count),
          UnsafeMutablePointer(mutating: buffer.baseAddress))
      }
    }
  }

  private mutating func finish(_ operation: StaticString) throws(CryptoError) {
    var rest: UInt64 = 0
    var written: CInt = 0
    try requireStep(operation) {
      unsafe withUnsafeMutableBytes(of: &rest) { buffer in
        unsafe EVP_CipherFinal_ex(context, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), &written)
      }
    }
  }
}
