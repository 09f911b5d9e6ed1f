import LibCrypto
import Testing
import TransparencyLog

@Suite struct WitnessPolicyTests {
  let log: LogIdentity

  init() throws {
    let key = try Ed25519PrivateKey.generate().publicKey
    log = LogIdentity(key: try NoteVerifierKey(name: "log.example", publicKey: key))
  }

  private func vkey(_ number: Int) throws -> String { try WitnessFixture.key(number).vkey }

  @Test func readsTheSpecificationsExample() throws {
    let keys = try (0..<6).map(WitnessFixture.key)
    let policy = try WitnessFixture.parse(
      """
      log \(log.key.vkey)

      witness X1 \(vkey(0))
      witness X2 \(vkey(1))
      witness X3 \(vkey(2))
      group X-witnesses 2 X1 X2 X3

      witness Y1 \(vkey(3))
      witness Y2 \(vkey(4))
      witness Y3 \(vkey(5))
      group Y-witnesses any Y1 Y2 Y3

      group X-and-Y all X-witnesses Y-witnesses
      quorum X-and-Y

      """)
    #expect(policy.logs == [log])
    #expect(policy.witnesses == keys)
    let x = Quorum.group(threshold: 2, members: keys[..<3].map(Quorum.witness))
    let y = Quorum.group(threshold: 1, members: keys[3...].map(Quorum.witness))
    #expect(policy.quorum == .group(threshold: 2, members: [x, y]))
  }

