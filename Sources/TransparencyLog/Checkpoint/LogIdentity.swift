/// A log that somebody knows: its name and the key that signs its checkpoints.
public struct LogIdentity: Hashable, Sendable {
  private let exactOrigin: ExactString

  /// The key that signs the log's checkpoints.
  public let key: NoteVerifierKey

  /// The first line of the log's checkpoints, compared as UTF-8 bytes.
  public var origin: String { exactOrigin.string }

  /// The log `origin` under `key`, whose name ought to be the origin.
  public init(origin: String, key: NoteVerifierKey) {
    exactOrigin = ExactString(origin)
    self.key = key
  }

  /// The log whose origin is the name of its key, as in a tlog-policy.
  public init(key: NoteVerifierKey) {
    self.init(origin: key.name, key: key)
  }

  func signs(_ checkpoint: Checkpoint) -> Bool {
    ExactString(checkpoint.origin) == exactOrigin
  }
}
