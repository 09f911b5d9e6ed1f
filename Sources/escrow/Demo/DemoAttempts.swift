import EscrowStore
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// Nine attempts to get keys without right, each of which must be refused, and for its own reason.
struct DemoAttempts {
  let escrow: DemoEscrow
  let narrator: Narrator
  /// The warrant that the judge signed, and under which everything worked.
  let warrant: UnverifiedWarrant
  /// The judge's, the agency's and the provider's release under it.
  let judgeFile: FileBytes
  let agencyFile: FileBytes
  let providerFile: FileBytes
  /// A scope that the whole deposit covers, and a narrower one.
  let wideScope: WarrantScope
  let narrowScope: WarrantScope
  /// The first record in the store that is in the wide scope and outside the narrow one.
  let outside: RecordLocator
  /// What the releases of judge and agency give.
  let expected: Digest
  let jobs: Int

  func run() throws {
    try withoutTheJudgesSignature()
    try withoutTheJudgesShares()
    try withATamperedShare()
    try afterTheWarrantsEnd()
    try outsideTheScope()
    try withASwappedRecipientKey()
    try withoutALoggedWarrant()
    try withARevokedWarrant()
  }

  private func withoutTheJudgesSignature() throws {
    let unsigned = try escrow.draft(warrant.body.scope, maximumKeys: warrant.body.maximumKeys)
    try refused(
      "a", "Without the judge: the agency sends its own draft to the holders, unsigned.",
      as: .warrantRefused(.unsigned)
    ) { () throws(EscrowError) in
      _ = try unsigned.verified(by: escrow.roster, now: escrow.now)
    }
  }

  private func withoutTheJudgesShares() throws {
    let holders = [escrow.provider.id, escrow.agency.id]
    try refused(
      "b", "Without the judge's shares: provider and agency put all that they hold together.",
      as: .quorumNotReached(answered: holders.sorted())
    ) { () throws(EscrowError) in
      _ = try escrow.recover(warrant, from: [providerFile, agencyFile], with: escrow.recipientKey) { _, _ in }
    }
    guard escrow.roster.matrix.reconstructionVector(for: Set(holders)) == nil else {
      throw Failure.internalFailure("the sharing matrix opens without the judge")
    }
    try narrator.say(
      "That is arithmetic, not obedience: no combination of their two columns gives a key.", mark: "")
  }

  private func withATamperedShare() throws {
    // Inside the last chunk's ciphertext.
    let tampered = TamperedBytes(agencyFile, at: agencyFile.byteCount - 24)
    var emitted: UInt64 = 0
    let report = try escrow.recover(
      warrant, from: [judgeFile, tampered], with: escrow.recipientKey, jobs: jobs
    ) { _, keys throws(EscrowError) in
      emitted += UInt64(keys.count / KeyBatch.keyByteCount)
    }
    guard let fault = report.faults.first, report.faults.count == 1,
      fault.culprit == .holder(escrow.agency.id), case .chunk(.release, let index) = fault.failure,
      index >= 0,
      report.missing > 0, report.recovered == emitted
    else { throw Failure.internalFailure("a tampered share was not found out: \(report)") }
    let attempt = "With a tampered share: one bit of the agency's answer is flipped on the way."
    try narrator.say(attempt, mark: "c")
    try note(attempt, EscrowError.failedVerification(fault.failure))
    try narrator.say(
      "Named: \(fault.culprit.text). \(Narrator.grouped(report.missing)) keys stay closed"
        + (emitted > 0 ? ", the other \(Narrator.grouped(emitted)) come out." : ", none comes out."), mark: ""
    )
    var fingerprint = try KeyFingerprint()
    let routed = try escrow.recover(
      warrant, from: [judgeFile, tampered, providerFile], with: escrow.recipientKey, jobs: jobs
    ) { locators, keys throws(EscrowError) in try fingerprint.add(locators.span, keys) }
    // Releases that were not needed may go unread, so the culprit need not be named again.
    guard try fingerprint.finish() == expected, routed.missing == 0, routed.faults.allSatisfy({ $0 == fault })
    else { throw Failure.internalFailure("a good answer did not make up for the tampered one: \(routed)") }
    try narrator.say("With the provider's good answer beside it, all keys come out.", mark: "")
  }

  private func afterTheWarrantsEnd() throws {
    let late = warrant.body.notAfter.adding(seconds: 1)
    try refused(
      "d", "With an expired warrant: the same warrant, one second after its last.",
      as: .warrantRefused(.expired(notAfter: warrant.body.notAfter, now: late))
    ) { () throws(EscrowError) in
      _ = try warrant.verified(by: escrow.roster, now: late)
    }
  }

