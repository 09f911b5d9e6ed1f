public import KeyEscrow
public import SecretSharing

/// Why a plan or an answers file is not taken. Whoever wrote it is told the line.
public enum PlanFileError: Error, Equatable, Sendable {
  /// It is not what it must be: a sentence that begins with the line, where there is one.
  case malformed(String)
  /// The access policy at `place` is none.
  case policy(SharingError, place: String)
  /// The log at `place` is none that a roster may name.
  case log(EscrowError, place: String)
  /// It reads well, and leads to no roster.
  case refused(EscrowError)
}
