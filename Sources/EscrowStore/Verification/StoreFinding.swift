public import LibCrypto

/// Something wrong in a store, and where.
public struct StoreFinding: Equatable, Sendable, CustomStringConvertible {
  /// The session, if it is about one.
  public let session: Digest?
  /// The deposit's or head's sequence number, if it is about one.
  public let sequence: UInt64?
  /// What is wrong.
  public let fault: StoreFault

  /// A finding.
  public init(session: Digest? = nil, sequence: UInt64? = nil, fault: StoreFault) {
    self.session = session
    self.sequence = sequence
    self.fault = fault
  }

  /// One line for people.
  public var description: String {
    var place = session.map { "session \($0)" } ?? "store"
    if let sequence { place += ", sequence \(sequence)" }
    return "\(place): \(fault)"
  }
}
