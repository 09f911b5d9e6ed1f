/// Writes the files of a log so that each appears under its name whole, and that all of them can be waited for.
struct LogFiles: ~Copyable, Sendable {
  let directory: LogDirectory
  private let lock: DirectoryLock

  /// The directories whose names may not be on the medium yet: one per thousand tiles written.
  private var unsynchronized: Set<String> = []

  init(_ directory: LogDirectory, waiting: Bool) throws(LogError) {
    self.directory = directory
    lock = try DirectoryLock(directory.path, waiting: waiting)
  }

  /// Puts a file of these bytes at `path` under the directory, in place of what is there. Its name is durable
  /// after the next `synchronize()`.
  mutating func put(_ bytes: [UInt8], at path: String) throws(LogError) {
    let unnamed = absolute(LogFile.unnamed)
    try FileSystem.save(bytes, to: unnamed)
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
    for directory in unsynchronized { try FileSystem.synchronizeDirectory(directory) }
    unsynchronized = []
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
