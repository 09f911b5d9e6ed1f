public import TransparencyLog
public import LibCrypto

extension HolderMemory {
  /// Reads on from where the memory ends, for a holder that is about to refuse a warrant: an answer that it gave and
  /// lost must not be contradicted.
  ///
  /// The caller stores the memory durably before it answers, also when this throws.
  ///
  /// - Parameter index: the warrant's entry, where it is known.
  /// - Throws: `.logRefused(.stateOlderThanLog)` when the log has an answer of this holder that is not in `answers`;
  ///   `.warrantRefused(.alreadyAnswered)` when one that was lost answers the entry at `index`; `.log` when the log does
  ///   not verify, or does not extend what the memory has.
  public mutating func requireComplete(
    in log: some TileSource, roster: Roster, holder: HolderRecord, answers: Set<Digest>, before index: UInt64?
  ) throws(EscrowError) {
    _ = try LogFollower(roster: roster, holder: holder, answers: answers, isRebuilding: false)
      .follow(log, memory: &self, from: size)
    try requireNoLostAnswer(to: index)
  }

  /// - Throws: `.warrantRefused(.alreadyAnswered)` when an answer that was lost answers the warrant's entry at `index`.
  public func requireNoLostAnswer(to index: UInt64?) throws(EscrowError) {
    guard let index else { return }
    for answer in answers where answer.warrantIndex == index && answer.isLost {
      throw .warrantRefused(.alreadyAnswered)
    }
  }

  /// Reads the log from its beginning for a holder that lost its answers, and takes in which it gave: they count for
  /// the month, and their warrants are not answered again.
  ///
  /// - Throws: `.log` when the log does not verify, or does not extend what the memory has.
  public mutating func rebuild(
    from log: some TileSource, roster: Roster, holder: HolderRecord, answers: Set<Digest>
  ) throws(EscrowError) {
    var rebuilt = HolderMemory(of: self.log)
    if let checkpoint { try rebuilt.advance(to: checkpoint, revocations: [], answers: []) }
    _ = try LogFollower(roster: roster, holder: holder, answers: answers, isRebuilding: true)
      .follow(log, memory: &rebuilt, from: 0)
    self = rebuilt
  }
}
