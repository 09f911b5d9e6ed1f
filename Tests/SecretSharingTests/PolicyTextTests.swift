import SecretSharing
import Testing

@Suite struct PolicyTextTests {
  private static let canonical = [
    "judge", "agency:a.b-9", "and(judge, or(provider, agency))", "thresh(1, judge)",
    "thresh(2, judge, provider, agency)",
    "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, thresh(2, agency:a, agency:b, agency:c)))",
    "or(and(judge:fr, agency:fr), and(judge:de, agency:de))", "thresh(1, thresh(1, thresh(1, judge)))",
    "and(judge:and, or(provider:or, agency:thresh))",
  ]

  @Test(arguments: canonical) func canonicalTextReturnsThroughTheTree(text: String) throws {
    let policy = try AccessPolicy(parsing: text)
    #expect(policy.description == text)
    #expect(try AccessPolicy(policy.root) == policy)
  }

  @Test(arguments: [
    ("thresh(2,judge,agency)", "and(judge, agency)"), ("thresh(1,judge,agency)", "or(judge, agency)"),
    ("and(judge)", "thresh(1, judge)"), ("or(judge)", "thresh(1, judge)"),
    (" \t\r\nand ( judge\n, or(provider ,agency ) ) ", "and(judge, or(provider, agency))"),
  ])
  func otherSpellingsBecomeCanonical(text: String, canonical: String) throws {
    let policy = try AccessPolicy(parsing: text)
    #expect(policy.description == canonical)
    #expect(try AccessPolicy(parsing: canonical) == policy)
  }