  private func outsideTheScope() throws {
    let narrow = try escrow.warrant(narrowScope, maximumKeys: warrant.body.maximumKeys)
    try escrow.log.publish(narrow, roster: escrow.roster)
    let greedy = OverreachingStore(store: escrow.store, scope: wideScope)
    try refused(
      "e", "An epoch out of scope: an obliging store hands the agency an epoch more than the warrant names.",
      as: .warrantRefused(.outOfScope(conversation: outside.conversation, epoch: outside.epoch))
    ) { () throws(EscrowError) in
      _ = try Releaser.release(
        try escrow.authorization(narrow, for: escrow.agency.record), by: escrow.agency, from: greedy,
        spool: MemorySpool(), now: escrow.now)
    }
  }

  private func withASwappedRecipientKey() throws {
    let thief = try X25519PrivateKey.generate()
    let draft = try escrow.draft(warrant.body.scope, maximumKeys: warrant.body.maximumKeys)
    let rightKey = escrow.recipientKey.publicKey.bytes
    let wrongKey = thief.publicKey.bytes
    let altered = String(decoding: draft.bytes, as: UTF8.self).replacing(
      Hexadecimal.encode(rightKey.span), with: Hexadecimal.encode(wrongKey.span))
    var swapped = try UnverifiedWarrant(parsing: Array(altered.utf8).span)
    guard swapped.body.recipientKey == thief.publicKey else {
      throw Failure.internalFailure("the recipient key of the draft was not swapped")
    }
    try refused(
      "f", "With a swapped recipient key: the messenger who carries the draft to the judge puts his own in.",
      as: .failedVerification(.badSignature(.warrant, signer: escrow.agency.id.description))
    ) { () throws(EscrowError) in
      try swapped.sign(with: escrow.judge, roster: escrow.roster)
    }
    try refused(
      "", "And the answers themselves, when he steals the files, to his own key:",
      as: .failedVerification(.recipientKey)
    ) { () throws(EscrowError) in
      _ = try escrow.recover(warrant, from: [judgeFile, agencyFile], with: thief) { _, _ in }
    }
  }

  private func withoutALoggedWarrant() throws {
    let secret = try escrow.warrant(narrowScope, maximumKeys: warrant.body.maximumKeys)
    try refused(
      "g", "Quietly: the judge signs a warrant that never comes into the log.", as: .logRefused(.proofMissing)
    ) { () throws(EscrowError) in
      _ = try escrow.authorization(secret, for: escrow.agency.record)
    }
  }

  private func withARevokedWarrant() throws {
    let revoked = try escrow.warrant(narrowScope, maximumKeys: warrant.body.maximumKeys)
    let proof = try escrow.log.publish(revoked, roster: escrow.roster)
    let entry = try escrow.revoke(revoked, by: escrow.judge)
    try refused(
      "h", "With a revoked warrant: the judge thought better of it, and said so in the log.",
      as: .logRefused(.revoked(by: escrow.judge.id, entry: entry))
    ) { () throws(EscrowError) in
      _ = try escrow.authorization(revoked, for: escrow.agency.record)
    }
    // The proof of the warrant is as good as before: only what followed is gone.
    let rewritten = try escrow.log.rewritten(
      before: proof.proof.index + 1, at: escrow.directory.path(of: "log-rewritten"))
    try refused(
      "i", "With a log that rewrote its history: its operator signs another one, without the revocation.",
      as: .log(.consistencyNotProven)
    ) { () throws(EscrowError) in
      _ = try escrow.authorization(revoked, for: escrow.agency.record, in: rewritten)
    }
  }

  // Runs what must fail, and ends the demonstration unless it fails for exactly this reason.
  private func refused(
    _ mark: String, _ attempt: String, as expected: EscrowError, _ body: () throws(EscrowError) -> Void
  ) throws {
    try narrator.say(attempt, mark: mark)
    do throws(EscrowError) {
      try body()
    } catch {
      guard error == expected else {
        throw Failure.internalFailure("\(attempt) Refused for another reason: \(error.sentence)")
      }
      try note(attempt, error)
      return
    }
    throw Failure.internalFailure("\(attempt) It was not refused.")
  }

  private func note(_ attempt: String, _ error: EscrowError) throws {
    narrator.refused(attempt, because: error.sentence, error: "\(error)")
    try narrator.say("Refused: \(Narrator.shortening(error.sentence)).", mark: "")
  }
}

extension RecoveryFault.Culprit {
  /// Who it is, in a word.
  fileprivate var text: String {
    switch self {
    case .holder(let holder): holder.description
    case .store: "the store"
    case .depositor: "the depositor"
    case .disputed: "nobody provably"
    }
  }
}
