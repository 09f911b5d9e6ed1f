import KeyEscrow
import SecretMemory

/// Reads key lines one after another, from a file or a pipe, through one buffer that is erased.
struct KeyLineReader: ~Copyable {
  private static let bufferByteCount = 65_536

  private let input: Descriptor
  private let name: String
  private var buffer: SecretBytes
  private var start = 0
  private var end = 0
  private var isAtEnd = false
  /// The number of the line read last, from 1.
  private(set) var line: UInt64 = 0

  /// A reader of `path`; `-` is standard input.
  static func open(_ path: String) throws(Failure) -> KeyLineReader {
    KeyLineReader(
      input: try Descriptor.reading(path), name: DocumentFile.name(of: path),
      buffer: try SecretFile.allocate(bufferByteCount))
  }

  private init(input: consuming Descriptor, name: String, buffer: consuming SecretBytes) {
    self.input = input
    self.name = name
    self.buffer = buffer
  }

  /// Whether the lines can be read a second time.
  var canRewind: Bool { input.isRegularFile }

  /// Goes back to the first line.
  mutating func rewind() throws(Failure) {
    try input.rewind(name: name)
    buffer.erase()
    start = 0
    end = 0
    isAtEnd = false
    line = 0
  }

  /// Reads the next line's key into `key`; nil at the end.
  ///
  /// - Throws: 5 for a line that is not exactly a key line, and for input that holds none at all.
  mutating func next(key: inout MutableSpan<UInt8>) throws(Failure) -> RecordLocator? {
    guard let range = try nextLine() else {
      guard line > 0 else { throw .verification("\(name): holds no record; give one JSON object a line") }
      return nil
    }
    do {
      return try buffer.withBytes { bytes throws(KeyLine.Fault) in
        try KeyLine.parse(bytes.extracting(range), key: &key)
      }
    } catch { throw .verification("\(name): line \(line) \(error.reason)") }
  }

  // Where the next line lies in the buffer, without its line feed.
  private mutating func nextLine() throws(Failure) -> Range<Int>? {
    var scanned = start
    while true {
      let newline = buffer.withBytes { bytes in
        var index = scanned
        while index < end, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        return index
      }
      let isFound = newline < end
      guard newline - start <= KeyLine.maximumByteCount else {
        throw .verification("\(name): line \(line + 1) is longer than \(KeyLine.maximumByteCount) bytes")
      }
      if isFound || isAtEnd {
        guard isFound || newline > start else { return nil }
        defer { start = min(newline + 1, end) }
        line += 1
        return start..<newline
      }
      scanned = newline - start
      try refill()
    }
  }

  // Moves what is left to the front, and reads on.
  private mutating func refill() throws(Failure) {
    let (first, last) = (start, end)
    end = last - first
    start = 0
    let filled = end
    let count = try buffer.withMutableBytes { bytes throws(Failure) in
      for index in 0..<filled { bytes[index] = bytes[first + index] }
      return try bytes.withSlice(filled..<bytes.count) { rest throws(Failure) in
        try input.read(into: &rest, name: name)
      }
    }
    if count == 0 { isAtEnd = true } else { end += count }
  }
}