  @Test func leavesFromLeftToRight() throws {
    let policy = try AccessPolicy(parsing: Self.canonical[5])
    #expect(
      policy.holders.map(\.description) == [
        "judge:paris", "judge:lyon", "judge:lille", "provider", "agency:a", "agency:b", "agency:c",
      ])
    #expect(policy.columnCount == 4)
  }

  private static let judge = HolderID(.judge)

  @Test(arguments: [
    ("", SharingError.expected(.node, position: 0)),
    ("   ", .expected(.node, position: 3)),
    (",", .expected(.node, position: 0)),
    ("\0", .expected(.node, position: 0)),
    ("mayor", .unknownRole(position: 0)),
    ("and(judge, mayor:x)", .unknownRole(position: 11)),
    ("Judge", .unknownRole(position: 0)),
    ("jügde", .unknownRole(position: 0)),
    ("thresh2(judge)", .unknownRole(position: 0)),
    ("judge:", .invalidLabel(position: 6)),
    ("and(judge:Paris)", .invalidLabel(position: 10)),
    ("judge:a:b", .invalidLabel(position: 6)),
    ("judge:" + String(repeating: "x", count: 65), .invalidLabel(position: 6)),
    ("and(judge, or(agency, judge))", .duplicateHolder(judge, position: 22)),
    ("thresh(0, judge)", .thresholdOutOfRange(threshold: 0, children: 1, position: 7)),
    ("or(agency, thresh(3, judge, provider))", .thresholdOutOfRange(threshold: 3, children: 2, position: 18)),
    (
      "thresh(99999999999999999999, judge)",
      .thresholdOutOfRange(threshold: 999_999, children: 1, position: 7)
    ),
    ("thresh(01, judge)", .expected(.threshold, position: 7)),
    ("thresh(00, judge)", .expected(.threshold, position: 7)),
    ("thresh(-1, judge)", .expected(.threshold, position: 7)),
    ("thresh(judge, agency)", .expected(.threshold, position: 7)),
    ("thresh(1 judge)", .expected(.comma, position: 9)),
    ("thresh(1)", .emptyGate(position: 0)),
    ("and()", .emptyGate(position: 0)),
    ("or(judge, and( ))", .emptyGate(position: 10)),
    ("and", .expected(.openingParenthesis, position: 3)),
    ("and judge", .expected(.openingParenthesis, position: 4)),
    ("and(judge", .expected(.commaOrClosingParenthesis, position: 9)),
    ("and(judge agency)", .expected(.commaOrClosingParenthesis, position: 10)),
    ("and(judge,)", .expected(.node, position: 10)),
    ("thresh(1,)", .expected(.node, position: 9)),
    ("judge agency", .trailingText(position: 6)),
    ("and(judge))", .trailingText(position: 10)),
    ("judge\0", .trailingText(position: 5)),
  ])
  func faultsAreNamedWithTheirPosition(text: String, error: SharingError) {
    #expect(throws: error) { try AccessPolicy(parsing: text) }
  }

  @Test func treesAreHeldToTheSameRules() throws {
    let judge = AccessPolicy.Node.holder(Self.judge)
    #expect(throws: SharingError.emptyGate(position: nil)) {
      try AccessPolicy(.gate(threshold: 0, children: []))
    }
    #expect(throws: SharingError.thresholdOutOfRange(threshold: 2, children: 1, position: nil)) {
      try AccessPolicy(.gate(threshold: 2, children: [judge]))
    }
    #expect(throws: SharingError.thresholdOutOfRange(threshold: -1, children: 1, position: nil)) {
      try AccessPolicy(.gate(threshold: -1, children: [judge]))
    }
    #expect(throws: SharingError.duplicateHolder(Self.judge, position: nil)) {
      try AccessPolicy(.gate(threshold: 1, children: [judge, judge]))
    }
  }

  private static func nested(_ depth: Int) -> String {
    String(repeating: "or(", count: depth) + "judge" + String(repeating: ")", count: depth)
  }

  @Test func depthIsBounded() throws {
    let deepest = try AccessPolicy(parsing: Self.nested(AccessPolicy.maximumDepth))
    #expect(throws: SharingError.tooDeep(position: 3 * AccessPolicy.maximumDepth)) {
      try AccessPolicy(parsing: Self.nested(AccessPolicy.maximumDepth + 1))
    }
    #expect(throws: SharingError.tooDeep(position: 96)) {
      try AccessPolicy(parsing: String(repeating: "or(", count: 20_000))
    }
    #expect(throws: SharingError.tooDeep(position: nil)) {
      try AccessPolicy(.gate(threshold: 1, children: [deepest.root]))
    }
    let long = String(repeating: " ", count: AccessPolicy.maximumTextByteCount)
    #expect(throws: SharingError.textTooLong(byteCount: long.utf8.count + 1)) {
      try AccessPolicy(parsing: long + "x")
    }
    #expect(throws: SharingError.expected(.node, position: long.utf8.count)) {
      try AccessPolicy(parsing: long)
    }
  }

  private static func list(_ count: Int) -> String {
    (0..<count).map { "judge:\($0)" }.joined(separator: ",")
  }

  @Test func rowsAndColumnsAreBounded() throws {
    let largest = try AccessPolicy(parsing: "and(\(Self.list(255)))")
    #expect(largest.holders.count == 255 && largest.columnCount == 255)
    let text = "or(\(Self.list(256)))"
    #expect(throws: SharingError.tooManyRows(position: text.utf8.count - "judge:255)".utf8.count)) {
      try AccessPolicy(parsing: text)
    }
    #expect(throws: SharingError.tooManyRows(position: nil)) {
      try AccessPolicy(
        .gate(threshold: 1, children: try (0..<256).map { .holder(try HolderID(.judge, label: "\($0)")) }))
    }
  }

  @Test func holders() throws {
    let longest = "provider:" + String(repeating: "a", count: 64)
    for text in ["judge", "provider", "agency:0", longest] {
      #expect(try HolderID(parsing: text).description == text)
    }
    #expect(throws: SharingError.unknownRole(position: 0)) { try HolderID(parsing: "") }
    #expect(throws: SharingError.unknownRole(position: 0)) { try HolderID(parsing: ":x") }
    #expect(throws: SharingError.invalidLabel(position: 6)) { try HolderID(parsing: "judge:a b") }
    #expect(throws: SharingError.invalidLabel(position: 0)) { try HolderID(.judge, label: "é") }
    let texts = ["agency", "agency:a", "agency:a-b", "agency:a.b", "judge", "judge:a", "provider"]
    #expect(try texts.reversed().map { try HolderID(parsing: $0) }.sorted().map(\.description) == texts)
  }

  @Test func everyTruncationAndEveryChangedByteParsesOrThrows() throws {
    for text in Self.canonical {
      let bytes = Array(text.utf8)
      for end in 0..<bytes.count {
        // No prefix of a gate is a policy; a holder's may be.
        let prefix = String(decoding: bytes[..<end], as: UTF8.self)
        if text.hasSuffix(")") { #expect(throws: SharingError.self) { try AccessPolicy(parsing: prefix) } }
      }
      for index in bytes.indices {
        for byte in [0, 9, 32, 40, 41, 44, 48, 57, 58, 97, 127, 128, 255, bytes[index] ^ 1] as [UInt8] {
          var changed = bytes
          changed[index] = byte
          let text = String(decoding: changed, as: UTF8.self)
          guard let policy = try? AccessPolicy(parsing: text) else { continue }
          #expect(try AccessPolicy(parsing: policy.description) == policy)
        }
      }
    }
  }
}
