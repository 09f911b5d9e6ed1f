#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Documents on disk: read whole within a bound, written whole, or changed in place.
enum DocumentFile {
  /// The largest document that anything here reads; a signed note's own bound.
  static let maximumByteCount = 1_000_000

  /// The bytes of `path`, or of standard input for `-`.
  ///
  /// - Throws: 64 when it is absent; 5 when it is larger than `maximumByteCount`: nothing beyond is read.
  static func read(_ path: String, maximumByteCount: Int = maximumByteCount) throws(Failure) -> [UInt8] {
    let descriptor = try Descriptor.reading(path)
    return try read(descriptor, name: name(of: path), maximumByteCount: maximumByteCount)
  }

  private static func read(
    _ descriptor: borrowing Descriptor, name: String, maximumByteCount: Int
  ) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      var span = buffer.mutableSpan
      let count = try descriptor.read(into: &span, name: name)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= maximumByteCount else {
        throw .verification("\(name): is larger than \(maximumByteCount) bytes, and no such document is")
      }
    }
  }

  /// How messages call `path`.
  static func name(of path: String) -> String { path == "-" ? "standard input" : path }

  /// Writes a new document to `path`, or to standard output for `-`.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    guard path != "-" else { return try Terminal.output(bytes.span) }
    try OutputFile.write(bytes, to: path)
  }

  /// Changes the document at `path` in place, atomically. Standard input, `-`, is answered on standard output.
  ///
  /// Whoever else changes it at the same time waits: no signature is lost.
  static func edit(_ path: String, _ body: ([UInt8]) throws -> [UInt8]) throws {
    guard path != "-" else {
      let after = try body(try read(path))
      return try Terminal.output(after.span)
    }
    let file = try resolved(path)
    while try !editOnce(file, body) {}
  }

  // False when somebody put another file in its place while this one waited.
  private static func editOnce(_ path: String, _ body: ([UInt8]) throws -> [UInt8]) throws -> Bool {
    let descriptor = try Descriptor.reading(path)
    guard flock(descriptor.number, LOCK_EX) == 0 else {
      throw Failure.internalFailure("\(path): cannot be locked: \(SystemError.last.text)")
    }
    guard let mode = try mode(of: descriptor, at: path) else { return false }
    let before = try read(descriptor, name: path, maximumByteCount: maximumByteCount)
    let after = try body(before)
    if after != before { try replace(path, with: after, mode: mode) }
    return true
  }

  private static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(Failure) {
    let file = try OutputFile.replacement(of: path, access: .exactly(mode))
    try file.write(bytes.span)
    try file.commitReplacing()
  }

  // The permissions of the open file, or nil when `path` names another file by now.
  private static func mode(
    of descriptor: borrowing Descriptor, at path: String
  ) throws(Failure) -> mode_t? {
    var opened = stat()
    var named = stat()
    guard unsafe fstat(descriptor.number, &opened) == 0 else {
      throw .internalFailure("\(path): \(SystemError.last.text)")
    }
    guard unsafe stat(path, &named) == 0 else { throw .usage("\(path): \(SystemError.last.reading)") }
    guard opened.st_ino == named.st_ino, opened.st_dev == named.st_dev else { return nil }
    return opened.st_mode & 0o777
  }

  // A rename would replace a symbolic link, not the file it points to.
  private static func resolved(_ path: String) throws(Failure) -> String {
    guard let text = unsafe realpath(path, nil) else { throw .usage("\(path): \(SystemError.last.reading)") }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
