import LibCrypto
import SecretMemory
import TestSupport
import Testing

/// RFC 4231.
struct HMACTests {
  static let examples: [(key: [UInt8], message: [UInt8], tag: String)] = [
    (
      Array(repeating: 0x0b, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      Array(repeating: 0xaa, count: 20), Array(repeating: 0xdd, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(0x01...0x19), Array(repeating: 0xcd, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
      Array(repeating: 0xaa, count: 131),
      Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      Array(repeating: 0xaa, count: 131),
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  @Test("One context takes key after key")
  func matchesExamples() throws {
    var hmac = try HMAC()
    for example in Self.examples + Self.examples.reversed() {
      let tag = try filled(32) { (out) throws(CryptoError) in
        try hmac.authenticate(key: example.key.span, message: example.message.span, into: &out)
      }
      #expect(hex(tag) == example.tag)
    }
  }

  @Test("An empty key is a key of its own, not the one before")
  func emptyKey() throws {
    var hmac = try HMAC()
    let message = Array("message".utf8)
    func tag(_ key: [UInt8]) throws -> [UInt8] {
      try filled(32) { (out) throws(CryptoError) in
        try hmac.authenticate(key: key.span, message: message.span, into: &out)
      }
    }
    let other = try tag([1, 2, 3])
    let empty = try tag([])
    #expect(empty != other)
    #expect(try tag([UInt8](repeating: 0, count: 64)) == empty)
    try hmac.eraseKey()
    #expect(try tag([1, 2, 3]) == other)
  }

  @Test("An output of another length is refused and zeroed", arguments: [0, 31, 33])
  func wrongLength(count: Int) throws {
    var hmac = try HMAC()
    let result = failing(count) { (out) throws(CryptoError) in
      try hmac.authenticate(key: [1].span, message: [2].span, into: &out)
    }
    #expect(result.error == .invalidLength(expected: 32, actual: count))
    #expect(result.bytes.allSatisfy { $0 == 0 })
  }
}

/// RFC 5869 appendix A.
struct HKDFTests {
  struct Example: Sendable {
    let inputKey: [UInt8]
    let salt: [UInt8]
    let info: [UInt8]
    let key: String
    let output: String
  }

  static let examples = [
    Example(
      inputKey: Array(repeating: 0x0b, count: 22), salt: Array(0x00...0x0c), info: Array(0xf0...0xf9),
      key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
      output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    Example(
      inputKey: Array(0x00...0x4f), salt: Array(0x60...0xaf), info: Array(0xb0...0xff),
      key: "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
      output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    ),
    Example(
      inputKey: Array(repeating: 0x0b, count: 22), salt: [], info: [],
      key: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
      output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
  ]

  @Test("Examples", arguments: examples)
  func matchesExamples(_ example: Example) throws {
    var hkdf = try HKDF()
    let key = try hkdf.extract(salt: example.salt.span, inputKey: example.inputKey.span)
    #expect(hex(key) == example.key)
    let output = try key.withBytes { (key) throws(CryptoError) in
      try filled(example.output.utf8.count / 2) { (out) throws(CryptoError) in
        try hkdf.expand(key: key, info: example.info.span, into: &out)
      }
    }
    #expect(hex(output) == example.output)
  }

  @Test("A shorter output is a prefix of a longer one, at every length around a block")
  func prefixes() throws {
    var hkdf = try HKDF()
    func expand(_ count: Int) throws -> [UInt8] {
      try filled(count) { (out) throws(CryptoError) in
        try hkdf.expand(key: [1, 2, 3].span, info: [4].span, into: &out)
      }
    }
    let longest = try expand(HKDF.maximumOutputByteCount)
    #expect(longest.count == 8160)
    for count in [0, 1, 31, 32, 33, 63, 64, 65, 8159] {
      #expect(try expand(count) == Array(longest.prefix(count)))
    }
  }

  @Test("Beyond 255 blocks nothing is emitted")
  func tooLong() throws {
    var hkdf = try HKDF()
    let result = failing(8161) { (out) throws(CryptoError) in
      try hkdf.expand(key: [1].span, info: Span(), into: &out)
    }
    #expect(result.error == .invalidLength(expected: 8160, actual: 8161))
    #expect(result.bytes.allSatisfy { $0 == 0 })
  }
}

/// PBKDF2 with HMAC-SHA-256: RFC 7914 section 11.
struct PBKDF2Tests {
  @Test(arguments: [
    (
      "passwd", "salt", 1,
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    ),
    (
      "Password", "NaCl", 80_000,
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
    ),
  ])
  func matchesExamples(_ password: String, _ salt: String, _ iterations: Int, _ key: String) throws {
    let derived = try filled(64) { (out) throws(CryptoError) in
      try PBKDF2.deriveKey(
        password: Array(password.utf8).span, salt: Array(salt.utf8).span, iterations: iterations, into: &out)
    }
    #expect(hex(derived) == key)
  }

  @Test(arguments: [0, -1, Int(CInt.max) + 1])
  func otherNumbersOfIterationsAreRefused(_ iterations: Int) {
    #expect(throws: CryptoError.invalidLength(expected: Int(CInt.max), actual: iterations)) {
      _ = try filled(32) { (out) throws(CryptoError) in
        try PBKDF2.deriveKey(password: Span(), salt: Span(), iterations: iterations, into: &out)
      }
    }
  }
}
