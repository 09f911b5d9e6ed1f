import LibCrypto
import SecretMemory
import TestSupport
import Testing

struct HPKETests {
  static let suites = HPKEAEAD.allCases.map { HPKESuite(kem: .x25519HKDFSHA256, kdf: .hkdfSHA256, aead: $0) }

  /// A key whose secret this process never sees, as in a token.
  struct Token: ~Copyable, KEMDecapsulator {
    let key: X25519PrivateKey
    var publicKey: X25519PublicKey { key.publicKey }
    borrowing func decapsulate(_ encapsulation: Span<UInt8>) throws(CryptoError) -> SecretBytes {
      try key.decapsulate(encapsulation)
    }
  }

  static let message = Array("beauty is truth".utf8)

  private static func seal(
    _ sender: inout HPKESender, _ aad: [UInt8] = []
  ) throws(CryptoError) -> [UInt8] {
    try filled(message.count + 16) { (out) throws(CryptoError) in
      try sender.seal(additionalData: aad.span, plaintext: message.span, into: &out)
    }
  }

  private static func open(
    _ recipient: inout HPKERecipient, _ ciphertext: [UInt8], _ aad: [UInt8] = []
  ) -> (error: CryptoError?, bytes: [UInt8]) {
    failing(message.count) { (out) throws(CryptoError) in
      try recipient.open(additionalData: aad.span, ciphertext: ciphertext.span, into: &out)
    }
  }

  @Test("Suite 1 is X25519, HKDF-SHA256 and AES-256-GCM, and its identifier RFC 9180's")
  func suiteOne() {
    #expect(HPKESuite.keyEscrow1.suiteID == Array("HPKE".utf8) + [0x00, 0x20, 0x00, 0x01, 0x00, 0x02])
    #expect(HPKESuite.keyEscrow1.kem.encapsulationByteCount == 32)
  }

