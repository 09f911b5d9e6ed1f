#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Directories of keys and answers: their owner's alone.
enum Directory {
  /// Makes `path` if it is not there.
  ///
  /// - Returns: whether it was made.
  @discardableResult
  static func create(_ path: String) throws(Failure) -> Bool {
    if unsafe mkdir(path, 0o700) == 0 { return true }
    let error = SystemError.last
    switch error.number {
    case EEXIST:
      guard exists(path) else { throw .usage("\(path): is a file; name a directory") }
      return false
    case ENOENT, ENOTDIR:
      throw .usage(
        "\(path): its directory \(OutputFile.directory(of: path)) is not there; make it first")
    case EACCES, EPERM, EROFS: throw .usage("\(path): may not be made; check the permissions")
    default: throw .internalFailure("\(path): cannot be made: \(error.text)")
    }
  }

  /// Removes `path` if it is empty.
  static func removeIfEmpty(_ path: String) {
    _ = unsafe rmdir(path)
  }

  /// Whether `path` is a directory.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything at `path`.
  static func holdsAnything(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Whether there is a file at `path`.
  static func holdsFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}

/// A lock that one process at a time holds; given back when the process ends, however it ends.
struct FileLock: ~Copyable {
  private let descriptor: Descriptor

  private init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// Waits for the lock at `path`, and says so when somebody else has it.
  static func wait(_ path: String, for what: String) throws(Failure) -> FileLock {
    let descriptor = Descriptor(unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    guard descriptor.isOpen else {
      throw .internalFailure("\(path): cannot be opened: \(SystemError.last.text)")
    }
    if flock(descriptor.number, LOCK_EX | LOCK_NB) != 0 {
      Terminal.note("waiting for \(what)")
      while flock(descriptor.number, LOCK_EX) != 0 {
        guard errno == EINTR else {
          throw .internalFailure("\(path): cannot be locked: \(SystemError.last.text)")
        }
      }
    }
    return FileLock(descriptor)
  }
}
