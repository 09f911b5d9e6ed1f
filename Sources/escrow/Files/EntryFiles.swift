import KeyEscrow
import TransparencyLog

/// Files whose bytes are entries of a log, each.
struct EntryFiles {
  private enum Entry {
    /// Read again when it is wanted: any number of files can be appended.
    case file(String)
    /// What can be read once only.
    case bytes([UInt8])
  }

  private var entries: [Entry] = []

  /// Checks every file before the first is used.
  ///
  /// - Throws: 64 for a file that is absent, 3 for one that is too large.
  init(_ paths: [String]) throws(Failure) {
    for path in paths {
      let descriptor = try Descriptor.reading(path)
      let isFile = descriptor.isRegularFile && path != "-"
      let bytes = try Self.read(descriptor, name: DocumentFile.name(of: path))
      entries.append(isFile ? .file(path) : .bytes(bytes))
    }
  }

  /// The entries, in their order.
  func forEach(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    for entry in entries {
      switch entry {
      case .bytes(let bytes): try body(bytes)
      case .file(let path): try body(try Self.read(try Descriptor.reading(path), name: path))
      }
    }
  }

  /// The first entry.
  func first() throws(Failure) -> [UInt8] {
    var result: [UInt8] = []
    var isFound = false
    try forEach { (entry) throws(Failure) in
      if !isFound { result = entry }
      isFound = true
    }
    return result
  }

  private static func read(_ descriptor: borrowing Descriptor, name: String) throws(Failure) -> [UInt8] {
    // What is too large is not read on: it may be endless.
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: EntryBundle.maximumEntryByteCount + 1)
    while bytes.count <= EntryBundle.maximumEntryByteCount {
      var span = buffer.mutableSpan
      let count = try descriptor.read(into: &span, name: name)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    throw .refused(
      "\(name): has more than \(EntryBundle.maximumEntryByteCount) bytes, and an entry of a log has at most that"
    )
  }
}
