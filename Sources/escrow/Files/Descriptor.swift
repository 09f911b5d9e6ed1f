import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An open file with one owner, closed with it.
struct Descriptor: ~Copyable {
  private static let isStandardInputTaken = Atomic<Bool>(false)

  let number: CInt

  init(_ number: CInt) {
    self.number = number
  }

  deinit {
    if number > Terminal.standardError { close(number) }
  }

  var isOpen: Bool { number >= 0 }

  /// Opens `path` for reading; `-` is standard input.
  ///
  /// - Throws: 64 for a file that is absent or cannot be opened.
  static func reading(_ path: String) throws(Failure) -> Descriptor {
    if path == "-" {
      guard !isStandardInputTaken.exchange(true, ordering: .relaxed) else {
        throw .usage("standard input, -, can be one file only; name the others")
      }
      return Descriptor(Terminal.standardInput)
    }
    let descriptor = Descriptor(unsafe open(path, O_RDONLY | O_CLOEXEC))
    guard descriptor.isOpen else { throw .usage("\(path): \(SystemError.last.reading)") }
    var status = stat()
    guard unsafe fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw .usage("\(path): this is a directory; name a file")
    }
    return descriptor
  }

  /// Whether this is a file on disk, which can be read twice.
  var isRegularFile: Bool {
    var status = stat()
    return unsafe fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Goes back to the first byte.
  func rewind(name: String) throws(Failure) {
    guard lseek(number, 0, SEEK_SET) == 0 else {
      throw .internalFailure("\(name): cannot be read twice: \(SystemError.last.text)")
    }
  }

  /// Fills the front of `buffer`; answers how many bytes there were, 0 at the end.
  func read(into buffer: inout MutableSpan<UInt8>, name: String) throws(Failure) -> Int {
    try Self.read(from: number, into: &buffer, name: name)
  }

  /// Reads to the end, piece by piece.
  func forEachPiece(name: String, _ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      var span = buffer.mutableSpan
      let count = try read(into: &span, name: name)
      if count == 0 { return }
      try body(buffer.span.extracting(0..<count))
    }
  }

  static func read(
    from number: CInt, into buffer: inout MutableSpan<UInt8>, name: String
  ) throws(Failure) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
        unsafe systemRead(number, buffer.baseAddress, buffer.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw .internalFailure("\(name): reading failed: \(SystemError.last.text)")
      }
    }
  }

  /// Writes all of `bytes`.
  static func write(_ bytes: Span<UInt8>, to number: CInt, name: String) throws(Failure) {
    var start = 0
    while start < bytes.count {
      let count = unsafe bytes.extracting(start..<bytes.count).withUnsafeBufferPointer { buffer in
        unsafe systemWrite(number, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        guard errno == EINTR else {
          throw .internalFailure("\(name): writing failed: \(SystemError.last.text)")
        }
        continue
      }
      start += count
    }
  }

  /// Makes what was written durable.
  func synchronize(name: String) throws(Failure) {
    guard fsync(number) == 0 else {
      throw .internalFailure("\(name): cannot be made durable: \(SystemError.last.text)")
    }
  }
}

// Inside the type, `read` and `write` are its own.
private func systemRead(_ number: CInt, _ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
  unsafe read(number, start, count)
}

private func systemWrite(_ number: CInt, _ start: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  unsafe write(number, start, count)
}

/// What the system answered to a call.
struct SystemError: Equatable {
  let number: CInt

  static var last: SystemError { SystemError(number: errno) }

  var text: String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }

  /// Why a file could not be opened, and what to do.
  var reading: String {
    switch number {
    case ENOENT, ENOTDIR: "there is no such file; check the path"
    case EACCES, EPERM: "it may not be read; check its permissions"
    default: "it cannot be opened: \(text)"
    }
  }
  /// Whose fault it is that a file of a log cannot be used.
  var exitStatus: ExitStatus {
    switch number {
    case ENOENT, ENOTDIR, EACCES, EPERM, EROFS: .usage
    // Something else than a file lies where one belongs.
    case EINVAL, EISDIR, ELOOP: .verificationFailed
    default: .internalFailure
    }
  }
}
