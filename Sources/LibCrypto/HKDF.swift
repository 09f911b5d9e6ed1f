public import SecretMemory

/// HKDF-SHA-256 (RFC 5869) over an HMAC context that is kept from call to call.
public struct HKDF: ~Copyable, Sendable {
  /// The number of bytes that `extract` gives and the unit of `expand`: 32.
  public static let blockByteCount = MACContext.byteCount

  /// The most bytes that `expand` gives: 255 blocks (RFC 5869 §2.3).
  public static let maximumOutputByteCount = 255 * MACContext.byteCount

  private var context: MACContext

  /// A context that has no key yet.
  ///
  /// - Throws: `CryptoError.libcrypto` when HMAC or memory is not available.
  public init() throws(CryptoError) {
    context = try MACContext()
  }

  /// `PRK = HMAC(salt, inputKey)`, 32 bytes (RFC 5869 §2.2). An empty salt is the one of 32 zeros.
  ///
  /// - Throws: `CryptoError.libcrypto`, `.secretMemory`.
  public mutating func extract(salt: Span<UInt8>, inputKey: Span<UInt8>) throws(CryptoError) -> SecretBytes {
    try extract(salt: salt, prefix: Span(), inputKey: inputKey)
  }

  /// `extract` with `prefix ‖ inputKey` as its input, which is never laid end to end.
  mutating func extract(
    salt: Span<UInt8>, prefix: Span<UInt8>, inputKey: Span<UInt8>
  ) throws(CryptoError) -> SecretBytes {
    var key = try withSecretMemory { () throws(SecretMemoryError) in
      try SecretBytes.zeros(Self.blockByteCount)
    }
    try context.begin(key: salt)
    try context.update(prefix)
    try context.update(inputKey)
    try key.withMutableBytes { (bytes) throws(CryptoError) in try context.finish(into: &bytes) }
    return key
  }

  /// `OKM = T(1) ‖ T(2) ‖ …`, as many bytes as `output` has (RFC 5869 §2.3).
  ///
  /// The context keeps `key` until the next call, `eraseKey` or its end: a caller that erases a chain key for
  /// forward secrecy erases it here too.
  ///
  /// - Throws: `CryptoError.invalidLength` for more than 255 × 32 bytes, `.libcrypto`; `output` is then zero.
  public mutating func expand(
    key: Span<UInt8>, info: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try expand(key: key, prefix: Span(), info: info, into: &output)
  }

  /// `expand` with `prefix ‖ info` as its info, which is never laid end to end.
  mutating func expand(
    key: Span<UInt8>, prefix: Span<UInt8>, info: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do throws(CryptoError) {
      guard output.count <= Self.maximumOutputByteCount else {
        throw .invalidLength(expected: Self.maximumOutputByteCount, actual: output.count)
      }
      var counter: UInt8 = 0
      var start = 0
      while start < output.count {
        counter += 1
        try context.begin(key: key)
        if start > 0 {
          // T(i − 1) already stands in the output, right before T(i).
          try output.withSlice(start - Self.blockByteCount..<start) { (previous) throws(CryptoError) in
            try context.update(previous.span)
          }
        }
        try context.update(prefix)
        try context.update(info)
        try context.update(CollectionOfOne(counter).span)
        let end = min(start + Self.blockByteCount, output.count)
        try output.withSlice(start..<end) { (block) throws(CryptoError) in try finish(into: &block) }
        start = end
      }
    } catch {
      output.explicitlyErase()
      throw error
    }
  }

  /// Ends the message with a tag cut to the length of `block`.
  private mutating func finish(into block: inout MutableSpan<UInt8>) throws(CryptoError) {
    guard block.count < Self.blockByteCount else { return try context.finish(into: &block) }
    var whole = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    try unsafe withUnsafeMutableBytes(of: &whole) { (buffer) throws(CryptoError) in
      var bytes = unsafe MutableSpan(_unsafeBytes: buffer) as MutableSpan<UInt8>
      defer { bytes.explicitlyErase() }
      try context.finish(into: &bytes)
      for index in block.indices { block[index] = bytes[index] }
    }
  }

  /// Erases the last key from the context.
  ///
  /// - Throws: `CryptoError.libcrypto` when there is no memory for a fresh context; the key then stays until the
  ///   next call.
  public mutating func eraseKey() throws(CryptoError) {
    try context.eraseKey()
  }
}
