/// Takes a bulk file's chunks while its note cannot be written yet.
///
/// What goes in is sealed: a spool may lie on a disk.
public protocol ChunkSpool: AnyObject {
  /// Takes the next bytes.
  func append(_ bytes: [UInt8]) throws(EscrowError)
}

/// A spool in memory.
public final class MemorySpool: ChunkSpool {
  /// What was taken so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty spool.
  public init() {}

  /// Takes the next bytes.
  public func append(_ bytes: [UInt8]) {
    self.bytes += bytes
  }
}
