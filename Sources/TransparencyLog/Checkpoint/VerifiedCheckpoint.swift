/// A checkpoint that a known log signed.
///
/// Only the functions of this file make one. That the log shows the same checkpoint to everybody is what witnesses
/// add: see `WitnessedCheckpoint`.
public struct VerifiedCheckpoint: Hashable, Sendable {
  /// The statement.
  public let checkpoint: Checkpoint

  /// The log whose key signed it.
  public let log: LogIdentity

  /// The note as it was read, with all its lines, also those that nobody checked.
  public let note: UnverifiedNote

  fileprivate init(checkpoint: Checkpoint, log: LogIdentity, note: UnverifiedNote) {
    self.checkpoint = checkpoint
    self.log = log
    self.note = note
  }
}

extension UnverifiedNote {
  /// The checkpoint that this note is, signed by one of `logs`, of which those of another origin are not
  /// considered.
  ///
  /// - Throws: `malformedCheckpoint`; `wrongOrigin` when none of `logs` has the checkpoint's origin;
  ///   `note(.badSignature)` and `note(.unsigned)`.
  public func verifiedCheckpoint(by logs: [LogIdentity]) throws(LogError) -> VerifiedCheckpoint {
    let checkpoint = try Checkpoint(parsing: text)
    let candidates = logs.filter { $0.signs(checkpoint) }
    guard !candidates.isEmpty else { throw .wrongOrigin }
    let verified = try logNote { () throws(NoteError) in try self.verified(by: candidates.map(\.key)) }
    guard let log = candidates.first(where: { verified.signers.contains($0.key) }) else {
      throw .note(.unsigned)
    }
    return VerifiedCheckpoint(checkpoint: checkpoint, log: log, note: self)
  }

  /// The checkpoint that this note is, signed by `log`.
  ///
  /// - Throws: as `verifiedCheckpoint(by:)` with one log.
  public func verifiedCheckpoint(of log: LogIdentity) throws(LogError) -> VerifiedCheckpoint {
    try verifiedCheckpoint(by: [log])
  }
}
