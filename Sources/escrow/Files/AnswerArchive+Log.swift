import Foundation
import KeyEscrow
import LibCrypto
import TransparencyLog

extension AnswerArchive {
  /// Verifies that `warrant` is public, against the log at `log` and what the holder remembers of it.
  ///
  /// What was seen of the log is remembered, durably, before this returns, also when the warrant is refused.
  func publicProof(
    _ proof: UnverifiedWarrantProof, of warrant: WarrantInForce, in log: String, by holder: HolderRecord,
    now: Timestamp
  ) throws(Failure) -> PublicProof {
    guard let named = warrant.warrant.roster.body.log else {
      throw Failure(EscrowError.logRefused(.rosterWithoutLog))
    }
    return try withMemory(of: named.identity, at: log) { memory, answers throws(EscrowError) in
      try PublicProof.verify(
        proof, of: warrant, in: LogDirectory(log), by: holder, memory: &memory, answers: answers, now: now)
    }
  }

  /// Compares what the holder remembers with the log at `log`: nothing that it answered may be lost.
  ///
  /// What was seen of the log is remembered, durably, before this returns, also when it throws.
  func requireComplete(
    in log: String, roster: Roster, identity: LogIdentity, holder: HolderRecord, before index: UInt64?
  ) throws(Failure) {
    try withMemory(of: identity, at: log) { memory, answers throws(EscrowError) in
      try memory.requireComplete(
        in: LogDirectory(log), roster: roster, holder: holder, answers: answers, before: index)
    }
  }

  // Lends what the holder remembers of a log, and the digests of its answers. What `body` learns is saved,
  // durably, before this returns or throws.
  private func withMemory<Value>(
    of identity: LogIdentity, at log: String,
    _ body: (inout HolderMemory, Set<Digest>) throws(EscrowError) -> Value
  ) throws(Failure) -> Value {
    let file = try memoryFile(of: identity)
    let before = try file.load()
    var memory = before
    let answers = try answerDigests()
    let result: Result<Value, EscrowError>
    do throws(EscrowError) {
      result = .success(try body(&memory, answers))
    } catch { result = .failure(error) }
    if memory != before { try file.save(memory) }
    do { return try result.get() } catch { throw Failure(error, at: log) }
  }

  /// Refuses a warrant whose entry at `index` an answer was given to that is lost, as far as is remembered.
  func requireNoLostAnswer(to index: UInt64?, of identity: LogIdentity, name: String) throws(Failure) {
    let memory = try memoryFile(of: identity).load()
    do { try memory.requireNoLostAnswer(to: index) } catch { throw Failure(error, at: name) }
  }

  /// Reads the log at `log` for a holder that lost answers: see `HolderMemory.rebuild`.
  func rebuild(
    from log: String, roster: Roster, identity: LogIdentity, holder: HolderRecord
  ) throws(Failure) -> HolderMemory {
    let file = try memoryFile(of: identity)
    var memory = try file.load()
    let answers = try answerDigests()
    try locating(log) {
      try memory.rebuild(from: LogDirectory(log), roster: roster, holder: holder, answers: answers)
    }
    try file.save(memory)
    return memory
  }

  /// How many keys of answers that were lost count for the month of `now`: only the log knows of them.
  func keysLost(inMonthOf now: Timestamp, roster: Roster) throws(Failure) -> UInt64 {
    guard let log = roster.body.log else { return 0 }
    return try memoryFile(of: log.identity).load().keysLost(inMonthOf: now)
  }

  /// Digests of the texts of all answers that are stored.
  private func answerDigests() throws(Failure) -> Set<Digest> {
    var digests: Set<Digest> = []
    for name in try names() {
      let file = "\(path)/\(name)"
      if name.hasSuffix(".release") {
        digests.insert(try locating(file) { try UnverifiedRelease(try FileBytes(path: file)).digest })
      } else if name.hasSuffix(".refusal") {
        let bytes = try DocumentFile.read(file)
        digests.insert(try locating(file) { try UnverifiedRefusal(parsing: bytes.span).digest })
      }
    }
    return digests
  }
}
