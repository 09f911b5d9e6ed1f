import Foundation
import LibCrypto
import SecretSharing
import TestSupport
import Testing
import TransparencyLog

@testable import KeyEscrow

/// The same small escrow after its roster was followed by one that names a log: one entry of each kind, and the proof of
/// a warrant. The log's and the witnesses' keys are, like all others, SHA-256 of a phrase: their names.
struct SpecLogExample {
  let log: WitnessedLog
  let roster: Roster
  let warrant: UnverifiedWarrant
  let proof: UnverifiedWarrantProof
  /// Files of `Spec/vectors`, by name.
  let texts: [String: [UInt8]]
  /// Binary values in hexadecimal, by dotted name.
  let values: [String: String]

  static let warrantIndex: UInt64 = 2

  init(_ example: SpecExample, deposits: [SpecOracle.Deposit]) throws {
    func time(_ days: Int64, _ seconds: Int64 = 0) -> Timestamp {
      example.now.adding(seconds: days * 86_400 + seconds)
    }
    log = try WitnessedLog(seed: "key-escrow/v1 vector", witnesses: 2)
    var draft = try UnverifiedRoster(
      try RosterBody(
        policy: example.roster.policy, holders: example.roster.holders,
        limits: RosterLimits(
          maximumKeys: 1000, maximumDays: 90, maximumSealedDays: 365,
          caps: [RosterLimits.Cap(keys: 1000, judges: 1)]),
        log: try log.rosterLog(), isTest: true, issued: time(1), succeeding: example.roster))
    for box in example.holders { try draft.sign(with: box.holder) }
    roster = try draft.verified(succeeding: example.roster)
    let (judge, provider, agency) = (example.holders[0], example.holders[1], example.holders[2])

    var warrant = try UnverifiedWarrant(
      drafting: WarrantBody(
        id: try #require(UUID(uuidString: "6f0c2f8e-3b7a-4c55-9d1e-2a4b8c7d9e11")), roster: roster.id,
        caseReference: "2027/0043", legalBasis: "Article 100 CPP", jurisdiction: "FR", issued: time(3),
        notBefore: time(3), notAfter: time(13), recipient: agency.holder.id,
        recipientKey: example.recipientKey.key.publicKey,
        scope: try WarrantScope(conversations: [try SpecExample.conversation(0)], epochs: 7...8),
        maximumKeys: 100, notifyBy: time(60), unsealAfter: time(30), isTest: true), recipient: agency.holder)
    try warrant.sign(with: judge.holder, roster: roster)
    self.warrant = warrant
    let opening = try #require(SealOpening(bytes: try SpecExample.seed("opening")))
    let entry = try UnverifiedLogEntry(
      try WarrantEntry(sealing: warrant, opening: opening, roster: roster, logged: time(3, 60)))

    // The judge's answer, computed from the text as the other releases are.
    let sealed = try SpecOracle.release(
      holder: "judge", row: 0, warrant: warrant.digest.bytes, roster: roster.id.bytes,
      depositRoster: example.roster.id.bytes, recipient: example.recipientKey.key.publicKey,
      deposits: deposits)
    let checked = [
      "recipient-signature", "judges-signatures", "test-flag", "roster-limits", "in-force", "logged",
      "witnessed", "not-revoked",
    ]
    let body = ReleaseBody(
      warrant: warrant.digest, roster: roster.id, holder: judge.holder.id,
      recipientKey: example.recipientKey.key.publicKey, answered: time(3, 3600), checked: checked,
      encapsulations: [.init(roster: example.roster.id, bytes: sealed.encapsulation)], keys: 2, records: 2,
      passedOver: 0, chunks: 2, table: try SHA256.digest(sealed.table), isTest: true,
      logIndex: Self.warrantIndex)
    var answer = try SignedText(.release, text: body.text)
    try answer.sign(with: judge.holder.signingKey, name: "judge")
    let file =
      answer.bytes + SpecOracle.text("=== key-escrow/v1 chunks ===\n") + sealed.table
      + sealed.chunks.flatMap { $0.front + $0.body }
    let release = try UnverifiedRelease(MemoryBytes(file))
    let refusal = try UnverifiedRefusal(
      refusing: warrant, by: provider.holder, roster: roster, ground: .conflictOfLaw,
      reason: "The law of our seat asks for a treaty request.", now: time(3, 7200))

    // Before the warrant's proof there is what it needs, and behind it what follows.
    let heads = [example.submissions[1].head.head]
    let store = try NoteVerifierKey(name: "store", publicKey: example.storeKey.key.publicKey)
    let front = [
      try UnverifiedLogEntry(RosterEntry(roster)),
      try UnverifiedLogEntry(
        try DepositsEntry(heads: heads, store: store, roster: roster, counted: time(2)),
        signedBy: example.storeKey.key),
      entry,
    ]
    for entry in front { try log.append(entry) }
    let first = try log.proof(
      of: entry, opening: opening, at: Self.warrantIndex,
      under: try log.cosigned(at: [0: time(3, 120), 1: time(3, 180)]))
    let verified = try warrant.verifiedForRecovery(by: roster, proof: first)
    let back = [
      try UnverifiedLogEntry(
        .answer(try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)),
        signedBy: judge.holder),
      try UnverifiedLogEntry(
        .answer(try AnswerEntry(refusal: refusal, of: warrant, warrantIndex: Self.warrantIndex)),
        signedBy: provider.holder),
      try UnverifiedLogEntry(
        .recovery(
          try RecoveryEntry(of: verified, releases: [release.digest], keys: 2, recovered: time(4))),
        signedBy: agency.holder),
      try UnverifiedLogEntry(
        .revocation(
          RevocationEntry(
            revoking: warrant, warrantIndex: Self.warrantIndex, by: judge.holder.id, revoked: time(5))),
        signedBy: judge.holder),
      try UnverifiedLogEntry(
        try UnsealingEntry(unsealing: try first.verified(for: verified), notified: time(29), now: time(30))),
    ]
    for entry in back { try log.append(entry) }
    proof = try log.proof(
      of: entry, opening: opening, at: Self.warrantIndex,
      under: try log.cosigned(at: [0: time(6, 120), 1: time(6, 180)]))

    var texts = [
      "logged-roster.note": draft.bytes, "logged-warrant.note": warrant.bytes,
      "logged-warrant.tlog-proof": proof.bytes, "logged-refusal.note": refusal.bytes,
      "logged-release.note": answer.bytes,
    ]
    for entry in front + back {
      let kind = entry.body.kind
      texts["entry-\(kind.rawValue).\(kind.isSigned ? "note" : "json")"] = entry.bytes
    }
    self.texts = texts
    let checkpoint = try Checkpoint(parsing: proof.proof.checkpoint.text)
    values = [
      "rosterId": roster.id.hex, "warrantDigest": warrant.digest.hex, "releaseDigest": release.digest.hex,
      "refusalDigest": refusal.digest.hex, "opening": hex(opening.bytes),
      "root": checkpoint.root.hex, "judge.file": hex(file),
    ]
  }
}