  @Test(
    "A recipient's twin opens and exports the same, and neither moves the other's count", arguments: suites)
  func twins(_ suite: HPKESuite) throws {
    let key = Token(key: try X25519PrivateKey.generate())
    let info = Array("info".utf8)
    var sender = try HPKESender.setup(suite, to: key.publicKey, info: info.span)
    var recipient = try HPKERecipient.setup(
      suite, encapsulation: sender.encapsulation.span, key: key, info: info.span)
    var early = try recipient.twin()
    #expect(
      hex(try early.export(context: info.span, byteCount: 32))
        == hex(try recipient.export(context: info.span, byteCount: 32)))
    guard suite.aead != .exportOnly else { return }
    let first = try Self.seal(&sender)
    let second = try Self.seal(&sender)
    #expect(Self.open(&recipient, first).bytes == Self.message)
    var late = try recipient.twin()
    #expect(Self.open(&late, second).bytes == Self.message)
    #expect(Self.open(&early, first).bytes == Self.message)
    #expect(Self.open(&early, second).bytes == Self.message)
    #expect(Self.open(&recipient, second).bytes == Self.message)
    #expect(Self.open(&recipient, second).error == .authenticationFailed)
  }

  @Test("What a sender seals and exports, the recipient opens and exports", arguments: suites)
  func roundTrip(_ suite: HPKESuite) throws {
    let key = Token(key: try X25519PrivateKey.generate())
    let info = Array("info".utf8)
    var sender = try HPKESender.setup(suite, to: key.publicKey, info: info.span)
    var recipient = try HPKERecipient.setup(
      suite, encapsulation: sender.encapsulation.span, key: key, info: info.span)
    #expect(
      hex(try sender.export(context: info.span, byteCount: 100))
        == hex(try recipient.export(context: info.span, byteCount: 100)))
    guard suite.aead != .exportOnly else { return }
    var seen: Set<[UInt8]> = []
    for number in UInt8(0)..<5 {
      let sealed = try Self.seal(&sender, [number])
      #expect(seen.insert(sealed).inserted)
      let opened = Self.open(&recipient, sealed, [number])
      #expect(opened.error == nil)
      #expect(opened.bytes == Self.message)
    }
  }

  @Test("Two setups never share an encapsulation or an export")
  func fresh() throws {
    let key = try X25519PrivateKey.generate()
    let one = try HPKESender.setup(.keyEscrow1, to: key.publicKey, info: Span())
    let two = try HPKESender.setup(.keyEscrow1, to: key.publicKey, info: Span())
    #expect(one.encapsulation != two.encapsulation)
    #expect(
      hex(try one.export(context: Span(), byteCount: 32))
        != hex(try two.export(context: Span(), byteCount: 32)))
  }

  @Test("Another info, key, suite or associated data opens nothing; a refusal does not count as a message")
  func mismatches() throws {
    let key = try X25519PrivateKey.generate()
    let info = Array("info".utf8)
    var sender = try HPKESender.setup(.keyEscrow1, to: key.publicKey, info: info.span)
    let first = try Self.seal(&sender, [1])
    let second = try Self.seal(&sender, [2])

    func expectRefusal(_ result: (error: CryptoError?, bytes: [UInt8])) {
      #expect(result.error == .authenticationFailed)
      #expect(result.bytes.allSatisfy { $0 == 0 })
    }
    let enc = sender.encapsulation
    var otherInfo = try HPKERecipient.setup(.keyEscrow1, encapsulation: enc.span, key: key, info: [0].span)
    expectRefusal(Self.open(&otherInfo, first, [1]))
    var otherKey = try HPKERecipient.setup(
      .keyEscrow1, encapsulation: enc.span, key: X25519PrivateKey.generate(), info: info.span)
    expectRefusal(Self.open(&otherKey, first, [1]))
    var otherSuite = try HPKERecipient.setup(
      HPKESuite(kem: .x25519HKDFSHA256, kdf: .hkdfSHA256, aead: .chaCha20Poly1305), encapsulation: enc.span,
      key: key, info: info.span)
    expectRefusal(Self.open(&otherSuite, first, [1]))

    var recipient = try HPKERecipient.setup(.keyEscrow1, encapsulation: enc.span, key: key, info: info.span)
    expectRefusal(Self.open(&recipient, second, [2]))
    expectRefusal(Self.open(&recipient, first, [9]))
    #expect(Self.open(&recipient, first, [1]).bytes == Self.message)
    expectRefusal(Self.open(&recipient, first, [1]))
    #expect(Self.open(&recipient, second, [2]).bytes == Self.message)
  }

  @Test("An encapsulation of another length is refused", arguments: [0, 31, 33, 65])
  func encapsulationLength(count: Int) throws {
    let key = try X25519PrivateKey.generate()
    #expect(throws: CryptoError.invalidKey) {
      _ = try HPKERecipient.setup(
        .keyEscrow1, encapsulation: [UInt8](repeating: 9, count: count).span, key: key, info: Span())
    }
  }

  @Test("An export-only context neither seals nor opens")
  func exportOnly() throws {
    let suite = HPKESuite(kem: .x25519HKDFSHA256, kdf: .hkdfSHA256, aead: .exportOnly)
    let key = try X25519PrivateKey.generate()
    var sender = try HPKESender.setup(suite, to: key.publicKey, info: Span())
    var recipient = try HPKERecipient.setup(
      suite, encapsulation: sender.encapsulation.span, key: key, info: Span())
    let sealed = failing(31) { (out) throws(CryptoError) in
      try sender.seal(additionalData: Span(), plaintext: Self.message.span, into: &out)
    }
    #expect(sealed.error == .exportOnly)
    #expect(sealed.bytes.allSatisfy { $0 == 0 })
    let opened = Self.open(&recipient, [UInt8](repeating: 1, count: 31))
    #expect(opened.error == .exportOnly)
    #expect(opened.bytes.allSatisfy { $0 == 0 })
  }

  @Test("The last sequence number is never used: its nonce would be the next one's")
  func sequenceOverflow() throws {
    let shared = [UInt8](repeating: 3, count: 32)
    var context = try HPKEContext(
      HPKEKeySchedule(.keyEscrow1, sharedSecret: shared.span, info: Span()), sequence: .max - 1)
    func seal() -> (error: CryptoError?, bytes: [UInt8]) {
      failing(Self.message.count + 16) { (out) throws(CryptoError) in
        try context.seal(additionalData: Span(), plaintext: Self.message.span, into: &out)
      }
    }
    #expect(seal().error == nil)
    for _ in 0..<2 {
      let result = seal()
      #expect(result.error == .messageLimitReached)
      #expect(result.bytes.allSatisfy { $0 == 0 })
    }
    let opened = failing(Self.message.count) { (out) throws(CryptoError) in
      try context.open(additionalData: Span(), ciphertext: [UInt8](repeating: 0, count: 31).span, into: &out)
    }
    #expect(opened.error == .messageLimitReached)
  }

  @Test("An export has at most 255 × 32 bytes")
  func exportLength() throws {
    let key = try X25519PrivateKey.generate()
    let sender = try HPKESender.setup(.keyEscrow1, to: key.publicKey, info: Span())
    #expect(try sender.export(context: Span(), byteCount: 8160).count == 8160)
    #expect(try sender.export(context: Span(), byteCount: 0).count == 0)
    for count in [-1, 8161, 65536, Int.max] {
      #expect(throws: CryptoError.invalidLength(expected: 8160, actual: count)) {
        _ = try sender.export(context: Span(), byteCount: count)
      }
    }
  }

  @Test("An exporter secret has 32 bytes", arguments: [0, 31, 33])
  func exporterSecretLength(count: Int) {
    #expect(throws: CryptoError.invalidLength(expected: 32, actual: count)) {
      _ = try HPKEExporter(.keyEscrow1, exporterSecret: [UInt8](repeating: 1, count: count).span)
    }
  }
}
