import Foundation
import LibCrypto
import SecretSharing
import TestSupport
import Testing

@testable import KeyEscrow

@Suite("Warrants: who signed what, for whom, until when")
struct WarrantTests {
  /// What verifying `warrant` throws, or nil.
  static func refusal(
    _ warrant: UnverifiedWarrant, _ roster: Roster, now: Timestamp = Escrow.start
  ) -> EscrowError? {
    do {
      _ = try warrant.verified(by: roster, now: now)
      return nil
    } catch { return error }
  }

  /// `text` with the signature lines that `signers` put under it.
  static func note(_ text: String, signedBy signers: [(name: String, box: Escrow.HolderBox)]) throws
    -> [UInt8]
  {
    var signed = try SignedText(.warrant, text: text)
    for signer in signers { try signed.sign(with: signer.box.holder.signingKey, name: signer.name) }
    return signed.bytes
  }

  // MARK: requirements

  @Test("A warrant that meets every requirement says which were checked")
  func accepted() throws {
    let escrow = try Escrow()
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let verified = try warrant.verified(by: escrow.roster, now: Escrow.start)
    #expect(
      verified.checked == [
        "recipient-signature", "judges-signatures", "test-flag", "roster-limits", "in-force",
      ])
    #expect(verified.judges == [try escrow.id("judge")])
    #expect(verified.digest == warrant.digest)
    #expect(try UnverifiedWarrant(reading: warrant.bytes).bytes == warrant.bytes)
    // Signing again changes nothing.
    var again = warrant
    let judge = try escrow.holder("judge")
    try again.sign(with: judge.holder, roster: escrow.roster)
    #expect(again.bytes == warrant.bytes)
  }

  @Test("A warrant without a judge's signature is refused")
  func unsigned() throws {
    let escrow = try Escrow()
    let body = try escrow.body([conversation(1)])
    #expect(Self.refusal(try escrow.warrant(body, judges: []), escrow.roster) == .warrantRefused(.unsigned))
  }

  @Test("A signature of someone who is no judge counts for nothing")
  func nonJudge() throws {
    let escrow = try Escrow()
    let body = try escrow.body([conversation(1)])
    var draft = try escrow.warrant(body, judges: [])
    let provider = try escrow.holder("provider")
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(provider.holder.id))) {
      try draft.sign(with: provider.holder, roster: escrow.roster)
    }
    // Signed with other software, the provider's line is valid and still no judge's.
    let agency = try escrow.holder("agency")
    let bytes = try Self.note(draft.text, signedBy: [("agency", agency), ("provider", provider)])
    let warrant = try UnverifiedWarrant(reading: bytes)
    #expect(try warrant.signers(roster: escrow.roster) == [agency.holder.id, provider.holder.id])
    #expect(Self.refusal(warrant, escrow.roster) == .warrantRefused(.unsigned))
    // A key of one's own under the name of the judge is an unknown key.
    let impostor = try Escrow().holder("judge")
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(impostor.holder.id))) {
      try draft.sign(with: impostor.holder, roster: escrow.roster)
    }
    let forged = try Self.note(draft.text, signedBy: [("agency", agency), ("judge", impostor)])
    #expect(
      Self.refusal(try UnverifiedWarrant(reading: forged), escrow.roster) == .warrantRefused(.unsigned))
    // So is the agency's own key under the judge's name.
    let renamed = try Self.note(draft.text, signedBy: [("agency", agency), ("judge", agency)])
    #expect(
      Self.refusal(try UnverifiedWarrant(reading: renamed), escrow.roster) == .warrantRefused(.unsigned))
  }

  @Test("A judge does not sign before the recipient, and without the recipient nothing is valid")
  func recipientFirst() throws {
    let escrow = try Escrow()
    let body = try escrow.body([conversation(1)])
    let agency = try escrow.id("agency")
    let judge = try escrow.holder("judge")
    let provider = try escrow.holder("provider")
    #expect(throws: EscrowError.warrantRefused(.recipientSignatureMissing(agency))) {
      _ = try UnverifiedWarrant(drafting: body, recipient: provider.holder)
    }
    let bytes = try Self.note(body.text, signedBy: [("provider", provider)])
    var draft = try UnverifiedWarrant(reading: bytes)
    #expect(throws: EscrowError.warrantRefused(.recipientSignatureMissing(agency))) {
      try draft.sign(with: judge.holder, roster: escrow.roster)
    }
    let signed = try Self.note(body.text, signedBy: [("judge", judge)])
    #expect(
      Self.refusal(try UnverifiedWarrant(reading: signed), escrow.roster)
        == .warrantRefused(.recipientSignatureMissing(agency)))
  }

  @Test("Whoever carries the draft cannot put his own key into it")
  func swappedRecipientKey() throws {
    let escrow = try Escrow()
    let judge = try escrow.holder("judge")
    let draft = try escrow.warrant(try escrow.body([conversation(1)]), judges: [])
    let thief = try X25519PrivateKey.generate()
    let key = hex(escrow.recipientKey.key.publicKey.bytes)
    let own = hex(thief.publicKey.bytes)
    let swapped = String(decoding: draft.bytes, as: UTF8.self).replacing(key, with: own)
    var carried = try UnverifiedWarrant(reading: Array(swapped.utf8))
    #expect(carried.body.recipientKey == thief.publicKey)
    #expect(throws: EscrowError.failedVerification(.badSignature(.warrant, signer: "agency"))) {
      try carried.sign(with: judge.holder, roster: escrow.roster)
    }
    // Without the line that no longer fits, the recipient's signature is missing.
    let text = draft.text.replacing(key, with: own)
    let provider = try escrow.holder("provider")
    var stripped = try UnverifiedWarrant(reading: try Self.note(text, signedBy: [("provider", provider)]))
    #expect(throws: EscrowError.warrantRefused(.recipientSignatureMissing(try escrow.id("agency")))) {
      try stripped.sign(with: judge.holder, roster: escrow.roster)
    }
    // Swapped after the judge signed, every line of it is wrong.
    let signed = try escrow.warrant(try escrow.body([conversation(1)]))
    let late = String(decoding: signed.bytes, as: UTF8.self).replacing(key, with: own)
    #expect(
      Self.refusal(try UnverifiedWarrant(reading: Array(late.utf8)), escrow.roster)
        == .failedVerification(.badSignature(.warrant, signer: "agency")))
  }

  @Test("Another roster, and a recipient who is not on it")
  func otherRoster() throws {
    let escrow = try Escrow()
    let other = try Escrow("and(judge, or(provider, agency:b))")
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    #expect(Self.refusal(warrant, other.roster) == .warrantRefused(.otherRoster(escrow.roster.id)))
    let judge = try other.holder("judge")
    var draft = warrant
    #expect(throws: EscrowError.warrantRefused(.otherRoster(escrow.roster.id))) {
      try draft.sign(with: judge.holder, roster: other.roster)
    }
    var body = try escrow.body([conversation(1)])
    body.roster = other.roster.id
    let agency = try escrow.holder("agency")
    let foreign = try UnverifiedWarrant(drafting: body, recipient: agency.holder)
    #expect(Self.refusal(foreign, other.roster) == .warrantRefused(.unknownHolder(agency.holder.id)))
    // A judge signs nothing whose recipient is not on the roster, whatever lines it carries.
    var again = foreign
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(agency.holder.id))) {
      try again.sign(with: judge.holder, roster: other.roster)
    }
  }

  @Test("In force from its first second to its last, both included")
  func inForce() throws {
    let escrow = try Escrow()
    let first = Escrow.start.adding(seconds: 10)
    let last = Escrow.start.adding(seconds: 20)
    let warrant = try escrow.warrant(
      try escrow.body([conversation(1)], notBefore: first, notAfter: last))
    let early = first.adding(seconds: -1)
    let late = last.adding(seconds: 1)
    #expect(
      Self.refusal(warrant, escrow.roster, now: early)
        == .warrantRefused(.notYetValid(notBefore: first, now: early)))
    #expect(Self.refusal(warrant, escrow.roster, now: first) == nil)
    #expect(Self.refusal(warrant, escrow.roster, now: last) == nil)
    #expect(
      Self.refusal(warrant, escrow.roster, now: late) == .warrantRefused(.expired(notAfter: last, now: late)))
    // An answer given in time stays an answer, and can be read ever after.
    #expect(try warrant.verifiedForRecovery(by: escrow.roster).judges == [escrow.id("judge")])
  }

  @Test("What must hold to read answers is all but time")
  func recovery() throws {
    let escrow = try Escrow(limits: RosterLimits(maximumKeys: 10))
    let other = try Escrow()
    let body = try escrow.body([conversation(1)], maximumKeys: 10)
    #expect(throws: EscrowError.warrantRefused(.unsigned)) {
      _ = try escrow.warrant(body, judges: []).verifiedForRecovery(by: escrow.roster)
    }
    #expect(throws: EscrowError.warrantRefused(.otherRoster(escrow.roster.id))) {
      _ = try escrow.warrant(body).verifiedForRecovery(by: other.roster)
    }
    #expect(throws: EscrowError.warrantRefused(.overRosterLimit("maximumKeys"))) {
      _ = try escrow.warrant(try escrow.body([conversation(1)], maximumKeys: 11))
        .verifiedForRecovery(by: escrow.roster)
    }
  }

  @Test("A requirement that a verifier adds is checked, and named")
  func additional() throws {
    struct Refusing: WarrantRequirement {
      let name = "no-warrants-on-sundays"
      func check(_ warrant: UnverifiedWarrant, in context: WarrantContext) throws(EscrowError) {
        if context.now == Escrow.start { throw .storage(reason: "it is Sunday") }
      }
    }
    let escrow = try Escrow()
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    #expect(throws: EscrowError.storage(reason: "it is Sunday")) {
      _ = try warrant.verified(by: escrow.roster, now: Escrow.start, additional: [Refusing()])
    }
    let later = try warrant.verified(
      by: escrow.roster, now: Escrow.start.adding(seconds: 1), additional: [Refusing()])
    #expect(later.checked.last == "no-warrants-on-sundays")
  }

  @Test("A holder's sealing key is nobody's one-time key, since that may have to be disclosed")
  func sealingKeyAsRecipientKey() throws {
    let escrow = try Escrow()
    var body = try escrow.body([conversation(1)])
    for holder in escrow.roster.holders {
      body.recipientKey = holder.sealingKey
      #expect(
        Self.refusal(try escrow.warrant(body), escrow.roster) == .warrantRefused(.recipientKeyReused))
    }
  }

  @Test("A test roster knows test warrants only")
  func testFlag() throws {
    let escrow = try Escrow(isTest: true)
    let body = try escrow.body([conversation(1)], isTest: false)
    #expect(Self.refusal(try escrow.warrant(body), escrow.roster) == .warrantRefused(.testFlag))
    let drill = try escrow.body([conversation(1)], isTest: true)
    #expect(Self.refusal(try escrow.warrant(drill), escrow.roster) == nil)
    let real = try Escrow(log: try WitnessedLog())
    let realDrill = try real.body([conversation(1)], isTest: true)
    #expect(Self.refusal(try real.warrant(realDrill), real.roster) == nil)
  }

  @Test("The roster's limits bind whatever a judge signs")
  func limits() throws {
    let escrow = try Escrow(limits: RosterLimits(maximumKeys: 10, maximumDays: 2))
    func refusal(keys: UInt64, seconds: Int64) throws -> EscrowError? {
      let body = try escrow.body(
        [conversation(1)], maximumKeys: keys, notAfter: Escrow.start.adding(seconds: seconds))
      return Self.refusal(try escrow.warrant(body), escrow.roster)
    }
    #expect(try refusal(keys: 10, seconds: 172_800) == nil)
    #expect(try refusal(keys: 11, seconds: 172_800) == .warrantRefused(.overRosterLimit("maximumKeys")))
    #expect(try refusal(keys: 10, seconds: 172_801) == .warrantRefused(.overRosterLimit("maximumDays")))
  }

  @Test("More keys need more judges")
  func caps() throws {
    let policy = "and(thresh(1, judge:a, judge:b), or(provider, agency))"
    let limits = RosterLimits(caps: [.init(keys: 100, judges: 1), .init(keys: 1000, judges: 2)])
    let escrow = try Escrow(policy, limits: limits)
    func refusal(_ keys: UInt64, _ judges: [String]) throws -> EscrowError? {
      let body = try escrow.body([conversation(1)], maximumKeys: keys)
      return Self.refusal(try escrow.warrant(body, judges: judges), escrow.roster)
    }
    #expect(try refusal(100, ["judge:a"]) == nil)
    #expect(
      try refusal(101, ["judge:b"])
        == .warrantRefused(.capNeedsJudges(keys: 101, needed: 2, signed: 1)))
    // One judge who signs twice is one judge.
    #expect(
      try refusal(101, ["judge:b", "judge:b"])
        == .warrantRefused(.capNeedsJudges(keys: 101, needed: 2, signed: 1)))
    #expect(try refusal(1000, ["judge:a", "judge:b"]) == nil)
    #expect(try refusal(1001, ["judge:a", "judge:b"]) == .warrantRefused(.overRosterLimit("caps")))
  }

  // MARK: whose judge

  @Test("One of two judges that the policy asks for is not enough")
  func judgesMissing() throws {
    let escrow = try Escrow("and(thresh(2, judge:a, judge:b, judge:c), or(provider, agency))")
    let body = try escrow.body([conversation(1)])
    #expect(
      Self.refusal(try escrow.warrant(body, judges: ["judge:b"]), escrow.roster)
        == .warrantRefused(.judgesMissing(for: nil)))
    let verified = try escrow.warrant(body, judges: ["judge:b", "judge:c"])
      .verified(by: escrow.roster, now: Escrow.start)
    for name in ["judge:b", "judge:c", "provider", "agency"] {
      #expect(try verified.authorization(for: try escrow.id(name)).holder.id == escrow.id(name))
    }
    // A judge who did not sign does not answer either: no set of those who signed contains it.
    #expect(throws: EscrowError.warrantRefused(.judgesMissing(for: try escrow.id("judge:a")))) {
      _ = try verified.authorization(for: try escrow.id("judge:a"))
    }
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(try HolderID(parsing: "judge:x")))) {
      _ = try verified.authorization(for: try HolderID(parsing: "judge:x"))
    }
  }

  @Test("The judge of one state does not make another state's agency answer")
  func wrongState() throws {
    let escrow = try Escrow("or(and(judge:fr, agency:fr), and(judge:de, agency:de))")
    try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let warrant = try escrow.warrant(
      try escrow.body([conversation(1)], recipient: "agency:de"), judges: ["judge:fr"])
    let verified = try warrant.verified(by: escrow.roster, now: Escrow.start)
    for name in ["judge:fr", "agency:fr"] {
      #expect(try verified.authorization(for: try escrow.id(name)).holder.id == escrow.id(name))
    }
    for name in ["judge:de", "agency:de"] {
      #expect(throws: EscrowError.warrantRefused(.judgesMissing(for: try escrow.id(name)))) {
        _ = try escrow.releaseBytes(warrant, by: name)
      }
    }
    // An authorisation is for one holder: no other signs under it.
    let authorization = try verified.authorization(for: try escrow.id("agency:fr"))
    let other = try escrow.holder("agency:de")
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(other.holder.id))) {
      _ = try Releaser.release(
        authorization, by: other.holder, from: escrow.store, spool: MemorySpool(), now: Escrow.start)
    }
  }

  // MARK: text

  static let refusedText: [(from: String, to: String, reason: String)] = [
    (
      "\"priority\": \"routine\"", "\"priority\": \"asap\"",
      "warrant.priority is neither routine nor emergency"
    ),
    ("\"epochFrom\": 0", "\"epochFrom\": 6", "warrant.scope.epochTo is before epochFrom"),
    ("\"maximumKeys\": 9", "\"maximumKeys\": 0", "warrant.maximumKeys is not in 1...18446744073709551615"),
    ("\"maximumKeys\": 9", "\"maximumKeys\": true", "warrant.maximumKeys is not a whole number"),
    ("\"test\": true", "\"test\": 0", "warrant.test is neither true nor false"),
    ("2027-02-01T09", "2026-02-01T09", "warrant.notAfter is before notBefore"),
    ("\"case\": \"2027/0042\"", "\"case\": \" 2027\"", "warrant.case begins or ends with white space"),
    ("\"holder\": \"agency\"", "\"holder\": \"agent\"", "warrant.recipient.holder is not a holder id"),
    ("\"id\": \"", "\"id\": \"0", "warrant.id is not a UUID in lowercase"),
    (
      "0202", "020x", "warrant.scope.conversations holds something other than 64 lowercase hexadecimal digits"
    ),
    ("0202", "0002", "warrant.scope.conversations are not in rising order"),
    (
      "\"scope\": {", "\"scope\": {\n    \"all\": true,",
      "warrant.scope.all is not a member that this version knows"
    ),
  ]

  @Test("A warrant's text has one form, and bounds", arguments: refusedText)
  func text(from: String, to: String, reason: String) throws {
    let escrow = try Escrow()
    let text = try escrow.body([conversation(1), conversation(2)], epochs: 0...5, maximumKeys: 9).text
    let range = try #require(text.range(of: from))
    #expect(throws: EscrowError.malformed(.warrant, reason: reason)) {
      try WarrantBody(parsing: text.replacingCharacters(in: range, with: to))
    }
  }

  @Test("The widest and the narrowest warrant come back as they were")
  func boundaries() throws {
    let escrow = try Escrow()
    var body = try escrow.body([conversation(0)], epochs: 0...0, maximumKeys: 1)
    #expect(try WarrantBody(parsing: body.text) == body)
    let everything = try (0..<WarrantScope.maximumConversations).map { number in
      var bytes = [UInt8](repeating: 0xFF, count: 32)
      bytes.writeBigEndian(UInt16(number), at: 0)
      let id = ConversationID(bytes: bytes.span)
      return try #require(id)
    }
    let earliest = try #require(Timestamp(secondsSince1970: 0))
    let latest = try #require(Timestamp("9999-12-31T23:59:59Z"))
    body.scope = try WarrantScope(
      conversations: everything.shuffled() + everything, epochs: UInt64.max...UInt64.max,
      deposited: earliest...latest)
    body.maximumKeys = .max
    body.issued = earliest
    body.notBefore = earliest
    body.notAfter = latest
    body.authority = "Tribunal judiciaire de Paris"
    body.jurisdiction = "FR"
    body.offence = "Art. 313-1 CP"
    body.notifyBy = latest
    body.unsealAfter = latest
    body.priority = .emergency
    body.isTest = true
    #expect(try WarrantBody(parsing: body.text) == body)
    #expect(body.scope.conversations == everything)
    for conversations in [[], everything + [conversation(1)]] {
      #expect(throws: EscrowError.malformed(.warrant, reason: "a warrant names 1 to 4096 conversations")) {
        _ = try WarrantScope(conversations: conversations)
      }
    }
  }

  @Test("The scope's ends are in scope, and what lies beside them is not")
  func scope() throws {
    let first = Escrow.start
    let last = Escrow.start.adding(seconds: 5)
    let scope = try WarrantScope(
      conversations: [conversation(2), conversation(4)], epochs: 10...20, deposited: first...last)
    func contains(_ byte: UInt8, _ epoch: UInt64, _ seconds: Int64) -> Bool {
      scope.contains(
        RecordLocator(conversation: conversation(byte), epoch: epoch),
        depositedAt: first.adding(seconds: seconds))
    }
    for byte in UInt8(0)...6 { #expect(contains(byte, 15, 3) == (byte == 2 || byte == 4)) }
    for epoch in UInt64(8)...22 { #expect(contains(2, epoch, 3) == (10...20).contains(epoch)) }
    for seconds in Int64(-2)...7 { #expect(contains(4, 10, seconds) == (0...5).contains(seconds)) }
  }

  @Test("Holders have ten days, or eight hours")
  func priorities() {
    #expect(WarrantPriority.routine.secondsToAnswer == 864_000)
    #expect(WarrantPriority.emergency.secondsToAnswer == 28_800)
  }
}
