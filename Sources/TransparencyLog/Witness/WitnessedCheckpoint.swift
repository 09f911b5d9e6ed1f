/// A checkpoint that a known log signed and a quorum of witnesses cosigned.
///
/// Only `UnverifiedNote.witnessedCheckpoint(by:)` makes one.
public struct WitnessedCheckpoint: Hashable, Sendable {
  /// The checkpoint, with the log that signed it.
  public let signed: VerifiedCheckpoint

  /// When each witness of the policy that cosigned it did so, at last: in seconds since 1970.
  public let times: [CosignatureVerifierKey: UInt64]

  /// The latest time, in seconds since 1970, such that the cosignatures of that time or later reach the quorum;
  /// nil when the policy needs no witness. A lone witness, honest or not, cannot move it ahead of the others.
  public let witnessTime: UInt64?

  /// The statement.
  public var checkpoint: Checkpoint { signed.checkpoint }

  fileprivate init(signed: VerifiedCheckpoint, times: [CosignatureVerifierKey: UInt64], witnessTime: UInt64?)
  {
    self.signed = signed
    self.times = times
    self.witnessTime = witnessTime
  }
}

extension UnverifiedNote {
  /// The checkpoint that this note is, signed by a log of `policy` and cosigned by its quorum.
  ///
  /// Times are not compared with any clock: whoever asks decides how old or new they may be.
  ///
  /// - Throws: as `verifiedCheckpoint(by:)`; `note(.badSignature)` when a line that names a witness of the policy
  ///   is wrong, even if the quorum does not need it; `quorumNotReached`.
  public func witnessedCheckpoint(by policy: WitnessPolicy) throws(LogError) -> WitnessedCheckpoint {
    let signed = try verifiedCheckpoint(by: policy.logs)
    var times: [CosignatureVerifierKey: UInt64] = [:]
    for witness in policy.witnesses {
      times[witness] = try logNote { () throws(NoteError) in try witness.time(of: signatures, for: text) }
    }
    switch policy.quorum.outcome(at: times) {
    case .notReached: throw .quorumNotReached
    case .notNeeded: return WitnessedCheckpoint(signed: signed, times: times, witnessTime: nil)
    case .reached(let time): return WitnessedCheckpoint(signed: signed, times: times, witnessTime: time)
    }
  }
}
