public import SecretSharing

/// Who acts in a ceremony: a holder, or the witness, who holds no share and watches.
public enum CeremonyActor: Hashable, Sendable, CustomStringConvertible {
  /// The name of the witness's key and of the witness in every text.
  public static let witnessName = "witness"

  /// The holder of this id.
  case holder(HolderID)
  /// The witness.
  case witness

  /// An actor from `witness` or a holder's id.
  ///
  /// - Throws: `SharingError` when it is neither.
  public init(parsing text: String) throws(SharingError) {
    // Compared as bytes, as all names of keys are.
    self =
      text.utf8.elementsEqual(Self.witnessName.utf8)
      ? .witness : .holder(try HolderID(parsing: text))
  }

  /// The holder's id; nil for the witness.
  public var holder: HolderID? {
    if case .holder(let id) = self { id } else { nil }
  }

  /// `witness`, or the holder's id. It names the actor's key too.
  public var description: String {
    switch self {
    case .holder(let id): id.description
    case .witness: Self.witnessName
    }
  }

  /// The same for the name of a file: `judge-paris`. A role has no hyphen, so no two actors share one.
  public var fileName: String { description.replacing(":", with: "-") }
}
