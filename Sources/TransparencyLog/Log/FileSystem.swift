#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few system calls that a log is made of: sole user of file descriptors in this module.
enum FileSystem {
  /// The bytes of the file at `path`; nil when there is none.
  static func contents(of path: String, limit: Int) throws(LogError) -> [UInt8]? {
    // O_NONBLOCK: a pipe of that name must not stop the reader; it means nothing to a file.
    let descriptor = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      guard errno == ENOENT || errno == ENOTDIR else { throw failure("open", path) }
      return nil
    }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("stat", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .system(operation: "open", path: path, code: EINVAL)
    }
    guard status.st_size <= limit else { throw .corrupt(path: path) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        return retrying { unsafe read(descriptor, rest.baseAddress, rest.count) }
      }
      guard count >= 0 else { throw failure("read", path) }
      guard count > 0 else { throw .corrupt(path: path) }
      filled += count
    }
    return bytes
  }

  /// Makes `bytes` what the file at `path` holds, and when `waiting` waits until they are on the medium. The file's
  /// name may not be: see `synchronizeDirectory`.
  static func save(_ bytes: [UInt8], to path: String, waiting: Bool) throws(LogError) {
    let descriptor = retrying { unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0o644) }
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { _ = close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return retrying { unsafe write(descriptor, rest.baseAddress, rest.count) }
      }
      guard count >= 0 else { throw failure("write", path) }
      written += count
    }
    if waiting { try synchronize(descriptor, path) }
  }

  /// Waits until what the file at `path` holds is on the medium.
  static func synchronizeFile(_ path: String) throws(LogError) {
    let descriptor = retrying { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { _ = close(descriptor) }
    try synchronize(descriptor, path)
  }

  /// Gives the file `source` the name `target`, in place of what had it: at any moment, and after a crash,
  /// `target` is the old file or the new one.
  static func move(_ source: String, to target: String) throws(LogError) {
    guard unsafe rename(source, target) == 0 else { throw failure("rename", target) }
  }

  /// Waits until the names in the directory at `path` are on the medium.
  static func synchronizeDirectory(_ path: String) throws(LogError) {
    let descriptor = try openDirectory(path)
    defer { _ = close(descriptor) }
    try synchronize(descriptor, path)
  }

  /// Makes the directory at `path`, whose parent exists, and returns whether it was missing.
  static func createDirectory(_ path: String) throws(LogError) -> Bool {
    guard unsafe mkdir(path, 0o755) != 0 else { return true }
    guard errno == EEXIST else { throw failure("mkdir", path) }
    return false
  }

  /// Makes the directory at `path`, whose parent exists, and waits for its name, unless it is there.
  static func createDurableDirectory(_ path: String) throws(LogError) {
    if try createDirectory(path) { try synchronizeDirectory("\(path)/..") }
  }

  /// Removes the file at `path`, if there is one.
  static func delete(_ path: String) throws(LogError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else {
      throw failure("unlink", path)
    }
  }

  /// Removes the directory at `path` and the files in it, if there is one; it has no directories in it.
  static func deleteDirectory(_ path: String) throws(LogError) {
    guard let names = try names(in: path) else { return }
    for name in names { try delete("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 || errno == ENOENT else { throw failure("rmdir", path) }
  }

  /// The names in the directory at `path`; nil when there is none.
  static func names(in path: String) throws(LogError) -> [String]? {
    guard let directory = unsafe opendir(path) else {
      guard errno == ENOENT else { throw failure("opendir", path) }
      return nil
    }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    _ = unsafe closedir(directory)
    return names
  }

  fileprivate static func openDirectory(_ path: String) throws(LogError) -> Int32 {
    let descriptor = retrying { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure("open", path) }
    return descriptor
  }

  private static func synchronize(_ descriptor: Int32, _ path: String) throws(LogError) {
    #if canImport(Darwin)
      // fsync only reaches the drive's cache there.
      guard fcntl(descriptor, F_FULLFSYNC) == 0 else { throw failure("fsync", path) }
    #else
      guard retrying({ fsync(descriptor) }) == 0 else { throw failure("fsync", path) }
    #endif
  }

  fileprivate static func failure(_ operation: String, _ path: String) -> LogError {
    .system(operation: operation, path: path, code: errno)
  }

  /// Repeats a call that a signal interrupted.
  fileprivate static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      guard result == -1, errno == EINTR else { return result }
    }
  }
}

/// The right to write in a directory, held until this value ends or its process does.
///
/// An advisory lock (`flock`) on the directory itself, so that no file is needed that could be left behind or
/// served.
struct DirectoryLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Takes the lock of the directory at `path`.
  ///
  /// - Throws: `locked` when another process or value has it and `waiting` is false; `system`.
  init(_ path: String, waiting: Bool) throws(LogError) {
    let descriptor = try FileSystem.openDirectory(path)
    let operation = LOCK_EX | (waiting ? 0 : LOCK_NB)
    guard FileSystem.retrying({ flock(descriptor, operation) }) == 0 else {
      let error = errno == EWOULDBLOCK ? LogError.locked : FileSystem.failure("flock", path)
      _ = close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit {
    // Closing alone would leave the lock with a child that another thread is just starting and that has not yet closed
    // its copy of the descriptor.
    _ = flock(descriptor, LOCK_UN)
    _ = close(descriptor)
  }
}
