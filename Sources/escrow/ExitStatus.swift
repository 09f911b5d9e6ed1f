/// The exit codes of every command. Scripts rely on them: a number is never given another meaning.
enum ExitStatus: Int32, Sendable {
  /// Done.
  case done = 0
  /// Something that is nobody's input failed: the disk, the system, this program.
  case internalFailure = 1
  /// Refused by a policy, a roster's rules or a warrant.
  case refused = 3
  /// The holders who answered do not satisfy the policy yet.
  case quorumNotReached = 4
  /// Something does not verify, does not parse, or is not canonical.
  case verificationFailed = 5
  /// A private key cannot be used: missing, unreadable, or its passphrase is wrong.
  case keyUnavailable = 6
  /// Wrong flags or policy syntax; a file that is absent, or already there.
  case usage = 64
  /// Interrupted by a signal.
  case interrupted = 130
}
