import LibCrypto
import SecretSharing
import TransparencyLog

/// Reads the log on from where a holder's memory ends, or from an earlier entry, and finds what concerns the holder.
struct LogFollower {
  let roster: Roster
  let holder: HolderRecord
  /// Digests of the answers that the holder has.
  let answers: Set<Digest>
  /// Whether own answers that the holder does not have are noted as lost rather than refused.
  let isRebuilding: Bool

  /// The log as its checkpoint of now shows it, which must extend the one that `memory` has, and what of it concerns
  /// the holder: read from entry `start` or from where `memory` ends, whichever is first.
  ///
  /// Every bundle of entries is verified against the root of the checkpoint before any of it is believed
  /// (`LogReader.bundle`).
  func follow<Source: TileSource>(
    _ source: Source, memory: inout HolderMemory, from start: UInt64
  ) throws(EscrowError) -> LogReader<Source> {
    do {
      let current = try source.checkpoint().verifiedCheckpoint(of: memory.log)
      let reader = LogReader(current, source: source)
      if let last = memory.checkpoint { _ = try reader.consistencyProof(from: last.checkpoint) }
      var revocations: [HolderMemory.Revocation] = []
      var answers: [HolderMemory.Answer] = []
      var entries = reader.entries(from: min(start, memory.size))
      while let next = try entries.next() {
        guard let entry = Self.entry(next.bytes) else { continue }
        switch entry.body {
        case .revocation(let body):
          revocations.append(
            HolderMemory.Revocation(entry: next.index, warrantIndex: body.warrantIndex, warrant: body.warrant)
          )
        case .answer(let body) where isOwn(entry, body):
          let isKnown = self.answers.contains(body.answer)
          let wasLost = memory.answers.contains { $0.entry == next.index && $0.isLost }
          guard isKnown || wasLost || isRebuilding else {
            throw EscrowError.logRefused(.stateOlderThanLog(entry: next.index))
          }
          answers.append(
            HolderMemory.Answer(
              entry: next.index, answer: body.answer, warrantIndex: body.warrantIndex, keys: body.keys,
              answered: body.answered, isLost: !isKnown))
        default: break
        }
      }
      try memory.advance(to: current, revocations: revocations, answers: answers)
      memory.restore(self.answers)
      // Answers that were there when the log was read so far and have gone since.
      for answer in memory.answers where !answer.isLost {
        guard self.answers.contains(answer.answer) else {
          throw EscrowError.logRefused(.stateOlderThanLog(entry: answer.entry))
        }
      }
      return reader
    } catch { throw EscrowError(restating: error) }
  }

  // The entry of these bytes, if it is one that a holder looks for. Their kind stands on a line of its own, so the
  // others need not be parsed.
  private static func entry(_ bytes: ArraySlice<UInt8>) -> UnverifiedLogEntry? {
    let isCandidate = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 64).contains { line in
      candidates.contains { line.starts(with: $0) }
    }
    guard isCandidate else { return nil }
    let entry = Array(bytes)
    return try? UnverifiedLogEntry(parsing: entry.span)
  }

  private static let candidates = [LogEntryKind.release, .refusal, .revocation].map {
    Array("  \"kind\": \"\($0.rawValue)\",".utf8)
  }

  // Signed with a key that this holder has or had: whoever else writes its name is of no concern.
  private func isOwn(_ entry: UnverifiedLogEntry, _ body: AnswerEntry) -> Bool {
    guard body.holder == holder.id else { return false }
    let keys = [holder] + ([roster] + roster.ancestors).compactMap { $0.holder(holder.id) }
    return entry.isSigned(byOneOf: Array(Set(keys.map(\.verifierKey))))
  }
}
