import LibCrypto
import SecretMemory
import TestSupport
import Testing

struct RandomTests {
  @Test("The system's generator fills every byte, and never the same way twice")
  func system() throws {
    let random = SystemRandom()
    // Whether a position ever takes another value: 64 draws all alike happen once in 2^504.
    let draws = try (0..<64).map { _ in try random.bytes(100) }
    for position in 0..<100 { #expect(Set(draws.map { $0[position] }).count > 1) }
    #expect(Set(draws).count == draws.count)
    #expect(try random.bytes(0).isEmpty)
    let one = try random.secret(32)
    let two = try random.secret(32)
    #expect(one.count == 32)
    #expect(hex(one) != hex(two))
  }

  @Test("A negative count is an error")
  func negative() {
    #expect(throws: CryptoError.invalidLength(expected: 0, actual: -1)) { _ = try SystemRandom().bytes(-1) }
    #expect(throws: CryptoError.secretMemory(.invalidCount(-1))) { _ = try SystemRandom().secret(-1) }
  }

  @Test("When the generator fails, whatever needs it fails and emits nothing")
  func failure() throws {
    let random = FailingRandom()
    #expect(throws: CryptoError.randomnessUnavailable) { _ = try random.secret(32) }
    #expect(throws: CryptoError.randomnessUnavailable) { _ = try X25519PrivateKey.generate(from: random) }
    #expect(throws: CryptoError.randomnessUnavailable) { _ = try Ed25519PrivateKey.generate(from: random) }
    let key = try Ed25519PrivateKey.generate()
    let passphrase = try secret("a passphrase")
    #expect(throws: CryptoError.randomnessUnavailable) {
      _ = try key.pem(passphrase: passphrase, random: random)
    }
    let recipient = try X25519PrivateKey.generate().publicKey
    #expect(throws: CryptoError.randomnessUnavailable) {
      _ = try HPKESender.setup(.keyEscrow1, to: recipient, info: Span(), random: random)
    }
  }

  @Test("A key is the bytes that the generator gave")
  func known() throws {
    let random = ConstantRandom(value: 0x42)
    let expected = [UInt8](repeating: 0x42, count: 32)
    let signing = try Ed25519PrivateKey.generate(from: random)
    #expect(try signing.withSeed { (seed) throws(CryptoError) in seed.indices.map { seed[$0] } } == expected)
    let agreement = try X25519PrivateKey.generate(from: random)
    #expect(try agreement.withRaw { (raw) throws(CryptoError) in raw.indices.map { raw[$0] } } == expected)
  }
}

struct LibCryptoVersionTests {
  @Test("The library is OpenSSL 3 or later")
  func version() {
    #expect(LibCryptoVersion.text.hasPrefix("OpenSSL "))
    #expect(LibCryptoVersion.number >= 0x3000_0000)
    #expect(LibCryptoVersion.text.hasPrefix("OpenSSL \(LibCryptoVersion.number >> 28)."))
  }
}
