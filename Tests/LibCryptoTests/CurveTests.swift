import LibCrypto
import SecretMemory
import TestSupport
import Testing

/// RFC 7748.
struct X25519Tests {
  static let zeros = String(repeating: "00", count: 31)
  static let ones = String(repeating: "ff", count: 30)

  /// Points whose order divides 8 on the curve or its twist, in every encoding.
  static let smallOrder: [String] = [
    "00" + zeros, "01" + zeros, "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", "ec" + ones + "7f",
    "ed" + ones + "7f",
    "ee" + ones + "7f",
  ].flatMap { text in
    var other = bytes(hex: text)
    other[31] |= 0x80
    return [text, hex(other)]
  }

  private static func key(_ text: String) throws -> X25519PrivateKey {
    try X25519PrivateKey.fromRaw(bytes(hex: text).span)
  }

  @Test(
    "Scalar multiplication (§5.2)",
    arguments: [
      (
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
      ),
      (
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
      ),
    ])
  func multiplication(scalar: String, point: String, product: String) throws {
    let peer = try X25519PublicKey(bytes: bytes(hex: point).span)
    #expect(hex(try Self.key(scalar).sharedSecret(with: peer)) == product)
  }

  @Test("Both sides of a key agreement (§6.1)")
  func agreement() throws {
    let alice = try Self.key("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    let bob = try Self.key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    #expect(hex(alice.publicKey.bytes) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    #expect(hex(bob.publicKey.bytes) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    let shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    #expect(hex(try alice.sharedSecret(with: bob.publicKey)) == shared)
    #expect(hex(try bob.sharedSecret(with: alice.publicKey)) == shared)
  }

  @Test("A peer of small order is refused, as recipient and as encapsulation", arguments: smallOrder)
  func refusesSmallOrder(_ text: String) throws {
    let key = try X25519PrivateKey.generate()
    let point = bytes(hex: text)
    let peer = try X25519PublicKey(bytes: point.span)
    #expect(throws: CryptoError.invalidKey) { _ = try key.sharedSecret(with: peer) }
    #expect(throws: CryptoError.invalidKey) { _ = try key.decapsulate(point.span) }
    #expect(throws: CryptoError.invalidKey) { _ = try HPKESender.setup(.keyEscrow1, to: peer, info: Span()) }
    #expect(throws: CryptoError.invalidKey) {
      _ = try HPKERecipient.setup(.keyEscrow1, encapsulation: point.span, key: key, info: Span())
    }
  }

  @Test("A key has 32 bytes", arguments: [0, 31, 33])
  func lengths(count: Int) {
    let bytes = [UInt8](repeating: 9, count: count)
    #expect(throws: CryptoError.invalidKey) { _ = try X25519PublicKey(bytes: bytes.span) }
    #expect(throws: CryptoError.invalidKey) { _ = try X25519PrivateKey.fromRaw(bytes.span) }
  }
}

/// RFC 8032.
struct Ed25519Tests {
  struct Example: Sendable {
    let seed: String
    let publicKey: String
    let message: String
    let signature: String
  }

  static let examples = [
    Example(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
      signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    Example(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
      signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    Example(
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
      signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
  ]

  private static func isValid(
    _ key: Ed25519PublicKey, _ signature: [UInt8], _ message: [UInt8]
  ) throws -> Bool {
    try key.isValid(signature: signature.span, for: message.span)
  }

  @Test("Examples (§7.1)", arguments: examples)
  func matchesExamples(_ example: Example) throws {
    let key = try Ed25519PrivateKey.fromSeed(bytes(hex: example.seed).span)
    let message = bytes(hex: example.message)
    #expect(hex(key.publicKey.bytes) == example.publicKey)
    let signature = try key.sign(message.span)
    #expect(hex(signature) == example.signature)
    #expect(try Self.isValid(key.publicKey, signature, message))
    let seed = try key.withSeed { (seed) throws(CryptoError) in seed.indices.map { seed[$0] } }
    #expect(hex(seed) == example.seed)
  }

  @Test("A changed signature, message or key does not verify", arguments: examples)
  func tampering(_ example: Example) throws {
    let key = try Ed25519PublicKey(bytes: bytes(hex: example.publicKey).span)
    let message = bytes(hex: example.message)
    let signature = bytes(hex: example.signature)
    for index in signature.indices {
      for bit in 0..<8 {
        var changed = signature
        changed[index] ^= 1 << bit
        #expect(try !Self.isValid(key, changed, message))
      }
    }
    #expect(try !Self.isValid(key, signature, message + [0]))
    #expect(try !Self.isValid(key, Array(signature.dropLast()), message))
    #expect(try !Self.isValid(key, signature + [0], message))
    #expect(try !Self.isValid(key, [], message))
    let other = try Ed25519PrivateKey.generate().publicKey
    #expect(try !Self.isValid(other, signature, message))
  }

  @Test("S + L, the second form of a signature, does not verify (§5.1.7)", arguments: examples)
  func malleability(_ example: Example) throws {
    let order = bytes(hex: "edd3f55c1a631258d69cf7a2def9de14000000000000000000000000000000" + "10")
    var signature = bytes(hex: example.signature)
    var carry: UInt16 = 0
    for index in 0..<32 {
      carry += UInt16(signature[32 + index]) + UInt16(order[index])
      signature[32 + index] = UInt8(carry & 0xff)
      carry >>= 8
    }
    #expect(carry == 0)
    let key = try Ed25519PublicKey(bytes: bytes(hex: example.publicKey).span)
    #expect(try !Self.isValid(key, signature, bytes(hex: example.message)))
  }

  @Test("A key under which anybody can sign is refused, in every encoding")
  func smallOrder() {
    let zeros = [UInt8](repeating: 0, count: 31)
    let high = [UInt8](repeating: 0xff, count: 30) + [0x7f]
    let coordinates: [[UInt8]] = [
      [0] + zeros, [1] + zeros, [0xec] + high, [0xed] + high, [0xee] + high, [0xff] + high,
      bytes(hex: "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
      bytes(hex: "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    ]
    for coordinate in coordinates {
      for sign in [UInt8(0), 0x80] {
        let encoded = Array(coordinate.dropLast()) + [coordinate[31] | sign]
        #expect(throws: CryptoError.invalidKey) { _ = try Ed25519PublicKey(bytes: encoded.span) }
      }
    }
  }

  @Test("A key has 32 bytes", arguments: [0, 31, 33])
  func lengths(count: Int) {
    let bytes = [UInt8](repeating: 9, count: count)
    #expect(throws: CryptoError.invalidKey) { _ = try Ed25519PublicKey(bytes: bytes.span) }
    #expect(throws: CryptoError.invalidKey) { _ = try Ed25519PrivateKey.fromSeed(bytes.span) }
  }

  @Test("One key signs on many tasks at once")
  func concurrency() async throws {
    let key = KeyBox(try Ed25519PrivateKey.generate())
    let valid = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in UInt8(0)..<32 { group.addTask { try key.signsAndVerifies(number) } }
      return try await group.reduce(into: [Bool]()) { $0.append($1) }
    }
    #expect(valid == [Bool](repeating: true, count: 32))
  }
}

/// Shares a key that cannot be copied.
private final class KeyBox: Sendable {
  let key: Ed25519PrivateKey
  init(_ key: consuming Ed25519PrivateKey) { self.key = key }

  func signsAndVerifies(_ number: UInt8) throws -> Bool {
    let message = [UInt8](repeating: number, count: 100)
    let signature = try key.sign(message.span)
    return try key.publicKey.isValid(signature: signature.span, for: message.span)
  }
}
