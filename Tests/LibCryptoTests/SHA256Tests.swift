import LibCrypto
import TestSupport
import Testing

/// FIPS 180-4's examples (NIST's cryptographic standards examples).
struct SHA256Tests {
  static let examples: [(message: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test("Examples, in one piece", arguments: examples)
  func matchesExamples(message: String, digest: String) throws {
    #expect(try SHA256.digest(Array(message.utf8)).hex == digest)
  }

  @Test("One context hashes message after message, in pieces that straddle every block boundary")
  func reuse() throws {
    var hash = try SHA256()
    for (message, digest) in Self.examples.prefix(3) {
      for cut in 0...message.utf8.count {
        let head = Array(message.utf8.prefix(cut))
        let tail = Array(message.utf8.dropFirst(cut))
        try hash.update(head.span)
        try hash.update(tail.span)
        #expect(try hash.finish().hex == digest)
      }
    }
    #expect(try hash.finish().hex == Self.examples[0].digest)
  }

  @Test("The hot path agrees, also in the middle of another message")
  func hotPath() throws {
    var hash = try SHA256()
    for count in [0, 1, 55, 56, 63, 64, 65, 127, 128, 1000] {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      try hash.update(Array("unfinished".utf8).span)
      var output = [UInt8](repeating: 0, count: 32)
      try unsafe hash.digest(message, message.count, into: &output)
      #expect(try output == SHA256.digest(message).bytes)
    }
  }
}

struct DigestTests {
  static let text = SHA256Tests.examples[1].digest

  @Test("A digest is 32 bytes or 64 lowercase digits, both ways")
  func forms() throws {
    let digest = try #require(Digest(hex: Self.text))
    #expect(digest.bytes == bytes(hex: Self.text))
    #expect(digest.hex == Self.text)
    #expect("\(digest)" == Self.text)
    let same = Digest(bytes: digest.bytes.span)
    #expect(same == digest)
    let count = digest.withBytes { $0.count }
    #expect(count == 32)
  }

  @Test("Anything else is refused")
  func refusals() {
    #expect(Digest(hex: Self.text.uppercased()) == nil)
    #expect(Digest(hex: String(Self.text.dropLast())) == nil)
    #expect(Digest(hex: Self.text + "00") == nil)
    #expect(Digest(hex: "g" + Self.text.dropFirst()) == nil)
    for count in [0, 31, 33, 64] {
      let digest = Digest(bytes: [UInt8](repeating: 1, count: count).span)
      #expect(digest == nil)
    }
  }

  @Test("Digests are ordered as their bytes")
  func order() throws {
    for position in 0..<32 {
      var smaller = [UInt8](repeating: 0x80, count: 32)
      var larger = smaller
      smaller[position] = 0x7f
      larger[position] = 0x81
      let left = Digest(bytes: smaller.span)
      let right = Digest(bytes: larger.span)
      let low = try #require(left)
      let high = try #require(right)
      #expect(low < high)
      #expect(!(high < low))
      #expect(low != high)
    }
  }
}
