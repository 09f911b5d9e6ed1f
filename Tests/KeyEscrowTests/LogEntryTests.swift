import LibCrypto
import SecretSharing
import Testing
import TransparencyLog

@testable import KeyEscrow

@Suite("Entries of the log")
struct LogEntryTests {
  private let escrow: Escrow
  private let warrant: UnverifiedWarrant
  private let opening: SealOpening

  init() throws {
    escrow = try Escrow(log: try WitnessedLog())
    warrant = try escrow.warrant(
      try escrow.body([conversation(1)], unsealAfter: Escrow.start.adding(seconds: 86_400)))
    opening = try SealOpening.random()
  }

  /// One of each kind.
  private func entries() throws -> [UnverifiedLogEntry] {
    let roster = escrow.roster
    try escrow.deposit(try TestKey.run(1, conversation: conversation(1)))
    let proof = try #require(try escrow.proof(of: warrant))
    let verified = try warrant.verifiedForRecovery(by: roster, proof: proof)
    let judge = try escrow.holder("judge")
    let agency = try escrow.holder("agency")
    let release = try UnverifiedRelease(MemoryBytes(try escrow.releaseBytes(warrant, by: "judge")))
    let refusal = try UnverifiedRefusal(
      refusing: warrant, by: judge.holder, roster: roster, ground: .privilege, reason: "Counsel’s files",
      now: Escrow.start)
    let storeKey = try Ed25519PrivateKey.generate()
    let store = try NoteVerifierKey(name: "store", publicKey: storeKey.publicKey)
    return [
      try UnverifiedLogEntry(RosterEntry(roster)),
      try UnverifiedLogEntry(
        try DepositsEntry(heads: [], store: store, roster: roster, counted: Escrow.start), signedBy: storeKey),
      try UnverifiedLogEntry(
        try WarrantEntry(sealing: warrant, opening: opening, roster: roster, logged: Escrow.start)),
      try UnverifiedLogEntry(
        .answer(try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)),
        signedBy: judge.holder),
      try UnverifiedLogEntry(
        .answer(try AnswerEntry(refusal: refusal, of: warrant, warrantIndex: 0)), signedBy: judge.holder),
      try UnverifiedLogEntry(
        .answer(try AnswerEntry(refusal: refusal, of: warrant, warrantIndex: nil)), signedBy: judge.holder),
      try UnverifiedLogEntry(
        .revocation(
          RevocationEntry(
            revoking: warrant, warrantIndex: 0, by: judge.holder.id, revoked: Escrow.start)),
        signedBy: judge.holder),
      try UnverifiedLogEntry(
        .recovery(
          try RecoveryEntry(of: verified, releases: [release.digest], keys: 1, recovered: Escrow.start)),
        signedBy: agency.holder),
      try UnverifiedLogEntry(
        try UnsealingEntry(
          unsealing: try proof.verified(for: verified), notified: Escrow.start,
          now: Escrow.start.adding(seconds: 86_400))),
    ]
  }

  @Test("Each kind has one text, is read back, and verified by who must have signed it")
  func kinds() throws {
    let entries = try entries()
    #expect(Set(entries.map(\.body.kind)) == Set(LogEntryKind.allCases))
    for entry in entries {
      let read = try UnverifiedLogEntry(reading: entry.bytes)
      #expect(read == entry && read.bytes == entry.bytes)
      #expect(try read.verified(by: escrow.roster) == entry.body)
      #expect(read.body.roster == escrow.roster.id && !read.body.isTest)
      #expect(entry.bytes.count < 2048)
      // A signed kind without its signatures, and an unsigned one with some, is none.
      if entry.body.kind.isSigned {
        #expect(throws: EscrowError.malformed(.logEntry, reason: "its kind is signed, and it is not")) {
          _ = try UnverifiedLogEntry(reading: Array(entry.text.utf8))
        }
        let other = try Escrow(log: try WitnessedLog())
        #expect(throws: EscrowError.logRefused(.otherRoster(escrow.roster.id))) {
          _ = try read.verified(by: other.roster)
        }
      }
    }
  }

  @Test("Every truncation and every flipped bit is refused, or is another entry that does not verify")
  func mutations() throws {
    for entry in try entries() {
      let bytes = entry.bytes
      for count in 0..<bytes.count {
        if let read = try? UnverifiedLogEntry(reading: Array(bytes[..<count])) {
          // A whole text less its last signature line is none, so nothing shorter is an entry.
          Issue.record("\(entry.body.kind) of \(count) bytes was read as \(read.body.kind)")
        }
      }
      for index in bytes.indices {
        var altered = bytes
        altered[index] ^= 1
        guard let read = try? UnverifiedLogEntry(reading: altered) else { continue }
        let isSame = (try? read.verified(by: escrow.roster)) == entry.body
        #expect(!isSame, "\(entry.body.kind), byte \(index)")
      }
    }
  }

  @Test("An entry is its text, and says nothing that is not in its kind")
  func unknownMembers() throws {
    let entry = try entries()[2]
    for (old, new) in [
      ("\"kind\": \"warrant\"", "\"kind\": \"writ\""), ("  \"test\": false,\n", ""),
      ("\"logged\"", "\"looked\""), ("key-escrow/v1 entry", "key-escrow/v2 entry"),
      ("\"judges\": [\n    \"judge\"\n  ]", "\"judges\": [\n    \"agency\"\n  ]"),
      ("  \"test\"", "  \"surprise\": 1,\n  \"test\""),
    ] {
      let text = entry.text.replacing(old, with: new)
      #expect(text != entry.text, "\(old)")
      #expect(throws: EscrowError.self) { _ = try UnverifiedLogEntry(reading: Array(text.utf8)) }
    }
    #expect(
      throws: EscrowError.malformed(.logEntry, reason: "it has more than 65535 bytes")
    ) { _ = try UnverifiedLogEntry(reading: [UInt8](repeating: 32, count: 65_536)) }
  }

  @Test("A sealed entry opens to its warrant, and to no other")
  func sealing() throws {
    let entry = try WarrantEntry(
      sealing: warrant, opening: opening, roster: escrow.roster, logged: Escrow.start)
    let expected = try SHA256.digest(
      Array("key-escrow/v1 sealed".utf8) + opening.bytes + warrant.digest.bytes)
    #expect(entry.commitment == expected)
    let verified = try warrant.verifiedForRecovery(by: escrow.roster)
    #expect(try entry.isEntry(of: verified, opening: opening))
    #expect(try !entry.isEntry(of: verified, opening: try SealOpening.random()))
    let proof = try #require(try escrow.proof(of: warrant))
    let unsealing = try UnsealingEntry(
      unsealing: try proof.verified(for: verified), now: Escrow.start.adding(seconds: 86_400))
    guard case .warrant(let logged) = proof.entry.body else { return }
    #expect(try unsealing.opens(logged))
    #expect(try !unsealing.opens(entry))
    let early = Escrow.start.adding(seconds: 86_399)
    #expect(
      throws: EscrowError.logRefused(.stillSealed(until: Escrow.start.adding(seconds: 86_400), now: early))
    ) { _ = try UnsealingEntry(unsealing: try proof.verified(for: verified), now: early) }
  }

  @Test("A store's root is over its newest heads in the order of their sessions")
  func depositsRoot() throws {
    func digest(_ byte: UInt8) throws -> Digest { try SHA256.digest([byte]) }
    let heads = try (0..<3).map {
      Head(session: try digest($0), sequence: UInt64($0), deposit: try digest($0 + 10))
    }
    let leaves = heads.sorted { $0.session < $1.session }.map { head in
      head.session.bytes + [0, 0, 0, 0, 0, 0, 0, UInt8(head.sequence)] + head.deposit.bytes
    }
    var hasher = try TreeHasher()
    var hashes: [Digest] = []
    for leaf in leaves { hashes.append(try hasher.leaf(leaf.span)) }
    let root = try hasher.node(try hasher.node(hashes[0], hashes[1]), hashes[2])
    #expect(try DepositsEntry.root(heads) == root)
    #expect(try DepositsEntry.root(heads.reversed()) == root)
    #expect(throws: EscrowError.storage(reason: "session \(heads[0].session) has two newest heads")) {
      _ = try DepositsEntry.root([heads[0], heads[0]])
    }
  }
}

