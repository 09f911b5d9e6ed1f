/// A log's files in a directory of this machine, as a static file server would serve them.
public struct LogDirectory: TileSource, Hashable, Sendable {
  /// The directory.
  public let path: String

  /// The log in the directory `path`.
  public init(_ path: String) {
    self.path = path
  }

  /// The bytes of the file `path` under the directory; nil when there is none.
  ///
  /// - Throws: `system`; `corrupt` when the file has more than `limit` bytes.
  public func read(_ path: String, limit: Int) throws(LogError) -> [UInt8]? {
    try FileSystem.contents(of: "\(self.path)/\(path)", limit: limit)
  }
}

extension TileSource {
  /// The checkpoint that the log publishes now, not yet checked.
  ///
  /// - Throws: `notALog` when there is none; `note(.malformed)`, `corrupt`, `system`.
  public func checkpoint() throws(LogError) -> UnverifiedNote {
    guard let bytes = try read(LogFile.checkpoint, limit: UnverifiedNote.maximumByteCount) else {
      throw .notALog
    }
    return try logNote { () throws(NoteError) in try UnverifiedNote(parsing: bytes.span) }
  }
}

/// The names of the files of a log beside its tiles.
enum LogFile {
  /// The published checkpoint (C2SP tlog-tiles, "Checkpoints").
  static let checkpoint = "checkpoint"

  /// The directory of tiles and entry bundles.
  static let tiles = "tile"

  /// The checkpoint that is being signed: there only while a writer publishes, or after it died doing so.
  static let next = "checkpoint.next"

  /// What is being written and has no name yet: likewise.
  static let unnamed = ".writing"
}
