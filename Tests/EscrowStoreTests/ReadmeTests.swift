// swift-format-ignore-file
import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import StoreTestSupport
import Testing

// What stands between the marks is the README's example, letter for letter.
// <example>
/// A member's device: splits the key of an epoch among the roster's holders, and hands it to the store.
func deposit(_ key: borrowing SecretBytes, _ place: RecordLocator, in session: inout DepositSession,
             by depositor: borrowing Depositor, now: Timestamp) throws -> DepositSubmission {
  var batch = try KeyBatch(capacity: 1)
  try key.withBytes { try batch.append(conversation: place.conversation, epoch: place.epoch, uniformKey: $0) }
  try session.add(batch, now: now)
  return try session.submit(signedBy: depositor)
}

/// A holder: checks the warrant, opens its own shares in scope, and seals them to the recipient.
func answer(_ file: [UInt8], by holder: borrowing Holder, roster: Roster, store: EscrowDatabase, now: Timestamp) throws -> [UInt8] {
  let warrant = try UnverifiedWarrant(parsing: file.span).verified(by: roster, now: now), spool = MemorySpool()
  let allowed = try warrant.authorization(for: holder.id)  // a test roster; a real one takes a PublicProof too
  return try Releaser.release(allowed, by: holder, from: store, spool: spool, now: now) + spool.bytes
}

/// The recipient: combines the answers; only keys that match their commitments come out.
func recover(_ answers: [[UInt8]], _ warrant: Warrant, with oneTimeKey: borrowing X25519PrivateKey,
             store: EscrowDatabase, use: ([RecordLocator], Span<UInt8>) -> Void) throws -> RecoveryReport {
  let releases = try answers.map { try UnverifiedRelease(MemoryBytes($0)).verified(for: warrant) }
  return try Recovery.recover(warrant: warrant, releases: releases, recipientKey: oneTimeKey, source: store) {
    use(RecordLocator.unpack($0) ?? [], $1)
  }
}
// </example>

@Suite("The README's example")
struct ReadmeTests {
  private static func text(between start: String, and end: String, in text: String) throws -> Substring {
    let from = try #require(text.range(of: start)).upperBound
    let to = try #require(text.range(of: end, range: from..<text.endIndex)).lowerBound
    return text[from..<to]
  }

  @Test("It stands in the README as it is run here, in at most 25 lines")
  func isTheReadmes() throws {
    let file = URL(fileURLWithPath: #filePath)
    let root = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let shown = try Self.text(between: "```swift\n", and: "```", in: readme)
    let run = try Self.text(
      between: "// <example>\n", and: "// </example>", in: try String(contentsOf: file, encoding: .utf8))
    #expect(shown == run)
    #expect(shown.split(separator: "\n", omittingEmptySubsequences: false).count <= 26)
  }

  @Test("It brings the key back")
  func runs() throws {
    let fixture = try StoreFixture()
    let world = fixture.world
    let depositor = try Depositor.generate()
    var session = try DepositSession.open(
      roster: world.roster, depositor: depositor, stateKey: try SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: StoreWorld.start)
    let key = try SystemRandom().secret(32)
    let place = RecordLocator(conversation: StoreWorld.conversation(1), epoch: 7)
    try fixture.accept(try deposit(key, place, in: &session, by: depositor, now: StoreWorld.start))
    let oneTimeKey = try X25519PrivateKey.generate()
    let body = WarrantBody(
      roster: world.roster.id, caseReference: "2027/42", legalBasis: "Article 100", issued: StoreWorld.start,
      notBefore: StoreWorld.start, notAfter: StoreWorld.start, recipient: world.agency.id,
      recipientKey: oneTimeKey.publicKey, scope: try WarrantScope(conversations: [place.conversation]),
      maximumKeys: 1, isTest: true)
    var warrant = try UnverifiedWarrant(drafting: body, recipient: world.agency)
    try warrant.sign(with: world.judge, roster: world.roster)
    let answers = [
      try answer(
        warrant.bytes, by: world.judge, roster: world.roster, store: fixture.store, now: StoreWorld.start),
      try answer(
        warrant.bytes, by: world.agency, roster: world.roster, store: fixture.store, now: StoreWorld.start),
    ]
    var found: [RecordLocator] = []
    var isSame = false
    let report = try recover(
      answers, try warrant.verifiedForRecovery(by: world.roster), with: oneTimeKey,
      store: fixture.store
    ) { locators, keys in
      found += locators
      isSame = key.withBytes { ConstantTime.equal($0, keys) }
    }
    #expect(found == [place])
    #expect(isSame)
    #expect(report.recovered == 1)
    #expect(report.faults == [])
  }
}
