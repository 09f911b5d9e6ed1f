import LibCrypto
import TestSupport
import Testing

struct AEADTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let name: String
    let algorithm: AEADAlgorithm
    let key: [UInt8]
    let nonce: [UInt8]
    let additionalData: [UInt8]
    let plaintext: [UInt8]
    let ciphertext: [UInt8]
    var testDescription: String { name }
  }

  /// The samples that NIST's GCM submission (McGrew and Viega, appendix B) and RFC 8439 §2.8.2 give.
  static let examples = [
    Example(
      name: "AES-128-GCM, test case 4", algorithm: .aes128GCM,
      key: bytes(hex: "feffe9928665731c6d6a8f9467308308"),
      nonce: bytes(hex: "cafebabefacedbaddecaf888"), additionalData: gcmAdditionalData,
      plaintext: gcmPlaintext,
      ciphertext: bytes(
        hex: "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
          + "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091" + "5bc94fbc3221a5db94fae95ae7121a47")),
    Example(
      name: "AES-256-GCM, test case 16", algorithm: .aes256GCM,
      key: bytes(hex: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
      nonce: bytes(hex: "cafebabefacedbaddecaf888"), additionalData: gcmAdditionalData,
      plaintext: gcmPlaintext,
      ciphertext: bytes(
        hex: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b")),
    Example(
      name: "AES-256-GCM, test case 13, empty", algorithm: .aes256GCM, key: [UInt8](repeating: 0, count: 32),
      nonce: [UInt8](repeating: 0, count: 12), additionalData: [], plaintext: [],
      ciphertext: bytes(hex: "530f8afbc74536b9a963b4f1c4cb738b")),
    Example(
      name: "ChaCha20-Poly1305", algorithm: .chaCha20Poly1305, key: Array(0x80...0x9f),
      nonce: bytes(hex: "070000004041424344454647"), additionalData: bytes(hex: "50515253c0c1c2c3c4c5c6c7"),
      plaintext: Array(
        ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
          + "sunscreen would be it.").utf8),
      ciphertext: bytes(
        hex: "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
          + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
          + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
          + "3ff4def08e4b7a9de576d26586cec64b6116" + "1ae10b594f09e26a7e902ecbd0600691")),
  ]

  private static let gcmAdditionalData = bytes(hex: "feedfacedeadbeeffeedfacedeadbeefabaddad2")
  private static let gcmPlaintext = bytes(
    hex: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")

  private static func open(
    _ aead: inout AEAD, _ example: Example, ciphertext: [UInt8]? = nil, additionalData: [UInt8]? = nil,
    nonce: [UInt8]? = nil, key: [UInt8]? = nil, count: Int? = nil
  ) -> (error: CryptoError?, bytes: [UInt8]) {
    let ciphertext = ciphertext ?? example.ciphertext
    let additionalData = additionalData ?? example.additionalData
    let nonce = nonce ?? example.nonce
    let key = key ?? example.key
    return failing(count ?? max(0, ciphertext.count - 16)) { (out) throws(CryptoError) in
      try aead.open(
        key: key.span, nonce: nonce.span,
        additionalData: additionalData.span, ciphertext: ciphertext.span,
        into: &out)
    }
  }

  @Test("Sealing and opening on one context, in turns", arguments: examples)
  func roundTrip(_ example: Example) throws {
    var aead = try AEAD(example.algorithm)
    for _ in 0..<3 {
      let sealed = try filled(example.ciphertext.count) { (out) throws(CryptoError) in
        try aead.seal(
          key: example.key.span, nonce: example.nonce.span, additionalData: example.additionalData.span,
          plaintext: example.plaintext.span, into: &out)
      }
      #expect(sealed == example.ciphertext)
      let opened = Self.open(&aead, example)
      #expect(opened.error == nil)
      #expect(opened.bytes == example.plaintext)
      try aead.eraseKey()
    }
  }

  @Test("Any changed bit of the ciphertext, data, nonce or key: nothing comes out", arguments: examples)
  func tampering(_ example: Example) throws {
    var aead = try AEAD(example.algorithm)
    func expectRefusal(_ result: (error: CryptoError?, bytes: [UInt8])) {
      #expect(result.error == .authenticationFailed)
      #expect(result.bytes.allSatisfy { $0 == 0 })
    }
    func flips(_ bytes: [UInt8]) -> [[UInt8]] {
      bytes.indices.flatMap { index in
        (0..<8).map { bit in
          var changed = bytes
          changed[index] ^= 1 << bit
          return changed
        }
      }
    }
    for changed in flips(example.ciphertext) { expectRefusal(Self.open(&aead, example, ciphertext: changed)) }
    for changed in flips(example.additionalData) {
      expectRefusal(Self.open(&aead, example, additionalData: changed))
    }
    for changed in flips(example.nonce) { expectRefusal(Self.open(&aead, example, nonce: changed)) }
    for changed in flips(example.key) { expectRefusal(Self.open(&aead, example, key: changed)) }
    for count in 0..<example.ciphertext.count {
      expectRefusal(Self.open(&aead, example, ciphertext: Array(example.ciphertext.prefix(count))))
    }
    #expect(Self.open(&aead, example).error == nil)
  }

  @Test("Wrong lengths have their own errors, and zero the output", arguments: AEADAlgorithm.allCases)
  func lengths(_ algorithm: AEADAlgorithm) throws {
    var aead = try AEAD(algorithm)
    let key = [UInt8](repeating: 7, count: algorithm.keyByteCount)
    let nonce = [UInt8](repeating: 9, count: 12)
    func seal(_ key: [UInt8], _ nonce: [UInt8], _ count: Int) -> (error: CryptoError?, bytes: [UInt8]) {
      failing(count) { (out) throws(CryptoError) in
        try aead.seal(
          key: key.span, nonce: nonce.span, additionalData: Span(), plaintext: [1, 2].span, into: &out)
      }
    }
    for (result, error) in [
      (seal(Array(key.dropLast()), nonce, 18), CryptoError.invalidKey),
      (seal(key + [0], nonce, 18), .invalidKey),
      (seal(key, Array(nonce.dropLast()), 18), .invalidLength(expected: 12, actual: 11)),
      (seal(key, nonce + [0], 18), .invalidLength(expected: 12, actual: 13)),
      (seal(key, nonce, 17), .invalidLength(expected: 18, actual: 17)),
      (seal(key, nonce, 19), .invalidLength(expected: 18, actual: 19)),
    ] {
      #expect(result.error == error)
      #expect(result.bytes.allSatisfy { $0 == 0 })
    }
    let sealed = seal(key, nonce, 18)
    #expect(sealed.error == nil)
    for count in [1, 3] {
      let opened = failing(count) { (out) throws(CryptoError) in
        try aead.open(
          key: key.span, nonce: nonce.span, additionalData: Span(), ciphertext: sealed.bytes.span, into: &out)
      }
      #expect(opened.error == .invalidLength(expected: 2, actual: count))
      #expect(opened.bytes.allSatisfy { $0 == 0 })
    }
  }
}
