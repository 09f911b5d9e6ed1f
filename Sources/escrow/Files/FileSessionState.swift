import KeyEscrow

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A session's sealed state in a file, replaced as a whole.
struct FileSessionState: SessionStateStorage {
  let path: String

  init(_ path: String) {
    self.path = path
  }

  /// What was saved last, if anything was.
  func load() throws(Failure) -> [UInt8]? {
    Directory.holdsFile(path) ? try DocumentFile.read(path) : nil
  }

  func save(_ sealed: [UInt8]) throws(EscrowError) {
    do { try replace(with: sealed) } catch { throw .file(reason: error.sentence ?? path) }
  }

  private func replace(with sealed: [UInt8]) throws(Failure) {
    let file = try OutputFile.replacement(of: path, access: .owner)
    try file.write(sealed.span)
    let old = Descriptor(unsafe open(path, O_WRONLY | O_CLOEXEC))
    try file.commitReplacing()
    // The old state is sealed, and overwritten too: a later theft of the key should not open yesterday's chain.
    // Copy-on-write disks may keep it all the same.
    guard old.isOpen else { return }
    var status = stat()
    guard unsafe fstat(old.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
    try? Descriptor.write(zeros.span, to: old.number, name: path)
    _ = fsync(old.number)
  }
}