@Suite("A roster's log")
struct RosterLogTests {
  private func refused(
    _ expected: RosterRefusal, location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    #expect(throws: EscrowError.rosterRefused(expected), sourceLocation: location, performing: body)
  }

  @Test("A roster without a log is for tests, and says so")
  func withoutLog() throws {
    let unlogged = try Escrow()
    #expect(unlogged.roster.body.isTest)
    refused(.logMissing) { _ = try Escrow(isTest: false) }
    let text = unlogged.roster.body.text.replacing("\"test\": true", with: "\"test\": false")
    refused(.logMissing) { _ = try RosterBody(parsing: text) }
    #expect(try !Escrow(log: try WitnessedLog()).roster.body.isTest)
    #expect(try Escrow(isTest: true, log: try WitnessedLog()).roster.body.isTest)
  }

  @Test("The log stands in the text as it was given, comments left out")
  func text() throws {
    let log = try WitnessedLog(witnesses: 2)
    let policy =
      "# ours\n\n"
      + String(decoding: log.policy(), as: UTF8.self).replacing("witness w0 ", with: "witness\tw0   ")
    let made = try RosterLog(identity: log.identity, policy: Array(policy.utf8), maximumWitnessAgeHours: 8760)
    #expect(made.policyLines.count == 5 && made.policyLines[1].hasPrefix("witness w0 witness.example/w0+"))
    let body = try Escrow(log: log, hours: 8760).roster.body
    #expect(try RosterBody(parsing: body.text) == body)
    #expect(body.log == made)
  }

