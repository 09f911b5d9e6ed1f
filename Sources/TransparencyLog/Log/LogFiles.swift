/// Writes the files of a log so that each appears under its name whole, and that all of them can be waited for.
struct LogFiles: ~Copyable, Sendable {
  let directory: LogDirectory
  private let lock: DirectoryLock

  /// The files that may not be on the medium yet.
  private var unsynchronizedFiles: [String] = []

  /// The directories whose names may not be: one per thousand tiles written.
  private var unsynchronized: Set<String> = []

  /// After so many files the medium is waited for: once for all of them, which takes little longer than for one.
  private static let batch = 512

  init(_ directory: LogDirectory, waiting: Bool) throws(LogError) {
    self.directory = directory
    lock = try DirectoryLock(directory.path, waiting: waiting)
  }

  /// Puts a file of these bytes at `path` under the directory, in place of what is there. Its name is durable
  /// after the next `synchronize()`; until then there is the old file or the new one, also after a power cut.
  mutating func put(_ bytes: [UInt8], at path: String) throws(LogError) {
    try name(bytes, path, waiting: true)
  }

  /// Puts a file of these bytes at `path`, where nothing that was published lies. It is durable after the next
  /// `synchronize()`; until then a power cut may leave anything there, but a killed process leaves a whole file or none.
  mutating func putNew(_ bytes: [UInt8], at path: String) throws(LogError) {
    try name(bytes, path, waiting: false)
    unsynchronizedFiles.append(path)
    if unsynchronizedFiles.count >= Self.batch { try synchronizeFiles() }
  }

  private mutating func name(_ bytes: [UInt8], _ path: String, waiting: Bool) throws(LogError) {
    let unnamed = absolute(LogFile.unnamed)
    try FileSystem.save(bytes, to: unnamed, waiting: waiting)
    try createParents(of: path)
    try FileSystem.move(unnamed, to: absolute(path))
  }

  /// Removes the file at `path`, if there is one.
  func delete(_ path: String) throws(LogError) {
    try FileSystem.delete(absolute(path))
  }

  /// Removes the directory at `path` and the files in it, if there is one.
  func deleteDirectory(_ path: String) throws(LogError) {
    try FileSystem.deleteDirectory(absolute(path))
  }

  /// Waits until every file that was put is on the medium under its name.
  mutating func synchronize() throws(LogError) {
    try synchronizeFiles()
    for directory in unsynchronized { try FileSystem.synchronizeDirectory(directory) }
    unsynchronized = []
  }

  private mutating func synchronizeFiles() throws(LogError) {
    for path in unsynchronizedFiles { try FileSystem.synchronizeFile(absolute(path)) }
    unsynchronizedFiles = []
  }

  private mutating func createParents(of path: String) throws(LogError) {
    var parent = directory.path
    for component in path.split(separator: "/").dropLast() {
      let child = "\(parent)/\(component)"
      if try FileSystem.createDirectory(child) { unsynchronized.insert(parent) }
      parent = child
    }
    unsynchronized.insert(parent)
  }

  private func absolute(_ path: String) -> String { "\(directory.path)/\(path)" }
}
