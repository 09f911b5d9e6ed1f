/// What an entry of the transparency log is about.
public enum LogEntryKind: String, Sendable, CaseIterable {
  /// A roster was signed.
  case roster
  /// The state of a store at a moment, signed by the store.
  case deposits
  /// A warrant, sealed: a commitment to it, and public metadata.
  case warrant
  /// A holder's answer with shares, signed by the holder.
  case release
  /// A holder's answer without, signed by the holder.
  case refusal
  /// A judge's final word that a warrant is not to be answered, signed by the judge.
  case revocation
  /// What a recipient recovered, signed by the recipient.
  case recovery
  /// A sealed warrant is opened: who has its text can compare.
  case unsealing

  /// Whether an entry of this kind is a signed note; the others are their text alone.
  public var isSigned: Bool {
    switch self {
    case .roster, .warrant, .unsealing: false
    case .deposits, .release, .refusal, .revocation, .recovery: true
    }
  }
}