  @Test("Members that do not hold together are refused")
  func members() throws {
    let log = try WitnessedLog()
    let body = try Escrow(log: log).roster.body
    func parse(_ old: String, _ new: String) throws {
      let text = body.text.replacing(old, with: new)
      #expect(text != body.text, "\(old)")
      _ = try RosterBody(parsing: text)
    }
    for (hours, shown) in [("0", "0"), ("8761", "8761")] {
      #expect(
        throws: EscrowError.malformed(.roster, reason: "roster.maximumWitnessAgeHours is not in 1...8760")
      ) { try parse("Hours\": 24", "Hours\": \(hours)") }
      refused(.invalidLog("maximumWitnessAgeHours is not in 1...8760")) {
        _ = try log.rosterLog(hours: UInt64(shown) ?? 0)
      }
    }
    let unwitnessed = EscrowError.malformed(
      .roster, reason: "roster.unwitnessed is left out where it is not true")
    #expect(throws: unwitnessed) {
      try parse("  \"witnessPolicy\"", "  \"unwitnessed\": false,\n  \"witnessPolicy\"")
    }
    try parse("  \"witnessPolicy\"", "  \"unwitnessed\": true,\n  \"witnessPolicy\"")
    let lone = EscrowError.malformed(
      .roster, reason: "roster.maximumWitnessAgeHours is not a member that this version knows")
    let test = try Escrow().roster.body
    #expect(throws: lone) {
      _ = try RosterBody(
        parsing: test.text.replacing("  \"policy\"", with: "  \"maximumWitnessAgeHours\": 24,\n  \"policy\""))
    }
  }

  @Test("A policy that is no policy, another log's, or asks for nobody is refused")
  func policies() throws {
    let log = try WitnessedLog()
    let other = try WitnessedLog()
    func make(_ text: String) throws {
      _ = try RosterLog(identity: log.identity, policy: Array(text.utf8))
    }
    refused(.invalidLog("the witness policy does not parse: malformedPolicy(line: 1)")) {
      try make("nonsense\n")
    }
    refused(.invalidLog("the witness policy does not end in a newline")) { try make("quorum none") }
    refused(.invalidLog("the witness policy needs no witness, and the roster does not say unwitnessed")) {
      try make("quorum none\n")
    }
    refused(.invalidLog("the witness policy is another log's: it does not name this log's key")) {
      _ = try RosterLog(identity: log.identity, policy: other.policy())
    }
    _ = try RosterLog(identity: log.identity, policy: Array("quorum none\n".utf8), isUnwitnessed: true)
  }

  @Test("Log, witnesses and holders have keys of their own")
  func disjointKeys() throws {
    let log = try WitnessedLog(seed: "disjoint")
    let policy = try AccessPolicy(parsing: "and(judge, agency)")
    func body(judge name: String) throws {
      let key = try WitnessedLog.signer(name, seed: "disjoint").verifierKey.publicKey
      _ = try RosterBody(
        policy: policy,
        holders: [
          try RosterTests.record("judge", signing: key), try RosterTests.record("agency"),
        ], log: try log.rosterLog(), issued: Escrow.start)
    }
    refused(.duplicateKey("judge and the log have the same key")) { try body(judge: "log.example/test") }
    refused(.duplicateKey("judge and the witness witness.example/w0 have the same key")) {
      try body(judge: "witness.example/w0")
    }
    try body(judge: "somebody-else")
    let signer = try WitnessedLog.signer("log.example/test", seed: "disjoint").verifierKey
    let twin = try CosignatureVerifierKey(name: "w", publicKey: signer.publicKey)
    refused(.duplicateKey("the log and the witness w have the same key")) {
      _ = try RosterLog(
        identity: log.identity, policy: Array("witness w \(twin.vkey)\nquorum w\n".utf8))
    }
  }

  @Test("With a limit on sealing, every warrant says when it is unsealed")
  func maximumSealedDays() throws {
    let escrow = try Escrow(limits: RosterLimits(maximumSealedDays: 10), log: try WitnessedLog())
    func check(_ seconds: Int64?) throws {
      let warrant = try escrow.warrant(
        try escrow.body(
          [conversation(1)], unsealAfter: seconds.map { Escrow.start.adding(seconds: $0) }))
      _ = try warrant.verified(by: escrow.roster, now: Escrow.start)
    }
    try check(10 * 86_400)
    for seconds in [nil, Int64(10 * 86_400 + 1)] {
      #expect(throws: EscrowError.warrantRefused(.overRosterLimit("maximumSealedDays"))) {
        try check(seconds)
      }
    }
    refused(.invalidLimit("a limit of 0 allows nothing")) {
      _ = try Escrow(limits: RosterLimits(maximumSealedDays: 0))
    }
  }

  @Test("A successor is for tests exactly if its predecessor is")
  func successor() throws {
    let log = try WitnessedLog()
    let first = try Escrow(log: log)
    let reason = "it does not name this predecessor"
    #expect(throws: EscrowError.rosterRefused(.notSuccessor(reason: reason))) {
      _ = try Escrow.roster(policy: first.policy, holders: first.holders, succeeding: first.roster)
    }
    _ = try Escrow.roster(
      policy: first.policy, holders: first.holders, log: try log.rosterLog(), succeeding: first.roster)
  }
}
