public import SecretMemory

/// The sending side of HPKE in base mode (RFC 9180 §5.1.1): anybody may be the sender.
public struct HPKESender: ~Copyable, Sendable {
  /// What the recipient needs to set up its side; as long as the suite says.
  public let encapsulation: [UInt8]

  private var context: HPKEContext

  private init(encapsulation: [UInt8], context: consuming HPKEContext) {
    self.encapsulation = encapsulation
    self.context = context
  }

  /// `SetupBaseS(pkR, info)`: a context with a fresh encapsulation.
  ///
  /// - Parameters:
  ///   - suite: the algorithms, the recipient's too.
  ///   - recipient: the key that can open the encapsulation.
  ///   - info: what both sides must agree on; any length.
  /// - Throws: `CryptoError.invalidKey` for a recipient of small order, `.randomnessUnavailable`, `.libcrypto`,
  ///   `.secretMemory`.
  public static func setup(
    _ suite: HPKESuite, to recipient: X25519PublicKey, info: Span<UInt8>
  ) throws(CryptoError) -> HPKESender {
    try setup(suite, to: recipient, info: info, random: SystemRandom())
  }

  /// `setup` with the ephemeral key drawn from `random`.
  package static func setup(
    _ suite: HPKESuite, to recipient: X25519PublicKey, info: Span<UInt8>, random: some RandomSource
  ) throws(CryptoError) -> HPKESender {
    try setup(suite, to: recipient, info: info, ephemeral: .generate(from: random))
  }

  /// `setup` with a given ephemeral key, for test vectors: one key must never serve twice.
  package static func setup(
    _ suite: HPKESuite, to recipient: X25519PublicKey, info: Span<UInt8>,
    ephemeral: borrowing X25519PrivateKey
  ) throws(CryptoError) -> HPKESender {
    let shared = try DHKEM.encapsulate(to: recipient, ephemeral: ephemeral)
    let schedule = try shared.withBytes { (shared) throws(CryptoError) in
      try HPKEKeySchedule(suite, sharedSecret: shared, info: info)
    }
    return HPKESender(encapsulation: ephemeral.publicKey.bytes, context: try HPKEContext(schedule))
  }

  /// Seals the next message (`ContextS.Seal`, RFC 9180 §5.2).
  ///
  /// - Parameter ciphertext: takes 16 bytes more than `plaintext` has.
  /// - Throws: `CryptoError.exportOnly`, `.messageLimitReached`, `.invalidLength`, `.libcrypto`; `ciphertext` is
  ///   then zero and the message not counted.
  public mutating func seal(
    additionalData: Span<UInt8>, plaintext: Span<UInt8>, into ciphertext: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    try context.seal(additionalData: additionalData, plaintext: plaintext, into: &ciphertext)
  }

  /// A secret of `byteCount` bytes that both sides can derive for `context` (RFC 9180 §5.3).
  ///
  /// - Throws: `CryptoError.invalidLength` outside 0 … 255 × 32, `.libcrypto`, `.secretMemory`.
  public borrowing func export(
    context exporterContext: Span<UInt8>, byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    try context.export(context: exporterContext, byteCount: byteCount)
  }

  /// Lends the 32-byte exporter secret; see `HPKERecipient.withExporterSecret` for what it gives away.
  package borrowing func withExporterSecret<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try context.withExporterSecret(body)
  }
}
