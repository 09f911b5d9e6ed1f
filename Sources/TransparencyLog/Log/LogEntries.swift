/// The entries of a log, one after the other, each checked against the checkpoint before it is returned.
public struct LogEntries<Source: TileSource> {
  private let reader: LogReader<Source>
  private var bundle: EntryBundle?

  /// The index of the entry that `next()` returns.
  public private(set) var nextIndex: UInt64

  init(reader: LogReader<Source>, nextIndex: UInt64) {
    self.reader = reader
    self.nextIndex = nextIndex
  }

  /// The next entry; nil when the checkpoint's size is reached.
  ///
  /// - Throws: as `LogReader.bundle(_:)`; the same entry is then next again.
  public mutating func next() throws(LogError) -> (index: UInt64, bytes: ArraySlice<UInt8>)? {
    guard nextIndex < reader.checkpoint.size else { return nil }
    if bundle == nil || nextIndex.isMultiple(of: 256) { bundle = try reader.bundle(nextIndex / 256) }
    guard let bundle else { return nil }
    defer { nextIndex += 1 }
    return (nextIndex, bundle[Int(nextIndex % 256)])
  }
}

extension LogEntries: Sendable where Source: Sendable {}
