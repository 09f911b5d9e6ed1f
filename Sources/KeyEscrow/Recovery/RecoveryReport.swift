public import LibCrypto
public import SecretSharing

/// Something that did not verify during a recovery, and who is to blame as far as it can be told.
public struct RecoveryFault: Hashable, Sendable {
  /// Who is to blame.
  public enum Culprit: Hashable, Sendable {
    /// The holder, whose signed answer is wrong.
    case holder(HolderID)
    /// The store, whose columns are not the ones the holders signed.
    case store
    /// The depositor, as the holder in the failure says, who could not answer for the deposit: it can show this by a
    /// certificate.
    case depositor
    /// Nobody provably: the answers contradict each other or the store without an authorised set on either side, or
    /// every share is the one committed to and no set of them gives the key committed to.
    case disputed
  }

  /// Whom it points to.
  public let culprit: Culprit
  /// The deposit it concerns; nil when it concerns a whole release.
  public let deposit: Digest?
  /// What did not verify.
  public let failure: VerificationFailure
}

/// How a recovery went. Keys are handed out as they are verified; this is the rest.
public struct RecoveryReport: Hashable, Sendable {
  /// Records whose key was recovered and verified.
  public internal(set) var recovered: UInt64 = 0
  /// Records that stay closed, for whatever reason.
  public internal(set) var missing: UInt64 = 0
  /// Deposits for which the releases at hand do not satisfy the policy.
  public internal(set) var withoutQuorum: [Digest] = []
  /// What did not verify.
  public internal(set) var faults: [RecoveryFault] = []
}
