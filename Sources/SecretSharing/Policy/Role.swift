/// What a holder is in the procedure.
public enum Role: String, Sendable, CaseIterable, Comparable {
  /// Decides whether a warrant is given.
  case judge
  /// Operates the messaging service.
  case provider
  /// Investigates, and executes the judge's decision.
  case agency

  /// By name, in byte order.
  public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
