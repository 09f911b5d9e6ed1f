#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes that are read piece by piece: a file, or memory.
public protocol ByteSource: Sendable {
  /// The number of bytes.
  var byteCount: Int { get }
  /// The bytes of `range`; `.file` when they cannot be read whole.
  func read(_ range: Range<Int>) throws(EscrowError) -> [UInt8]
}

/// Bytes in memory.
public struct MemoryBytes: ByteSource {
  private let bytes: [UInt8]

  /// A source of `bytes`.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The number of bytes.
  public var byteCount: Int { bytes.count }

  /// The bytes of `range`.
  public func read(_ range: Range<Int>) throws(EscrowError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
      throw .file(reason: "it ends too early")
    }
    return Array(bytes[range])
  }
}

/// A file that stays open and is read at any place, also from several threads.
///
/// It is read with `pread`, not mapped: a file that somebody cuts short while it is read must give an error, not a
/// signal.
public final class FileBytes: ByteSource {
  private let descriptor: CInt
  /// The size when it was opened.
  public let byteCount: Int

  /// Opens `path` for reading.
  public init(path: String) throws(EscrowError) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(reason: "\(path): \(Self.systemReason())") }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .file(reason: "\(path) is not a regular file")
    }
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes of `range`.
  public func read(_ range: Range<Int>) throws(EscrowError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw .file(reason: "it ends too early")
    }
    var filled = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initializedCount in
      while filled < range.count {
        let count = unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), range.count - filled,
          off_t(range.lowerBound + filled))
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { break }
        filled += count
      }
      initializedCount = filled
    }
    guard bytes.count == range.count else { throw .file(reason: "it ends too early") }
    return bytes
  }

  private static func systemReason() -> String {
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
  }
}
