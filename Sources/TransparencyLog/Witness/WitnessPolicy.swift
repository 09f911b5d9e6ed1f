/// Which logs are known, which witnesses, and which of these must have cosigned a checkpoint.
///
///     log <vkey> [<url>]
///     witness <name> <vkey> [<url>]
///     group <name> all|any|<k> <name>…
///     quorum <name>|none
///
/// Source: C2SP tlog-policy. Its names are of the file's own, and URLs are where somebody might ask: neither is
/// kept. Only reading a text makes a policy, so that in every quorum a witness counts once.
public struct WitnessPolicy: Hashable, Sendable {
  /// The largest policy that is read, in bytes.
  public static let maximumByteCount = 65_536

  /// The logs, whose origins are the names of their keys; possibly none.
  public private(set) var logs: [LogIdentity]

  /// All witnesses, also those that the quorum does not name.
  public let witnesses: [CosignatureVerifierKey]

  /// Which witnesses must have cosigned.
  public let quorum: Quorum

  /// Reads a policy. Lines end in newlines, words are parted by spaces and tabs, `#` starts a comment line, and
  /// names are compared as bytes.
  ///
  /// - Throws: `malformedPolicy` with the number of the first line that breaks a rule of C2SP tlog-policy, also
  ///   one whose key is not Ed25519.
  public init(parsing bytes: Span<UInt8>) throws(LogError) {
    var parser = WitnessPolicyParser()
    try parser.read(bytes)
    guard let quorum = parser.quorum else { throw .malformedPolicy(line: 0) }
    logs = parser.logs
    witnesses = parser.witnesses
    self.quorum = quorum
  }
  /// The same witnesses and quorum for `log` alone, whatever logs the policy names: for those who know the log from
  /// elsewhere, or whose log's origin is not its key's name.
  public func trusting(_ log: LogIdentity) -> WitnessPolicy {
    var policy = self
    policy.logs = [log]
    return policy
  }
}
