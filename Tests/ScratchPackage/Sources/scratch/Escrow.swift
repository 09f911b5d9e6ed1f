import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TransparencyLog

/// Deposits random keys in a store of its own, and recovers them under a warrant.
@concurrent
func escrow(keys count: Int) async throws -> Int {
  guard let now = Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970)) else {
    throw Wrong(what: "the clock")
  }
  let judge = try Holder.generate(
    HolderID(parsing: "judge"), sealingKeyNotAfter: now.adding(seconds: 86_400))
  let agency = try Holder.generate(
    HolderID(parsing: "agency"), sealingKeyNotAfter: now.adding(seconds: 86_400))
  var draft = try UnverifiedRoster(
    RosterBody(
      policy: AccessPolicy(parsing: "and(judge, agency)"), holders: [judge.record, agency.record], issued: now
    ))
  try draft.sign(with: judge)
  try draft.sign(with: agency)
  let roster = try draft.verified()

  // A roster is a signed note that anybody's tools can verify.
  let file = draft.bytes
  let note = try UnverifiedNote(parsing: file.span).verified(by: [judge.verifierKey])
  guard note.signers == [judge.verifierKey] else { throw Wrong(what: "the roster's signers") }

  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("scratch-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try EscrowDatabase.open(path: folder.path + "/store", mode: .create)
  let storeKey = try Ed25519PrivateKey.generate()

  let pseudonym = try SystemRandom().bytes(ConversationID.byteCount)
  guard let conversation = ConversationID(bytes: pseudonym.span) else {
    throw Wrong(what: "the pseudonym")
  }
  let keys = try SystemRandom().secret(count * KeyBatch.keyByteCount)
  let depositor = try Depositor.generate()
  var session = try DepositSession.open(
    roster: roster, depositor: depositor, stateKey: SystemRandom().secret(32),
    storage: EphemeralSessionState(), now: now)
  for start in stride(from: 0, to: count, by: 1024) {
    var batch = try KeyBatch()
    for index in start..<min(start + 1024, count) {
      try keys.withBytes { keys throws(EscrowError) in
        try batch.append(
          conversation: conversation, epoch: UInt64(index), uniformKey: keys.extracting(bytes(of: index)))
      }
    }
    try session.add(batch, now: now)
    await Task.yield()
  }
  let receipt = try store.verifyAndAccept(
    session.submit(signedBy: depositor), roster: roster, receivedAt: now, signingKey: storeKey)
  guard receipt.session == session.session.id else { throw Wrong(what: "the store's receipt") }

  let recipientKey = try X25519PrivateKey.generate()
  var warrant = try UnverifiedWarrant(
    drafting: WarrantBody(
      roster: roster.id, caseReference: "2027/0042", legalBasis: "Article 100", issued: now, notBefore: now,
      notAfter: now.adding(seconds: 3600), recipient: agency.id, recipientKey: recipientKey.publicKey,
      scope: WarrantScope(conversations: [conversation]), maximumKeys: UInt64(count), isTest: true),
    recipient: agency)
  try warrant.sign(with: judge, roster: roster)
  let inForce = try warrant.verified(by: roster, now: now)
  let releases = [
    try release(inForce, by: judge, from: store, now: now),
    try release(inForce, by: agency, from: store, now: now),
  ]
  await Task.yield()

  var next = 0
  var areEqual = true
  let report = try Recovery.recover(
    warrant: inForce.warrant, releases: releases, recipientKey: recipientKey, source: store, jobs: 2
  ) { locators, recovered throws(EscrowError) in
    for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
      areEqual = areEqual && locator == RecordLocator(conversation: conversation, epoch: UInt64(next))
      areEqual =
        keys.withBytes {
          ConstantTime.equal($0.extracting(bytes(of: next)), recovered.extracting(bytes(of: index)))
        } && areEqual
      next += 1
    }
  }
  guard areEqual, next == count, report.recovered == UInt64(count), report.faults.isEmpty else {
    throw Wrong(what: "the recovered keys: \(report)")
  }
  return next
}

private func release(
  _ inForce: WarrantInForce, by holder: borrowing Holder, from store: EscrowDatabase, now: Timestamp
) throws -> Release {
  let spool = MemorySpool()
  let front = try Releaser.release(
    inForce.authorization(for: holder.id), by: holder, from: store, spool: spool, now: now)
  return try UnverifiedRelease(MemoryBytes(front + spool.bytes)).verified(for: inForce.warrant)
}

private func bytes(of index: Int) -> Range<Int> {
  index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount
}
