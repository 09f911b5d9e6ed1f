#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file in the making: a temporary beside its destination, which gets its name only when it is whole and durable.
///
/// Without `commit` nothing remains. A file that is already there is never overwritten.
struct OutputFile: ~Copyable {
  /// What others may do with a file.
  enum Access {
    /// Read it, as far as the umask allows.
    case shared
    /// Nothing.
    case owner
    /// Exactly what these bits say, whatever the umask.
    case exactly(mode_t)

    var mode: mode_t {
      switch self {
      case .shared: 0o644
      case .owner: 0o600
      case .exactly(let mode): mode
      }
    }
  }

  /// Where it will be.
  let path: String
  private let temporary: String
  private let descriptor: Descriptor

  /// Begins the file at `path`.
  ///
  /// - Throws: 64 when it is already there, or its directory is not.
  static func create(_ path: String, access: Access = .shared) throws(Failure) -> OutputFile {
    try requireAbsent(path)
    return try begin(path, access: access)
  }

  /// Begins what will take the place of the file at `path`.
  static func replacement(of path: String, access: Access) throws(Failure) -> OutputFile {
    try begin(path, access: access)
  }

  private static func begin(_ path: String, access: Access) throws(Failure) -> OutputFile {
    for _ in 0..<16 {
      let temporary = temporaryPath(beside: path)
      Interruption.register(temporary)
      let number = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access.mode)
      if number >= 0 {
        if case .exactly(let mode) = access { _ = fchmod(number, mode) }
        return OutputFile(path: path, temporary: temporary, descriptor: Descriptor(number))
      }
      let error = SystemError.last
      Interruption.forget(temporary)
      switch error.number {
      case EEXIST: continue
      case ENOENT, ENOTDIR:
        throw .usage("\(path): its directory \(directory(of: path)) is not there; make it first")
      case EACCES, EPERM, EROFS:
        throw .usage("\(path): nothing may be written in \(directory(of: path)); check its permissions")
      default: throw .internalFailure("\(path): cannot be written: \(error.text)")
      }
    }
    throw .internalFailure("\(path): no temporary beside it could be made")
  }

  /// Removes a file that this process has made.
  static func remove(_ path: String) {
    _ = unsafe unlink(path)
  }

  /// Refuses a path that something has already.
  static func requireAbsent(_ path: String) throws(Failure) {
    var status = stat()
    guard unsafe lstat(path, &status) != 0 else {
      throw .usage("\(path): is already there and is not overwritten; name another file")
    }
  }

  private init(path: String, temporary: String, descriptor: consuming Descriptor) {
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    // After a commit there is nothing under this name any more.
    _ = unsafe unlink(temporary)
    Interruption.forget(temporary)
  }

  /// Appends `bytes`.
  func write(_ bytes: Span<UInt8>) throws(Failure) {
    try Descriptor.write(bytes, to: descriptor.number, name: path)
  }

  /// Makes the file durable and gives it its name.
  consuming func commit() throws(Failure) {
    try descriptor.synchronize(name: path)
    try Interruption.protecting([temporary]) { () throws(Failure) in try name() }
    try Self.synchronizeDirectory(of: path)
  }

  /// Makes the file durable and puts it in the place of what is at `path` now.
  consuming func commitReplacing() throws(Failure) {
    try descriptor.synchronize(name: path)
    try Interruption.protecting([temporary]) { () throws(Failure) in
      guard unsafe rename(temporary, path) == 0 else {
        throw .internalFailure("\(path): cannot be replaced: \(SystemError.last.text)")
      }
    }
    try Self.synchronizeDirectory(of: path)
  }

  /// Makes three files durable, and gives them their names so that an interruption leaves all of them or none.
  static func commit(
    _ first: consuming OutputFile, _ second: consuming OutputFile, _ third: consuming OutputFile
  ) throws(Failure) {
    try first.descriptor.synchronize(name: first.path)
    try second.descriptor.synchronize(name: second.path)
    try third.descriptor.synchronize(name: third.path)
    try Interruption.protecting([first.temporary, second.temporary, third.temporary]) { () throws(Failure) in
      try name(first, second)
      do throws(Failure) { try third.name() } catch {
        _ = unsafe unlink(first.path)
        _ = unsafe unlink(second.path)
        throw error
      }
    }
    try synchronizeDirectory(of: third.path)
  }

  /// Makes two files durable and gives them their names; see above.
  static func commit(
    _ first: consuming OutputFile, _ second: consuming OutputFile
  ) throws(Failure) {
    try first.descriptor.synchronize(name: first.path)
    try second.descriptor.synchronize(name: second.path)
    try Interruption.protecting([first.temporary, second.temporary]) { () throws(Failure) in
      try name(first, second)
    }
    try synchronizeDirectory(of: second.path)
  }

  private static func name(
    _ first: borrowing OutputFile, _ second: borrowing OutputFile
  ) throws(Failure) {
    try first.name()
    do throws(Failure) { try second.name() } catch {
      _ = unsafe unlink(first.path)
      throw error
    }
  }

  // A hard link fails where a rename would silently replace. File systems without hard links get the rename, after
  // one more look.
  private borrowing func name() throws(Failure) {
    if unsafe link(temporary, path) == 0 {
      _ = unsafe unlink(temporary)
      return
    }
    let error = SystemError.last
    guard error.number != EEXIST else {
      throw .usage("\(path): is already there and is not overwritten; name another file")
    }
    guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.number) else {
      throw .internalFailure("\(path): cannot be named: \(error.text)")
    }
    try Self.requireAbsent(path)
    guard unsafe rename(temporary, path) == 0 else {
      throw .internalFailure("\(path): cannot be named: \(SystemError.last.text)")
    }
  }

  /// Gives a directory that is whole its name, durably.
  static func nameDirectory(_ temporary: String, _ path: String) throws(Failure) {
    try synchronizeDirectory(of: "\(temporary)/.")
    guard unsafe rename(temporary, path) == 0 else {
      throw .internalFailure("\(path): cannot be named: \(SystemError.last.text)")
    }
    try synchronizeDirectory(of: path)
  }

  /// The directory that `path` is in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A name beside `path` that nobody else has.
  static func temporaryPath(beside path: String) -> String {
    "\(directory(of: path))/.escrow-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tmp"
  }

  /// Makes a name in a directory durable.
  static func synchronizeDirectory(of path: String) throws(Failure) {
    let directory = Descriptor(unsafe open(directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard directory.isOpen else { return }
    // Some file systems refuse to synchronise a directory; then the rename is as durable as they make it.
    _ = fsync(directory.number)
  }
}

extension OutputFile {
  /// Writes a whole file.
  static func write(_ bytes: [UInt8], to path: String, access: Access = .shared) throws(Failure) {
    let file = try create(path, access: access)
    try file.write(bytes.span)
    try file.commit()
  }
}
