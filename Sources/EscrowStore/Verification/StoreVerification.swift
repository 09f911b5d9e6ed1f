/// What a full verification of a store came to.
public struct StoreVerification: Equatable, Sendable {
  /// The most findings that are kept.
  public static let maximumFindings = 1000

  /// Sessions looked at.
  public internal(set) var sessions: UInt64 = 0
  /// Deposits looked at.
  public internal(set) var deposits: UInt64 = 0
  /// Records that these deposits list.
  public internal(set) var records: UInt64 = 0
  /// What is wrong, in the order it was found: the file, then session after session, then the index.
  public private(set) var findings: [StoreFinding] = []
  /// Whether there were more findings than are kept.
  public private(set) var isTruncated = false

  /// Whether nothing is wrong.
  public var isClean: Bool { findings.isEmpty }

  mutating func add(_ finding: StoreFinding) {
    if findings.count < Self.maximumFindings { findings.append(finding) } else { isTruncated = true }
  }
}
