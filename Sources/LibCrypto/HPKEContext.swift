package import SecretMemory

/// One side of an HPKE conversation after its setup (RFC 9180 §5.2 and §5.3).
///
/// Sender and recipient count their messages alike; each wraps one of these and offers its own direction.
package struct HPKEContext: ~Copyable, Sendable {
  private let schedule: HPKEKeySchedule
  private let exporter: HPKEExporter
  private var cipher: AEAD?

  /// The number of messages so far, which makes each nonce different.
  ///
  /// RFC 9180 allows 2⁹⁶ − 1; 2⁶⁴ − 1 is as far out of reach and fits a register.
  private var sequence: UInt64

  /// - Parameter sequence: where to start: 0 but in tests.
  package init(_ schedule: consuming HPKEKeySchedule, sequence: UInt64 = 0) throws(CryptoError) {
    let suite = schedule.suite
    let exporter = try schedule.exporterSecret.withBytes { (secret) throws(CryptoError) in
      try HPKEExporter(suite, exporterSecret: secret)
    }
    let cipher = try Self.cipher(of: suite)
    self.exporter = exporter
    self.cipher = cipher
    self.schedule = schedule
    self.sequence = sequence
  }

  /// A context of the same keys that has counted as many messages. Only a recipient may have two: two senders would
  /// repeat nonces.
  package borrowing func twin() throws(CryptoError) -> HPKEContext {
    try HPKEContext(try schedule.copy(), sequence: sequence)
  }

  private static func cipher(of suite: HPKESuite) throws(CryptoError) -> AEAD? {
    guard let algorithm = suite.aead.algorithm else { return nil }
    return try AEAD(algorithm)
  }

  package mutating func seal(
    additionalData: Span<UInt8>, plaintext: Span<UInt8>, into ciphertext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try message(into: &ciphertext) { (cipher, key, nonce, output) throws(CryptoError) in
      try cipher?.seal(
        key: key, nonce: nonce, additionalData: additionalData, plaintext: plaintext, into: &output)
    }
  }

  package mutating func open(
    additionalData: Span<UInt8>, ciphertext: Span<UInt8>, into plaintext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try message(into: &plaintext) { (cipher, key, nonce, output) throws(CryptoError) in
      try cipher?.open(
        key: key, nonce: nonce, additionalData: additionalData, ciphertext: ciphertext, into: &output)
    }
  }

  /// Opens the message with this number, whatever was opened before, and counts nothing.
  package mutating func open(
    sequence: UInt64, additionalData: Span<UInt8>, ciphertext: Span<UInt8>,
    into plaintext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do throws(CryptoError) {
      let opened: Void? = try Self.withMessageKey(&cipher, schedule, sequence, &plaintext) {
        (cipher, key, nonce, output) throws(CryptoError) in
        try cipher?.open(
          key: key, nonce: nonce, additionalData: additionalData, ciphertext: ciphertext, into: &output)
      }
      guard opened != nil else { throw .exportOnly }
    } catch {
      plaintext.explicitlyErase()
      throw error
    }
  }

  /// Runs `body`, which answers nil when there is no cipher, with this message's key and nonce, and counts the
  /// message if it succeeds.
  private mutating func message(
    into output: inout MutableSpan<UInt8>,
    _ body: (inout AEAD?, Span<UInt8>, Span<UInt8>, inout MutableSpan<UInt8>) throws(CryptoError) -> Void?
  ) throws(CryptoError) {
    do throws(CryptoError) {
      guard sequence < .max else { throw .messageLimitReached }
      guard try Self.withMessageKey(&cipher, schedule, sequence, &output, body) != nil else {
        throw .exportOnly
      }
      sequence += 1
    } catch {
      output.explicitlyErase()
      throw error
    }
  }

  private static func withMessageKey(
    _ cipher: inout AEAD?, _ schedule: borrowing HPKEKeySchedule, _ sequence: UInt64,
    _ output: inout MutableSpan<UInt8>,
    _ body: (inout AEAD?, Span<UInt8>, Span<UInt8>, inout MutableSpan<UInt8>) throws(CryptoError) -> Void?
  ) throws(CryptoError) -> Void? {
    try schedule.key.withBytes { (key) throws(CryptoError) in
      try schedule.baseNonce.withBytes { (baseNonce) throws(CryptoError) in
        // A nonce is no secret: what matters is that it never repeats (RFC 9180 §5.2).
        let nonce = Self.nonce(baseNonce, sequence)
        return try body(&cipher, key, nonce.span, &output)
      }
    }
  }

  /// `base_nonce ⊕ I2OSP(seq, Nn)`.
  private static func nonce(_ baseNonce: Span<UInt8>, _ sequence: UInt64) -> [UInt8] {
    let lowest = baseNonce.count - 1
    return baseNonce.indices.map { index in
      baseNonce[index] ^ UInt8(truncatingIfNeeded: sequence >> (8 * (lowest - index)))
    }
  }

  package borrowing func export(
    context: Span<UInt8>, byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    try exporter.export(context: context, byteCount: byteCount)
  }

  package borrowing func withExporterSecret<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try exporter.withExporterSecret(body)
  }
}
