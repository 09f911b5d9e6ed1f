import SecretMemory

/// HMAC-SHA-256 (RFC 2104) over a context that is kept from message to message.
public struct HMAC: ~Copyable, Sendable {
  /// The number of bytes of a tag: 32.
  public static let byteCount = MACContext.byteCount

  private var context: MACContext

  /// A context that has no key yet.
  ///
  /// - Throws: `CryptoError.libcrypto` when HMAC or memory is not available.
  public init() throws(CryptoError) {
    context = try MACContext()
  }

  /// Writes the 32-byte tag of `message` under `key`, which may have any length.
  ///
  /// The context keeps the key until the next call, `eraseKey` or its end.
  ///
  /// - Throws: `CryptoError.invalidLength` unless `output` has 32 bytes, `.libcrypto`; `output` is then zero.
  public mutating func authenticate(
    key: Span<UInt8>, message: Span<UInt8>, into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do {
      try context.begin(key: key)
      try context.update(message)
      try context.finish(into: &output)
    } catch {
      output.explicitlyErase()
      throw error
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
