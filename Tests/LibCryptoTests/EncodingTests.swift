import LibCrypto
import Testing

struct HexadecimalTests {
  @Test("Every byte round-trips, in lowercase")
  func roundTrip() {
    let all = Array(UInt8.min...UInt8.max)
    let text = Hexadecimal.encode(all.span)
    #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
    #expect(Hexadecimal.decode(text) == all)
    #expect(Hexadecimal.decode("") == [])
  }

  @Test("Only pairs of lowercase digits are read", arguments: ["a", "AB", "0g", " 00", "0x00", "00\n", "٠٠"])
  func refusals(_ text: String) {
    #expect(Hexadecimal.decode(text) == nil)
  }
}

struct Base64Tests {
  /// RFC 4648 §10.
  static let examples = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test("RFC 4648's examples", arguments: examples)
  func matchesExamples(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8).span) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test("Every digit round-trips")
  func alphabet() {
    let all = Array(UInt8.min...UInt8.max)
    for drop in 0..<3 {
      let bytes = Array(all.dropLast(drop))
      #expect(Base64.decode(Base64.encode(bytes.span)) == bytes)
    }
    #expect(Base64.encode([0xfb, 0xff, 0xbf].span) == "+/+/")
  }

  @Test(
    "A second text for the same bytes is refused",
    arguments: [
      "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm8", "Zg==Zg==", "Zm 9v", "Zm9v\n",
      "Zm9v====",
      "-_-_", "Zm9.", "Z=g=", "Zm9é",
    ])
  func refusals(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
