import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TestSupport
import TransparencyLog

/// Operations that write: for the cross-check, since what they make is random.
extension SpecCase {
  static var writing: [String: Operation] {
    [
      "write-roster": writeRoster, "write-deposits": writeDeposits, "write-warrant": writeWarrant,
      "write-release": writeRelease, "write-extract": writeExtract,
      "write-intake-receipt": writeIntakeReceipt,
      "write-refusal": writeRefusal, "write-warrant-entry": writeWarrantEntry,
      "write-answer-entry": writeAnswerEntry,
    ]
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// A place for a holder, which cannot be copied.
  private final class HolderBox {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  private static func writeRoster(_ input: CaseInput) throws -> [String: Any] {
    let previous = input.has("rosters") ? try input.roster() : nil
    let holders = try input.inputs("holders").map { HolderBox(try $0.holder()) }
    var limits = RosterLimits()
    if input.has("maximumKeys") { limits.maximumKeys = UInt64(try input.integer("maximumKeys")) }
    if input.has("maximumDays") { limits.maximumDays = UInt64(try input.integer("maximumDays")) }
    let log = try input.has("log") ? input.inputs("log")[0].rosterLog() : nil
    let body = try RosterBody(
      policy: try AccessPolicy(parsing: try input.string("policy")),
      holders: holders.map { $0.holder.record },
      limits: limits, log: log, isTest: true, issued: try input.time("issued"), succeeding: previous)
    var roster = try UnverifiedRoster(body)
    for box in holders { try roster.sign(with: box.holder) }
    if previous != nil {
      for holder in try input.inputs("approving") {
        try roster.sign(with: try holder.holder(), succeeding: previous)
      }
    }
    return ["roster": text(roster.bytes)]
  }

  /// Members `batches`, each `time` and `records` (conversation ‖ be64 epoch ‖ key, end to end).
  private static func writeDeposits(_ input: CaseInput) throws -> [String: Any] {
    let depositor = try Depositor(signingKey: try input.signingKey("depositor"))
    let batches = try input.inputs("batches")
    var session = try DepositSession.open(
      roster: try input.roster(), depositor: depositor, stateKey: try SystemRandom().secret(32),
      storage: EphemeralSessionState(), now: try input.time("created"), isTest: try input.flag("test"),
      capacity: DepositHeader.maximumKeys)
    for batch in batches {
      let packed = try batch.hex("records")
      var keys = try KeyBatch(capacity: DepositHeader.maximumKeys)
      for start in stride(from: 0, to: packed.count, by: 72) {
        let locator = Array(packed[start..<start + 40])
        guard let locator = RecordLocator.unpack(locator)?.first else {
          throw CaseInput.Unusable(description: "records")
        }
        try keys.append(
          conversation: locator.conversation, epoch: locator.epoch,
          uniformKey: packed.span.extracting(start + 40..<start + 72))
      }
      try session.add(keys, now: try batch.time("time"))
    }
    let submission = try session.submit(signedBy: depositor)
    return [
      "session": text(submission.session.bytes), "head": text(submission.head.bytes),
      "deposits": submission.deposits.map {
        ["deposit": hex($0.deposit.bytes), "locators": hex($0.locators)]
      },
    ]
  }

  private static func writeWarrant(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    let scope = try input.inputs("scope")[0]
    let conversations = try scope.hexes("conversations").compactMap { ConversationID(bytes: $0.span) }
    let epochs = try scope.strings("epochs").compactMap { UInt64($0) }
    let times = scope.has("from") ? try scope.time("from")...(try scope.time("to")) : nil
    let recipient = try input.inputs("recipient")[0].holder()
    let body = WarrantBody(
      roster: roster.id, caseReference: try input.string("case"), legalBasis: "Article 100 CPP",
      issued: try input.time("issued"), notBefore: try input.time("notBefore"),
      notAfter: try input.time("notAfter"),
      recipient: recipient.id, recipientKey: try input.sealingKey("recipientKey").publicKey,
      scope: try WarrantScope(conversations: conversations, epochs: epochs[0]...epochs[1], deposited: times),
      maximumKeys: UInt64(try input.integer("maximumKeys")), isTest: try input.flag("test"))
    var warrant = try UnverifiedWarrant(drafting: body, recipient: recipient)
    for judge in try input.inputs("judges") { try warrant.sign(with: try judge.holder(), roster: roster) }
    return ["warrant": text(warrant.bytes)]
  }

  private static func writeRelease(_ input: CaseInput) throws -> [String: Any] {
    let holder = try input.inputs("holder")[0].holder()
    let bytes = try answer(input, by: holder, from: try CaseStore(input))
    return ["release": hex(bytes)]
  }

  private static func writeExtract(_ input: CaseInput) throws -> [String: Any] {
    let spool = MemorySpool()
    let front = try Extract.write(
      for: try input.warrant(), holder: try input.holderID("holder"), roster: try input.roster(),
      from: try CaseStore(input), spool: spool, signedBy: try input.signingKey("store"),
      now: try input.time("now"))
    return ["extract": hex(front + spool.bytes)]
  }

  private static func writeIntakeReceipt(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    let holder = try input.inputs("holder")[0].holder()
    let session = try input.unverifiedSession()
    let row = try session.verified(roster: roster).roster.holders.firstIndex { $0.id == holder.id } ?? 0
    var check = try IntakeCheck(roster: roster, holder: holder.id)
    for item in try input.inputs("deposits") {
      let deposit = try item.deposit()
      try check.check(
        try CaseStore.view(of: deposit, filedUnder: deposit.digest, row: row, records: []), session: session,
        by: holder)
    }
    return ["receipt": text(try check.receipt(signedBy: holder, now: try input.time("now")).bytes)]
  }

  private static func writeRefusal(_ input: CaseInput) throws -> [String: Any] {
    guard let ground = RefusalGround(rawValue: try input.string("ground")) else {
      throw CaseInput.Unusable(description: "ground")
    }
    let refusal = try UnverifiedRefusal(
      refusing: try input.warrant(), by: try input.inputs("holder")[0].holder(), roster: try input.roster(),
      ground: ground, reason: try input.string("reason"), now: try input.time("now"))
    return ["refusal": text(refusal.bytes)]
  }

  private static func writeWarrantEntry(_ input: CaseInput) throws -> [String: Any] {
    guard let opening = SealOpening(bytes: try input.hex("opening")) else {
      throw CaseInput.Unusable(description: "opening")
    }
    let entry = try UnverifiedLogEntry(
      try WarrantEntry(
        sealing: try input.warrant(), opening: opening, roster: try input.roster(),
        logged: try input.time("now")))
    return ["entry": text(entry.bytes)]
  }

  private static func writeAnswerEntry(_ input: CaseInput) throws -> [String: Any] {
    let warrant = try input.warrant()
    let release = try UnverifiedRelease(MemoryBytes(try input.hex("release")))
    let body = try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)
    let entry = try UnverifiedLogEntry(.answer(body), signedBy: try input.inputs("holder")[0].holder())
    return ["entry": text(entry.bytes)]
  }
}
