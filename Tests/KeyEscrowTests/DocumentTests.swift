import LibCrypto
import SecretSharing
import Testing
import TransparencyLog

@testable import KeyEscrow

@Suite("Documents: one text for each value, and nothing else")
struct DocumentTests {
  // MARK: canonical JSON

  static let refusedJSON: [(text: String, reason: String)] = [
    ("", "the text ends too early"),
    ("{\n  \"b\": 1,\n  \"a\": 1\n}\n", "not in canonical form"),  // order
    ("{\n  \"a\": 1,\n  \"B\": 1\n}\n", "not in canonical form"),  // order by byte, not by letter
    ("{\n  \"a\": 1\n}", "not in canonical form"),  // no final line feed
    ("{\n  \"a\": 1\n}\n\n", "not in canonical form"),
    ("{\"a\": 1}\n", "not in canonical form"),
    ("{\n  \"a\":1\n}\n", "not in canonical form"),
    ("{\n  \"a\": 1 \n}\n", "not in canonical form"),
    ("{\n    \"a\": 1\n}\n", "not in canonical form"),
    (" {\n  \"a\": 1\n}\n", "not in canonical form"),
    ("{\n\t\"a\": 1\n}\n", "expected a string"),
    ("{\r\n  \"a\": 1\r\n}\r\n", "expected a string"),
    ("\u{FEFF}{\n  \"a\": 1\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": \"\\u0041\"\n}\n", "an escape other than \\\" and \\\\"),
    ("{\n  \"a\": \"\\/\"\n}\n", "an escape other than \\\" and \\\\"),
    ("{\n  \"a\": \"\\n\"\n}\n", "an escape other than \\\" and \\\\"),
    ("{\n  \"a\": \"\\", "an escape other than \\\" and \\\\"),
    ("{\n  \"a\": \"b\nc\"\n}\n", "a control character in a string"),
    ("{\n  \"a\": \"\u{0}\"\n}\n", "a control character in a string"),
    ("{\n  \"a\": \"b", "a string without end"),
    ("{\n  \"a\": 1,\n  \"a\": 1\n}\n", "the member \"a\" appears twice"),
    ("{\n  \"e\u{301}\": 1\n}\n", "a member's name that is not ASCII"),
    ("{\n  \"a\": 1.0\n}\n", "expected }"),
    ("{\n  \"a\": 1e3\n}\n", "expected }"),
    ("{\n  \"a\": -1\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": +1\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": 01\n}\n", "a leading zero"),
    ("{\n  \"a\": 00\n}\n", "a leading zero"),
    ("{\n  \"a\": 18446744073709551616\n}\n", "a number above 2^64 - 1"),
    ("{\n  \"a\": 99999999999999999999999\n}\n", "a number above 2^64 - 1"),
    ("{\n  \"a\": null\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": True\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": tru\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": NaN\n}\n", "not a value that documents allow"),
    ("{}\n", "expected a string"),
    ("{\n\n}\n", "expected a string"),
    ("{\n  \"a\": {}\n}\n", "expected a string"),
    ("{\n  \"a\": []\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": [\n    1,\n  ]\n}\n", "not a value that documents allow"),
    ("{\n  \"a\": 1,\n}\n", "expected a string"),
    ("{\n  \"a\" 1\n}\n", "expected :"),
    ("{\n  a: 1\n}\n", "expected a string"),
    ("{\n  'a': 1\n}\n", "expected a string"),
    ("{\n  \"a\": 1\n}\n{}\n", "text after the end of the value"),
    ("{\n  \"a\": 1 // one\n}\n", "expected }"),
    ("[", "the text ends too early"),
    (String(repeating: "[", count: 9), "nested too deeply"),
    (String(repeating: "[", count: 100_000), "nested too deeply"),
    (String(repeating: "{\"a\":", count: 9), "nested too deeply"),
  ]

  @Test("Whatever is not canonical is refused, with its reason", arguments: refusedJSON)
  func refused(text: String, reason: String) {
    let error = #expect(throws: CanonicalJSONFault.self) { try CanonicalJSONReader.read(text) }
    #expect(error?.reason == reason)
  }

