/// Where the files of a log are read: a directory, or whatever copies of one can be fetched from.
///
/// What it gives is checked against a checkpoint, so it need not be trusted.
public protocol TileSource {
  /// The bytes of the file `path` under the log's directory; nil when there is none.
  ///
  /// - Throws: `system` when that cannot be told; `corrupt` when the file has more than `limit` bytes.
  func read(_ path: String, limit: Int) throws(LogError) -> [UInt8]?
}
