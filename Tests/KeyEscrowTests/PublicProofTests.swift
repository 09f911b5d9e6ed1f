import Foundation
import LibCrypto
import SecretSharing
import Testing
import TransparencyLog

@testable import KeyEscrow

/// An escrow with a log of three witnesses, two of whom must have cosigned, and a warrant of four days.
private final class LoggedScene {
  let escrow: Escrow
  let log: WitnessedLog
  let warrant: UnverifiedWarrant
  var memory: HolderMemory
  var answers: Set<Digest> = []

  init(
    policy: String = "and(judge, or(provider, agency))", hours: UInt64 = 24, seed: String = UUID().uuidString
  ) throws {
    log = try WitnessedLog(seed: seed, witnesses: 3)
    escrow = try Escrow(policy, log: log, hours: hours, threshold: 2)
    try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let judges = escrow.policy.holders.filter { $0.role == .judge }
    warrant = try escrow.warrant(
      try escrow.body([conversation(1)], notAfter: Escrow.start.adding(seconds: 4 * 86_400)),
      judges: judges.map(\.description))
    memory = HolderMemory(of: log.identity)
    try log.append(Array("an entry of somebody else's".utf8))
  }

  /// Whether a holder may answer, at `seconds` after the start.
  @discardableResult
  func verify(
    _ proof: UnverifiedWarrantProof, at seconds: Int64 = 60, in source: LogDirectory? = nil,
    by name: String = "judge",
    warrant other: UnverifiedWarrant? = nil
  ) throws -> PublicProof {
    let now = Escrow.start.adding(seconds: seconds)
    let inForce = try (other ?? warrant).verified(by: escrow.roster, now: now)
    return try PublicProof.verify(
      proof, of: inForce, in: source ?? log.source, by: try escrow.holder(name).holder.record,
      memory: &memory,
      answers: answers, now: now)
  }

  func refused(
    _ expected: EscrowError, _ proof: UnverifiedWarrantProof, at seconds: Int64 = 60,
    in source: LogDirectory? = nil,
    by name: String = "judge", location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: expected, sourceLocation: location) {
      try verify(proof, at: seconds, in: source, by: name)
    }
  }

  func revoke(_ warrant: UnverifiedWarrant? = nil, entry: UInt64, by name: String = "judge") throws
    -> UnverifiedLogEntry
  {
    let judge = try escrow.holder(name)
    return try UnverifiedLogEntry(
      .revocation(
        RevocationEntry(
          revoking: warrant ?? self.warrant, warrantIndex: entry, by: judge.holder.id, revoked: Escrow.start)),
      signedBy: judge.holder)
  }

  /// What `name` would answer, released, with its entry.
  func answer(_ proof: UnverifiedWarrantProof, by name: String) throws -> (
    UnverifiedRelease, UnverifiedLogEntry
  ) {
    let box = try escrow.holder(name)
    let now = Escrow.start.adding(seconds: 60)
    let inForce = try warrant.verified(by: escrow.roster, now: now)
    let spool = MemorySpool()
    let front = try Releaser.release(
      try inForce.authorization(for: box.holder.id, proof: try verify(proof, by: name)), by: box.holder,
      from: escrow.store, spool: spool, now: now)
    let release = try UnverifiedRelease(MemoryBytes(front + spool.bytes))
    let entry = try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)
    return (release, try UnverifiedLogEntry(.answer(entry), signedBy: box.holder))
  }
}

