import KeyEscrow

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sealed chunks on their way into a file, kept in one that has no name: it goes with the process.
final class UnlinkedSpool: ChunkSpool {
  private let descriptor: Descriptor
  private let name: String

  /// A spool on the disk where `path` will be.
  init(beside path: String) throws(Failure) {
    let temporary = OutputFile.temporaryPath(beside: path)
    name = "a temporary in \(OutputFile.directory(of: path))"
    Interruption.register(temporary)
    defer { Interruption.forget(temporary) }
    descriptor = Descriptor(unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
    guard descriptor.isOpen else {
      throw .usage(
        "\(path): nothing can be written in \(OutputFile.directory(of: path)): \(SystemError.last.text)")
    }
    _ = unsafe unlink(temporary)
  }

  func append(_ bytes: [UInt8]) throws(EscrowError) {
    do { try append(bytes.span) } catch { throw .file(reason: error.sentence ?? name) }
  }

  func append(_ bytes: Span<UInt8>) throws(Failure) {
    try Descriptor.write(bytes, to: descriptor.number, name: name)
  }

  /// Writes a bulk file: `front`, and everything that was taken. `-` is standard output.
  func write(front: [UInt8], to path: String, access: OutputFile.Access = .shared) throws(Failure) {
    guard path != "-" else {
      try Terminal.output(front.span)
      return try forEachPiece { bytes throws(Failure) in try Terminal.output(bytes) }
    }
    let file = try OutputFile.create(path, access: access)
    try file.write(front.span)
    try forEachPiece { bytes throws(Failure) in try file.write(bytes) }
    try file.commit()
  }

  /// Reads what was taken, from the beginning.
  func forEachPiece(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try descriptor.rewind(name: name)
    try descriptor.forEachPiece(name: name, body)
  }
}

/// The spool is a source too, once it is full: what came through a pipe can be read at any place.
extension UnlinkedSpool: ByteSource, @unchecked Sendable {
  // Sendable: the descriptor never changes, and `pread` has no position to share.
  var byteCount: Int {
    var status = stat()
    return unsafe fstat(descriptor.number, &status) == 0 ? Int(status.st_size) : 0
  }

  func read(_ range: Range<Int>) throws(EscrowError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < range.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor.number, buffer.baseAddress.map { unsafe $0 + filled }, range.count - filled,
          off_t(range.lowerBound + filled))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .file(reason: "it ends too early") }
      filled += count
    }
    return bytes
  }
}