  @Test("A fault says where it is, in bytes")
  func offset() {
    #expect(throws: CanonicalJSONFault(reason: "not in canonical form", offset: 21)) {
      try CanonicalJSONReader.read("{\n  \"a\": \"é\",\n  \"b\":1\n}\n")
    }
  }

  @Test("What is written is read, and written again the same")
  func roundTrip() throws {
    let value = CanonicalJSON.object([
      "least": .integer(0), "most": .integer(UInt64.max), "text": .string("a \"b\" \\ c — é 𝄞"),
      "list": .array([.boolean(true), .boolean(false), .object(["z": .integer(1), "Z": .string("")])]),
      "empty": .array([]), "blank": .object([:]),
    ])
    let expected = """
      {
        "least": 0,
        "list": [
          true,
          false,
          {
            "Z": "",
            "z": 1
          }
        ],
        "most": 18446744073709551615,
        "text": "a \\"b\\" \\\\ c — é 𝄞"
      }

      """
    #expect(Array(value.text.utf8) == Array(expected.utf8))
    let read = try CanonicalJSONReader.read(value.text)
    #expect(read.text == value.text)
    let nested = (0..<7).reduce(CanonicalJSON.integer(7)) { inner, _ in .array([inner]) }
    #expect(try CanonicalJSONReader.read(nested.text) == nested)
  }

  // MARK: one document, every kind of fault

  /// A refusal's text, with `change` made to it, and a signature line after it.
  static func refusal(_ change: (inout String) -> Void) throws -> [UInt8] {
    let body = RefusalBody(
      warrant: try SHA256.digest([1]), roster: try SHA256.digest([2]), holder: try HolderID(parsing: "judge"),
      ground: .other, reason: "REASON", answered: Escrow.start)
    var text = body.text
    change(&text)
    let line = try Ed25519PrivateKey.generate().noteSignature(name: "judge", text: body.text).line
    return Array((text + "\n" + line + "\n").utf8)
  }

  static let refusedText: [(text: String, reason: String)] = [
    ("", "is empty"),
    (" leading", "begins or ends with white space"),
    ("trailing\u{A0}", "begins or ends with white space"),
    (String(repeating: "x", count: 2049), "is longer than 2048 bytes"),
    (String(repeating: "é", count: 1025), "is longer than 2048 bytes"),
    ("de\u{7F}l", "holds the character U+7F, which does not show"),
    ("next\u{85}line", "holds the character U+85, which does not show"),
    ("soft\u{AD}hyphen", "holds the character U+AD, which does not show"),
    ("arabic\u{61C}mark", "holds the character U+61C, which does not show"),
    ("zero\u{200B}width", "holds the character U+200B, which does not show"),
    ("left\u{200E}mark", "holds the character U+200E, which does not show"),
    ("line\u{2028}separator", "holds the character U+2028, which does not show"),
    ("override\u{202E}drawkcab", "holds the character U+202E, which does not show"),
    ("isolate\u{2066}x\u{2069}", "holds the character U+2066, which does not show"),
    ("fill\u{3164}er", "holds the character U+3164, which does not show"),
    ("private\u{E000}use", "holds the character U+E000, which does not show"),
    ("variation\u{FE0F}selector", "holds the character U+FE0F, which does not show"),
    ("bom\u{FEFF}inside", "holds the character U+FEFF, which does not show"),
    (
      "non\(String(decoding: [0xEF, 0xB7, 0x90], as: UTF8.self))character",
      "holds the character U+FDD0, which does not show"
    ),
    ("non\u{FFFE}character", "holds the character U+FFFE, which does not show"),
    ("tag\u{E0041}s", "holds the character U+E0041, which does not show"),
    ("non\u{10FFFF}character", "holds the character U+10FFFF, which does not show"),
    ("e\u{301}", "is not in Unicode normalisation form C"),
    ("\u{212B}ngstrom", "is not in Unicode normalisation form C"),
  ]

  @Test("Text that two people could read differently is refused", arguments: refusedText)
  func humanText(text: String, reason: String) throws {
    let bytes = try Self.refusal { $0 = $0.replacing("REASON", with: text) }
    #expect(throws: EscrowError.malformed(.refusal, reason: "refusal.reason \(reason)")) {
      try UnverifiedRefusal(reading: bytes)
    }
    let escrow = try Escrow()
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    #expect(throws: EscrowError.malformed(.refusal, reason: "refusal.reason \(reason)")) {
      let judge = try escrow.holder("judge")
      _ = try UnverifiedRefusal(
        refusing: warrant, by: judge.holder, roster: escrow.roster, ground: .other, reason: text,
        now: Escrow.start)
    }
  }

  @Test(
    "Text of every script is accepted",
    arguments: [
      "Ordonnance n° 2027/42 — «urgence»", "ההחלטה ניתנה", "صدر الأمر", "判決は確定した", "नि\u{200D}र्णय",
      "quotes \" and \\ backslashes", "🏛\u{200D}⚖", String(repeating: "é", count: 1024),
    ])
  func acceptedText(text: String) throws {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    let bytes = try Self.refusal { $0 = $0.replacing("REASON", with: escaped) }
    #expect(try UnverifiedRefusal(reading: bytes).body.reason == text)
  }

  static let refusedMembers: [(from: String, to: String, reason: String)] = [
    ("  \"ground\": \"other\",\n", "", "refusal.ground is missing"),
    ("\"other\"", "\"whim\"", "refusal.ground is not known"),
    ("\"other\"", "7", "refusal.ground is not a string"),
    ("\"holder\": \"judge\"", "\"holder\": \"clerk\"", "refusal.holder is not a holder id"),
    ("\"holder\": \"judge\"", "\"holder\": \"Judge\"", "refusal.holder is not a holder id"),
    ("09:30:00Z", "09:30:00+00:00", "refusal.answered is not a time like 2027-01-31T09:30:00Z"),
    ("2027-01-31", "2027-02-29", "refusal.answered is not a time like 2027-01-31T09:30:00Z"),
    ("v1 refusal", "v2 refusal", "its type is \"key-escrow/v2 refusal\", not \"key-escrow/v1 refusal\""),
    ("v1 refusal", "v1 warrant", "its type is \"key-escrow/v1 warrant\", not \"key-escrow/v1 refusal\""),
    ("  \"type\"", "  \"tune\": 1,\n  \"type\"", "refusal.tune is not a member that this version knows"),
    ("\"other\"", "\"other\",\n  \"ground\": \"cap\"", "the member \"ground\" appears twice, at byte 71"),
    ("{\n  \"answered\"", "{\n   \"answered\"", "not in canonical form, at byte 4"),
  ]

  @Test("Members that are missing, unknown or wrong are refused by name", arguments: refusedMembers)
  func members(from: String, to: String, reason: String) throws {
    let bytes = try Self.refusal { text in
      #expect(text.contains(from))
      text = text.replacing(from, with: to)
    }
    #expect(throws: EscrowError.malformed(.refusal, reason: reason)) {
      try UnverifiedRefusal(reading: bytes)
    }
  }

  @Test("Bytes that are no note are refused")
  func bytes() throws {
    let good = try Self.refusal { _ in }
    _ = try UnverifiedRefusal(reading: good)
    func refused(_ bytes: [UInt8], _ malformation: NoteError.Malformation) {
      let reason = "it is not a signed note: \(NoteError.malformed(malformation))"
      #expect(throws: EscrowError.malformed(.refusal, reason: reason)) {
        try UnverifiedRefusal(reading: bytes)
      }
    }
    refused([], .noBlankLine)
    refused(
      Array(String(decoding: good, as: UTF8.self).replacing("\n", with: "\r\n").utf8), .controlCharacter)
    refused(
      Array(String(decoding: good, as: UTF8.self).replacing("REASON", with: "\0").utf8), .controlCharacter)
    refused(
      Array(String(decoding: good, as: UTF8.self).replacing("REASON", with: "\t").utf8), .controlCharacter)
    refused(good + [0xFF], .notUTF8)
    refused(good + [0xC0, 0x80], .notUTF8)
    refused(good + [0xED, 0xA0, 0x80], .notUTF8)  // a surrogate
    refused(good + [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000), .tooLarge)
    refused(Array("\n".utf8) + good.dropLast(), .noFinalNewline)
    let boms = [0xEF, 0xBB, 0xBF] + good
    #expect(
      throws: EscrowError.malformed(.refusal, reason: "not a value that documents allow, at byte 0")
    ) { try UnverifiedRefusal(reading: boms) }
  }

  // MARK: every truncation, every bit

  @Test("Every truncation and every extension of every kind of input is an error", arguments: Sample.names)
  func truncations(name: String) throws {
    let sample = try Sample.named(name)
    #expect(sample.error(sample.bytes) == nil)
    var accepted: [Int] = []
    for count in 0..<sample.bytes.count {
      let error = sample.error(Array(sample.bytes[..<count]))
      if !(error is EscrowError) { accepted.append(count) }
    }
    #expect(accepted == [])
    #expect(sample.error(sample.bytes + sample.bytes) is EscrowError)
    #expect(sample.error(sample.bytes + [UInt8(ascii: "\n")]) is EscrowError)
    #expect(sample.error(sample.bytes + [0]) is EscrowError)
  }

  // Without optimisation the 72,000 flips take minutes, so that build flips every seventh bit: still each byte, and
  // each place in a byte.
  #if DEBUG
    static let bitStride = 7
  #else
    static let bitStride = 1
  #endif

  @Test("Every bit of every kind of input matters", arguments: Sample.names)
  func bitFlips(name: String) throws {
    let sample = try Sample.named(name)
    var accepted: [Int] = []
    var bytes = sample.bytes
    for bit in stride(from: 0, to: 8 * bytes.count, by: Self.bitStride) {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if !(sample.error(bytes) is EscrowError) { accepted.append(bit) }
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    #expect(accepted == [])
  }

  @Test("An appended signature line of an unknown key changes nothing, least of all a digest")
  func unknownLine() throws {
    let escrow = try Escrow()
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let stranger = try Ed25519PrivateKey.generate()
    let line = try stranger.noteSignature(name: "stranger", text: warrant.text).line + "\n"
    let read = try UnverifiedWarrant(reading: (warrant.bytes + Array(line.utf8)))
    #expect(read.digest == warrant.digest)
    #expect(try read.verified(by: escrow.roster, now: Escrow.start).digest == warrant.digest)
  }
}