  @Test func readsCommentsSpacesTabsURLsAndForeignOctets() throws {
    let policy = try WitnessFixture.parse(
      """
      # Comment \u{E9}
      \t # indented
      \t
      log\t\(log.key.vkey)   https://log.example/ \t
        witness  W\u{E9}  \(vkey(0))\thttps://w.example/
      witness #1 \(vkey(1))
      group none-of-it 1 #1
      quorum W\u{E9}

      """)
    #expect(policy.quorum == .witness(try WitnessFixture.key(0)))
    #expect(policy.witnesses.count == 2)
    #expect(try WitnessFixture.parse("quorum none\n").quorum == .nobody)

    // Names are octets: they need not be UTF-8, and are not equal when only canonically so.
    let latin = try Array("witness ?? \(vkey(0))\nquorum ??\n".utf8)
      .map { $0 == UInt8(ascii: "?") ? 0xE9 : $0 }
    #expect(try WitnessPolicy(parsing: latin.span).quorum == .witness(WitnessFixture.key(0)))
    #expect(throws: LogError.malformedPolicy(line: 2)) {
      try WitnessFixture.parse("witness \u{E9} \(vkey(0))\nquorum e\u{301}\n")
    }
  }

  @Test func noTruncationIsAPolicy() throws {
    let text = try Array("witness W \(vkey(0))\nwitness V \(vkey(1))\ngroup G 2 W V\nquorum G\n".utf8)
    #expect(try WitnessPolicy(parsing: text.span).witnesses.count == 2)
    for length in text.indices {
      #expect(throws: LogError.self, "\(length) bytes") {
        try WitnessPolicy(parsing: Array(text[..<length]).span)
      }
    }
  }

  /// W, V and U are witnesses, G a group of the first two, in four lines; `text` follows.
  private func malformed(_ text: String, line: Int, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let head = try """
    witness W \(vkey(0))
    witness V \(vkey(1))
    witness U \(vkey(2))
    group G any W V

    """
    #expect(throws: LogError.malformedPolicy(line: line), sourceLocation: sourceLocation) {
      try WitnessFixture.parse(head + text)
    }
  }

  @Test func refusesWrongQuorums() throws {
    try malformed("", line: 0)
    try malformed("quorum G", line: 5)  // cut off: no newline
    try malformed("quorum\n", line: 5)
    try malformed("quorum G W\n", line: 5)
    try malformed("quorum G\nquorum G\n", line: 6)
    try malformed("quorum X\n", line: 5)
    try malformed("quorum X\ngroup X 1 U\n", line: 5)  // defined too late
    try malformed("Quorum G\n", line: 5)
    try malformed("witnesses U\n", line: 5)
    try malformed("\rquorum G\n", line: 5)
    try malformed("quorum G\u{7F}\n", line: 5)
    try malformed("quorum G\u{0}\n", line: 5)
    try malformed("quorum \u{A0}G\n", line: 5)  // no white space of this format
  }

  @Test func refusesWrongGroups() throws {
    try malformed("group H all\n", line: 5)
    try malformed("group H 1\n", line: 5)
    try malformed("group H 0 U\n", line: 5)
    try malformed("group H 2 U\n", line: 5)
    try malformed("group H 01 U\n", line: 5)
    try malformed("group H +1 U\n", line: 5)
    try malformed("group H ALL U\n", line: 5)
    try malformed("group H 18446744073709551617 U\n", line: 5)
    try malformed("group H any U U\n", line: 5)
    try malformed("group H any W\n", line: 5)  // W counts in G already
    try malformed("group H any H\n", line: 5)
    try malformed("group H any none\n", line: 5)
    try malformed("group none any U\n", line: 5)
    try malformed("group G any U\n", line: 5)
    try malformed("group W any U\n", line: 5)
  }

  @Test func refusesWrongAndDoubledKeys() throws {
    try malformed("witness X\n", line: 5)
    try malformed("witness X \(vkey(3)) u v\n", line: 5)
    try malformed("witness W \(vkey(3))\n", line: 5)
    try malformed("witness none \(vkey(3))\n", line: 5)
    try malformed("witness X \(vkey(0))\n", line: 5)
    let renamed = try CosignatureVerifierKey(name: "other", publicKey: WitnessFixture.key(0).publicKey)
    try malformed("witness X \(renamed.vkey)\n", line: 5)  // the same public key under another name
    try malformed("witness X \(log.key.vkey)\n", line: 5)  // a key of another type

    try malformed("log\n", line: 5)
    try malformed("log \(log.key.vkey) u v\n", line: 5)
    try malformed("log \(log.key.vkey)\nlog \(log.key.vkey)\n", line: 6)
    try malformed("log \(vkey(3))\n", line: 5)
    let twin = try NoteVerifierKey(name: "other", publicKey: log.key.publicKey)
    try malformed("log \(log.key.vkey)\nlog \(twin.vkey)\n", line: 6)
  }

  @Test func sizesAreBoundedAboveWhatTheSpecificationAsks() throws {
    // At least 32 logs, 32 witnesses and 32 groups, here within each other.
    var text = ""
    for number in 0..<32 {
      let key = try Ed25519PrivateKey.generate().publicKey
      text += "log \(try NoteVerifierKey(name: "log.example/\(number)", publicKey: key).vkey)\n"
      text += "witness W\(number) \(try vkey(number))\n"
      text += "group G\(number) all \(number == 0 ? "" : "G\(number - 1) ")W\(number)\n"
    }
    text += "quorum G31\n"
    let policy = try WitnessFixture.parse(text)
    let all = Dictionary(uniqueKeysWithValues: policy.witnesses.map { ($0, UInt64(7)) })
    #expect(policy.logs.count == 32)
    #expect(policy.quorum.outcome(at: all) == .reached(time: 7))
    for witness in policy.witnesses {
      #expect(policy.quorum.outcome(at: all.filter { $0.key != witness }) == .notReached)
    }
    let filler =
      "#" + String(repeating: "x", count: WitnessPolicy.maximumByteCount - text.utf8.count - 2) + "\n"
    #expect(try WitnessFixture.parse(text + filler) == policy)
    #expect(throws: LogError.malformedPolicy(line: 0)) { try WitnessFixture.parse(text + "\n" + filler) }
  }
}
