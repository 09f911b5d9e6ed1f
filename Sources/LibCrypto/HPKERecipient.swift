public import SecretMemory

/// The receiving side of HPKE in base mode (RFC 9180 §5.1.1). Base mode does not say who the sender was.
public struct HPKERecipient: ~Copyable, Sendable {
  private var context: HPKEContext

  private init(context: consuming HPKEContext) {
    self.context = context
  }

  /// `SetupBaseR(enc, skR, info)`.
  ///
  /// Another `info`, key or encapsulation than the sender's gives a context that opens nothing: the first
  /// `open` tells.
  ///
  /// - Parameters:
  ///   - suite: the algorithms, the sender's too.
  ///   - encapsulation: what the sender's setup gave.
  ///   - key: the recipient's, in memory or in a token.
  ///   - info: what both sides agreed on.
  /// - Throws: `CryptoError.invalidKey` for an encapsulation of the wrong length or of small order,
  ///   `.libcrypto`, `.secretMemory`, and what the key's home reports.
  public static func setup<Key: KEMDecapsulator & ~Copyable>(
    _ suite: HPKESuite, encapsulation: Span<UInt8>, key: borrowing Key, info: Span<UInt8>
  ) throws(CryptoError) -> HPKERecipient {
    guard encapsulation.count == suite.kem.encapsulationByteCount else { throw .invalidKey }
    let shared = try key.decapsulate(encapsulation)
    let schedule = try shared.withBytes { (shared) throws(CryptoError) in
      try HPKEKeySchedule(suite, sharedSecret: shared, info: info)
    }
    return HPKERecipient(context: try HPKEContext(schedule))
  }

  /// A context of the same keys for another thread, without the cost of a setup.
  ///
  /// - Throws: `CryptoError.libcrypto`, `.secretMemory`.
  package borrowing func twin() throws(CryptoError) -> HPKERecipient {
    HPKERecipient(context: try context.twin())
  }

  /// Opens the next message (`ContextR.Open`, RFC 9180 §5.2).
  ///
  /// - Parameter plaintext: takes 16 bytes fewer than `ciphertext` has.
  /// - Throws: `CryptoError.authenticationFailed`, `.exportOnly`, `.messageLimitReached`, `.invalidLength`,
  ///   `.libcrypto`; `plaintext` is then zero and the message not counted.
  public mutating func open(
    additionalData: Span<UInt8>, ciphertext: Span<UInt8>, into plaintext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try context.open(additionalData: additionalData, ciphertext: ciphertext, into: &plaintext)
  }

  /// Opens the message with this number, whatever was opened before: for files whose parts are read in any order.
  ///
  /// Opening out of order is safe for the recipient; it is sealing that must never repeat a number.
  package mutating func open(
    sequence: UInt64, additionalData: Span<UInt8>, ciphertext: Span<UInt8>,
    into plaintext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try context.open(
      sequence: sequence, additionalData: additionalData, ciphertext: ciphertext, into: &plaintext)
  }

  /// A secret of `byteCount` bytes that both sides can derive for `context` (RFC 9180 §5.3).
  ///
  /// - Throws: `CryptoError.invalidLength` outside 0 … 255 × 32, `.libcrypto`, `.secretMemory`.
  public borrowing func export(
    context exporterContext: Span<UInt8>, byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    try context.export(context: exporterContext, byteCount: byteCount)
  }

  /// Lends the 32-byte exporter secret. Whoever learns it can derive *every* export of this context, past and
  /// future; it opens no message that was sealed in the context.
  package borrowing func withExporterSecret<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try context.withExporterSecret(body)
  }
}
