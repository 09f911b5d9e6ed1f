/// Which witnesses must have cosigned (C2SP tlog-policy, "Defining the quorum" and "Defining a witness group").
///
/// Each witness stands in it at most once.
public indirect enum Quorum: Hashable, Sendable {
  /// No witness is needed.
  case nobody
  /// This witness.
  case witness(CosignatureVerifierKey)
  /// At least `threshold` of `members`, 1 ≤ `threshold` ≤ their number.
  case group(threshold: Int, members: [Quorum])

  /// Whether and when a set of cosignatures reached a quorum.
  public enum Outcome: Hashable, Sendable {
    /// It did not.
    case notReached
    /// The latest time, in seconds since 1970, such that the cosignatures of that time or later make up the
    /// quorum.
    case reached(time: UInt64)
    /// No cosignature was needed.
    case notNeeded
  }

  /// What cosignatures at `times` make of this quorum.
  ///
  /// `k` of `n` members are reached at `T` or later exactly when the `k`-th latest of their own times is; since no
  /// witness stands in two members, taking that at every group gives the largest `T` for the whole. So the time
  /// is one that a quorum vouches for, and no witness alone can move it ahead. O(n log n).
  public func outcome(at times: [CosignatureVerifierKey: UInt64]) -> Outcome {
    if case .nobody = self { return .notNeeded }
    return time(times).map { .reached(time: $0) } ?? .notReached
  }

  private func time(_ times: [CosignatureVerifierKey: UInt64]) -> UInt64? {
    switch self {
    case .nobody: return nil
    case .witness(let key): return times[key]
    case .group(let threshold, let members):
      let reached = members.compactMap { $0.time(times) }.sorted(by: >)
      return reached.count >= threshold ? reached[threshold - 1] : nil
    }
  }
}