@Suite("No share leaves without a logged warrant")
struct PublicProofTests {
  @Test(
    "A warrant that is logged, witnessed and not revoked is answered, and recovery finds the entry it names")
  func answered() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let shown = try scene.verify(proof)
    #expect(shown.logIndex == 1 && shown.witnessTime == Escrow.start && shown.logSize == 2)
    #expect(shown.checked == ["logged", "witnessed", "not-revoked"])
    let verified = try scene.warrant.verifiedForRecovery(by: scene.escrow.roster, proof: proof)
    #expect(verified.logIndex == 1)
    let releases = try ["judge", "agency"].map { try scene.answer(proof, by: $0).0 }
    #expect(releases.allSatisfy { $0.body.logIndex == 1 })
    #expect(releases[0].body.checked.suffix(3) == ["logged", "witnessed", "not-revoked"])
    var count = 0
    let report = try Recovery.recover(
      warrant: verified, releases: try releases.map { try $0.verified(for: verified) },
      recipientKey: scene.escrow.recipientKey.key, source: scene.escrow.store
    ) { _, keys throws(EscrowError) in count += keys.count / 32 }
    #expect(count == 2 && report.faults == [])
  }

  @Test("Without a proof nobody answers, and no answer is read")
  func withoutProof() throws {
    let scene = try LoggedScene()
    let inForce = try scene.warrant.verified(by: scene.escrow.roster, now: Escrow.start)
    #expect(throws: EscrowError.logRefused(.proofMissing)) { _ = try PublicProof.notAsked(for: inForce) }
    #expect(throws: EscrowError.logRefused(.proofMissing)) {
      _ = try inForce.authorization(for: try scene.escrow.id("judge"))
    }
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let release = try scene.answer(proof, by: "judge").0
    let bare = try scene.warrant.verifiedForRecovery(by: scene.escrow.roster)
    #expect(throws: EscrowError.logRefused(.proofMissing)) { _ = try release.verified(for: bare) }
  }

  @Test("One warrant's proof lets nobody answer another")
  func otherWarrant() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let other = try scene.escrow.warrant(try scene.escrow.body([conversation(1)], maximumKeys: 5))
    #expect(throws: EscrowError.failedVerification(.warrantEntry)) { try scene.verify(proof, warrant: other) }
    let shown = try scene.verify(proof)
    let inForce = try other.verified(by: scene.escrow.roster, now: Escrow.start)
    #expect(throws: EscrowError.failedVerification(.warrantEntry)) {
      _ = try inForce.authorization(for: try scene.escrow.id("judge"), proof: shown)
    }
    #expect(throws: EscrowError.failedVerification(.warrantEntry)) {
      _ = try other.verifiedForRecovery(by: scene.escrow.roster, proof: proof)
    }
    // The same warrant, but the entry says something else of it, or the opening is another.
    let opening = try SealOpening.random()
    let lies = try UnverifiedLogEntry(
      try WarrantEntry(
        sealing: other, opening: proof.opening, roster: scene.escrow.roster, logged: Escrow.start))
    let checkpoint = try scene.log.cosigned(at: Escrow.start)
    for (entry, opening) in [(lies, proof.opening), (proof.entry, opening)] {
      scene.refused(
        .failedVerification(.warrantEntry),
        try UnverifiedWarrantProof(
          entry, opening: opening, index: 1, hashes: proof.proof.hashes, checkpoint: checkpoint))
    }
  }

  @Test("A release that names another entry than the proof, or none, is not read")
  func logIndex() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let release = try scene.answer(proof, by: "judge").0
    let again = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let verified = try scene.warrant.verifiedForRecovery(by: scene.escrow.roster, proof: again)
    #expect(throws: EscrowError.failedVerification(.logIndex(try scene.escrow.id("judge")))) {
      _ = try release.verified(for: verified)
    }
  }

  // MARK: The proof

  @Test("A proof that does not lead to the root, or to another log's root, is refused")
  func notIncluded() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    func altered(index: UInt64? = nil, hashes: [Digest]? = nil, checkpoint: UnverifiedNote? = nil) throws
      -> UnverifiedWarrantProof
    {
      try UnverifiedWarrantProof(
        proof.entry, opening: proof.opening, index: index ?? proof.proof.index,
        hashes: hashes ?? proof.proof.hashes, checkpoint: checkpoint ?? proof.proof.checkpoint)
    }
    scene.refused(.log(.inclusionNotProven), try altered(index: 0))
    scene.refused(.log(.inclusionNotProven), try altered(hashes: []))
    let other = try WitnessedLog(witnesses: 3, origin: "log.example/other")
    try other.append([1])
    scene.refused(.log(.wrongOrigin), try altered(checkpoint: try other.cosigned(at: Escrow.start)))
    let stranger = try WitnessedLog(witnesses: 3)
    try stranger.append([1])
    scene.refused(.log(.note(.unsigned)), try altered(checkpoint: try stranger.cosigned(at: Escrow.start)))
  }

  @Test("A checkpoint without the quorum's cosignatures is refused, and one with a wrong line too")
  func quorum() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    func under(_ checkpoint: UnverifiedNote) throws -> UnverifiedWarrantProof {
      try scene.log.proof(of: proof.entry, opening: proof.opening, at: 1, under: checkpoint)
    }
    scene.refused(.log(.quorumNotReached), try under(try scene.log.source.checkpoint()))
    scene.refused(.log(.quorumNotReached), try under(try scene.log.cosigned(at: [1: Escrow.start])))
    try scene.verify(try under(try scene.log.cosigned(at: [0: Escrow.start, 2: Escrow.start])))
    let good = try scene.log.cosigned(at: [0: Escrow.start, 2: Escrow.start])
    var wrong = try UnverifiedNote(text: good.text)
    for (number, line) in good.signatures.enumerated() {
      var bytes = line.signature
      if number == 1 { bytes[20] ^= 1 }
      wrong.add(try NoteSignature(name: line.name, keyID: line.keyID, signature: bytes))
    }
    scene.refused(.log(.note(.badSignature(name: "witness.example/w0"))), try under(wrong))
  }

  // MARK: Time

  @Test("Witness time is what a quorum reaches, at most 5 minutes ahead, within the validity, and fresh")
  func witnessTime() throws {
    let scene = try LoggedScene()
    let first = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    func proof(_ times: [Int64?]) throws -> UnverifiedWarrantProof {
      var given: [Int: Timestamp] = [:]
      for (number, seconds) in times.enumerated() {
        given[number] = seconds.map { Escrow.start.adding(seconds: $0) }
      }
      return try scene.log.proof(
        of: first.entry, opening: first.opening, at: 1, under: try scene.log.cosigned(at: given))
    }
    func time(_ seconds: Int64) -> Timestamp { Escrow.start.adding(seconds: seconds) }
    // One witness ahead of all others moves nothing.
    #expect(try scene.verify(try proof([0, 100_000, 10])).witnessTime == time(10))
    #expect(try scene.verify(try proof([360, 360, nil]), at: 60).witnessTime == time(360))
    scene.refused(
      .logRefused(.witnessTimeAhead(time(361), now: time(60))), try proof([361, 361, nil]), at: 60)
    scene.refused(
      .logRefused(
        .witnessTimeOutsideValidity(time(-1), notBefore: Escrow.start, notAfter: time(4 * 86_400))),
      try proof([-1, 5, nil]))
    let end: Int64 = 4 * 86_400
    scene.refused(
      .logRefused(
        .witnessTimeOutsideValidity(time(end + 1), notBefore: Escrow.start, notAfter: time(end))),
      try proof([end + 1, end + 1, nil]), at: end)
    try scene.verify(try proof([0, 0, nil]), at: 86_400)
    scene.refused(
      .logRefused(.witnessTimeStale(Escrow.start, now: time(86_401), maximumHours: 24)),
      try proof([0, 0, nil]), at: 86_401)
    // A fresh proof of the old entry.
    try scene.verify(try proof([86_401, 86_401, nil]), at: 86_401)
  }

  @Test("Where a roster needs no witness, nothing is said of witnesses")
  func noWitness() throws {
    let log = try WitnessedLog(witnesses: 0)
    let escrow = try Escrow(log: log, isUnwitnessed: true)
    try escrow.deposit(try TestKey.run(1, conversation: conversation(1)))
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let allowed = try escrow.authorization(warrant, for: "judge", now: Escrow.start)
    #expect(allowed.proof.checked == ["logged", "not-revoked"] && allowed.proof.witnessTime == nil)
  }

  // MARK: Revocation

  @Test("A revoked warrant is not answered, whichever judge revoked it, wherever the revocation stands")
  func revoked() throws {
    let scene = try LoggedScene(policy: "and(or(judge:a, judge:b), or(provider, agency))")
    let warrant = scene.warrant
    let proof = try scene.log.publish(warrant, roster: scene.escrow.roster)
    func refused(_ entry: UInt64, _ proof: UnverifiedWarrantProof) throws {
      let expected = EscrowError.logRefused(.revoked(by: try scene.escrow.id("judge:b"), entry: entry))
      #expect(throws: expected) { try scene.verify(proof, by: "judge:a", warrant: warrant) }
    }
    try scene.verify(proof, by: "judge:a", warrant: warrant)
    for _ in 0..<300 { try scene.log.append(Array("filler".utf8)) }
    let entry = try scene.log.append(try scene.revoke(warrant, entry: proof.proof.index, by: "judge:b"))
    try refused(entry, proof)
    // The memory knows it too, and a log that is shorter again is another matter.
    try refused(entry, proof)
    // Logged a second time behind the revocation, it stays revoked: for one who read the log before, and one who did not.
    let again = try scene.log.publish(warrant, roster: scene.escrow.roster)
    #expect(again.proof.index > entry)
    try refused(entry, again)
    scene.memory = HolderMemory(of: scene.log.identity)
    try refused(entry, again)
  }

  @Test("Only a judge of the roster revokes: whoever else writes one into the log does nothing")
  func revokedByOthers() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let stranger = try Escrow(log: scene.log)
    let judge = try stranger.holder("judge")
    let foreign = RevocationEntry(
      revoking: scene.warrant, warrantIndex: proof.proof.index, by: judge.holder.id, revoked: Escrow.start)
    try scene.log.append(try UnverifiedLogEntry(.revocation(foreign), signedBy: judge.holder))
    let other = try scene.escrow.warrant(try scene.escrow.body([conversation(1)], maximumKeys: 5))
    try scene.log.append(try scene.revoke(other, entry: 0))
    try scene.verify(proof)
    #expect(scene.memory.revocations.count == 2)
    // The judge's own, which names another index by mistake, counts for the warrant it names.
    let entry = try scene.log.append(try scene.revoke(entry: 0))
    scene.refused(.logRefused(.revoked(by: try scene.escrow.id("judge"), entry: entry)), proof)
  }

  // MARK: The log

  @Test("A log that rewrote its history since the holder saw it is refused")
  func rewritten() throws {
    let seed = UUID().uuidString
    let scene = try LoggedScene(seed: seed)
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    try scene.log.append(try scene.revoke(entry: 1))
    scene.refused(.logRefused(.revoked(by: try scene.escrow.id("judge"), entry: 2)), proof)
    // The same key signs another history, in which the warrant was never revoked.
    let fork = try WitnessedLog(seed: seed, witnesses: 3)
    try fork.append(Array("an entry of somebody else's".utf8))
    try fork.append(proof.entry)
    for _ in 0..<3 { try fork.append(Array("filler".utf8)) }
    let forged = try fork.proof(
      of: proof.entry, opening: proof.opening, at: 1, under: try fork.cosigned(at: Escrow.start))
    scene.refused(.log(.consistencyNotProven), forged, in: fork.source)
    // Nor does an old copy of the log do, from before the revocation.
    let old = try WitnessedLog(seed: seed, witnesses: 3)
    try old.append(Array("an entry of somebody else's".utf8))
    try old.append(proof.entry)
    scene.refused(.log(.consistencyNotProven), proof, in: old.source)
    // One who sees the log for the first time cannot know; the proof must still be of the tree that is shown.
    scene.memory = HolderMemory(of: scene.log.identity)
    let short = try WitnessedLog(seed: seed, witnesses: 3)
    try short.append(Array("an entry of somebody else's".utf8))
    scene.refused(.log(.consistencyNotProven), proof, in: short.source)
  }

  @Test("A log whose entries are not those that its checkpoint commits to is refused")
  func altered() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    try scene.log.append(try scene.revoke(entry: 1))
    let bundle = scene.log.folder.appendingPathComponent("log/tile/entries/000.p/3")
    var bytes = try Data(contentsOf: bundle)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: bundle)
    scene.refused(.log(.inclusionNotProven), proof)
    try FileManager.default.removeItem(at: bundle)
    scene.refused(.log(.missing(path: "tile/entries/000.p/3")), proof)
  }

  // MARK: The holder's own state

  @Test("A holder whose state is older than the log does not answer, and rebuilds what counts")
  func olderState() throws {
    let scene = try LoggedScene()
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let (release, entry) = try scene.answer(proof, by: "judge")
    let index = try scene.log.append(entry)
    // With the answer at hand everything is as before; other holders are not concerned.
    scene.answers = [release.digest]
    try scene.verify(proof)
    #expect(scene.memory.answers.map(\.answer) == [release.digest])
    scene.answers = []
    let judgesMemory = scene.memory
    scene.memory = HolderMemory(of: scene.log.identity)
    try scene.verify(proof, by: "agency")
    scene.memory = judgesMemory
    // Without it, whether the memory knows of the entry or not.
    scene.refused(.logRefused(.stateOlderThanLog(entry: index)), proof)
    scene.memory = HolderMemory(of: scene.log.identity)
    scene.refused(.logRefused(.stateOlderThanLog(entry: index)), proof)

    let judge = try scene.escrow.holder("judge")
    try scene.memory.rebuild(
      from: scene.log.source, roster: scene.escrow.roster, holder: judge.holder.record, answers: [])
    #expect(scene.memory.keysLost(inMonthOf: Escrow.start) == 2)
    #expect(scene.memory.keysLost(inMonthOf: Escrow.start.adding(seconds: 40 * 86_400)) == 0)
    // The same warrant is not answered a second time; another one is.
    scene.refused(.warrantRefused(.alreadyAnswered), proof)
    let other = try scene.escrow.warrant(try scene.escrow.body([conversation(1)], maximumKeys: 5))
    try scene.verify(try scene.log.publish(other, roster: scene.escrow.roster), warrant: other)
    // Found again, it is as it was.
    scene.answers = [release.digest]
    try scene.verify(proof)
    #expect(scene.memory.keysLost(inMonthOf: Escrow.start) == 0)
    // An entry in the holder's name with another key is nobody's answer.
    let stranger = try Escrow(log: scene.log)
    let box = try stranger.holder("judge")
    guard case .answer(let body) = entry.body else { return }
    try scene.log.append(try UnverifiedLogEntry(.answer(body), signedBy: box.holder))
    try scene.verify(try scene.log.publish(other, roster: scene.escrow.roster), warrant: other)
  }

  @Test(
    "What a holder remembers is written and read as one text, with the log's own line of the checkpoint only")
  func memoryText() throws {
    let scene = try LoggedScene()
    let empty = HolderMemory(of: scene.log.identity)
    #expect(try HolderMemory(parsing: empty.text, of: scene.log.identity) == empty)
    let proof = try scene.log.publish(scene.warrant, roster: scene.escrow.roster)
    let (release, entry) = try scene.answer(proof, by: "judge")
    try scene.log.append(entry)
    try scene.log.append(try scene.revoke(entry: 1))
    scene.answers = [release.digest]
    scene.refused(.logRefused(.revoked(by: try scene.escrow.id("judge"), entry: 3)), proof)
    #expect(scene.memory.size == 4 && scene.memory.revocations.count == 1 && scene.memory.answers.count == 1)
    let text = scene.memory.text
    #expect(try HolderMemory(parsing: text, of: scene.log.identity) == scene.memory)
    #expect(!text.contains("witness.example"))
    let other = try WitnessedLog()
    #expect(throws: EscrowError.log(.note(.unsigned))) {
      _ = try HolderMemory(parsing: text, of: other.identity)
    }
    #expect(
      throws: EscrowError.malformed(
        .logState, reason: "its entries are not in rising order below the checkpoint's size")
    ) {
      _ = try HolderMemory(
        parsing: text.replacing("\"entry\": 3,", with: "\"entry\": 4,"), of: scene.log.identity)
    }
  }
}
