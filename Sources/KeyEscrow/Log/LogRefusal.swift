public import LibCrypto
public import SecretSharing

/// Why the transparency log does not allow what is asked. What does not verify is `EscrowError.log` or
/// `.failedVerification`.
public enum LogRefusal: Error, Equatable, Sendable {
  /// The roster names a log, and no proof was given that the warrant is in it.
  case proofMissing
  /// The roster names no log, and something was given that only a log has.
  case rosterWithoutLog
  /// The entry belongs to another roster.
  case otherRoster(Digest)
  /// Witness time is more than 5 minutes ahead of the holder's clock.
  case witnessTimeAhead(Timestamp, now: Timestamp)
  /// Witness time is not within the warrant's validity: it was logged too early or too late.
  case witnessTimeOutsideValidity(Timestamp, notBefore: Timestamp, notAfter: Timestamp)
  /// Witness time is longer ago than the roster's `maximumWitnessAgeHours`.
  case witnessTimeStale(Timestamp, now: Timestamp, maximumHours: UInt64)
  /// A judge revoked the warrant, in this entry of the log.
  case revoked(by: HolderID, entry: UInt64)
  /// The log holds an answer of this holder, in this entry, that the holder's own state does not know: the state is
  /// older than the log, or its key is in other hands.
  case stateOlderThanLog(entry: UInt64)
  /// The warrant's `unsealAfter` has not passed, or it has none.
  case stillSealed(until: Timestamp?, now: Timestamp)
}
