import Foundation
import GRDB

/// The file on disk: what it begins with, and how a new one comes to be.
enum StoreFile {
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let headerByteCount = 100
  // Offsets in SQLite's file header (https://www.sqlite.org/fileformat2.html#database_header).
  private static let userVersionOffset = 60
  private static let applicationIDOffset = 68

  /// Succeeds when the file at `path` begins like a store of a schema that this version knows. Only reads.
  static func identify(at path: String) throws(StoreError) {
    var isDirectory: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .notFound
    }
    guard !isDirectory.boolValue else { throw .notAStore }
    let header: [UInt8]
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      header = Array(try file.read(upToCount: headerByteCount) ?? Data())
    } catch { throw .inputOutput(reason: "\(error)") }
    guard header.count == headerByteCount, header.starts(with: magic),
      integer(header, at: applicationIDOffset) == StoreSchema.applicationID
    else { throw .notAStore }
    try StoreSchema.check(version: Int(integer(header, at: userVersionOffset)))
  }

  /// Makes an empty store at `path`, whole or not at all.
  ///
  /// It is built beside `path` and linked into place: a crash leaves no half store under that name, and of two
  /// processes that create at once one gets `.alreadyExists`.
  static func create(at path: String) throws(StoreError) {
    let files = FileManager.default
    guard !files.fileExists(atPath: path) else { throw .alreadyExists }
    let draft = "\(path).new-\(UUID().uuidString)"
    defer {
      for suffix in ["", "-journal"] where files.fileExists(atPath: draft + suffix) {
        try? files.removeItem(atPath: draft + suffix)
      }
    }
    do {
      // Not in WAL mode yet: application id and version must stand in the file itself from the beginning.
      let queue = try DatabaseQueue(path: draft, configuration: EscrowDatabase.connectionConfiguration())
      try queue.write { db in try StoreSchema.create(db) }
      try queue.close()
    } catch { throw StoreError(restating: error) }
    do { try files.linkItem(atPath: draft, toPath: path) } catch {
      throw files.fileExists(atPath: path) ? .alreadyExists : .inputOutput(reason: "\(error)")
    }
    try synchronizeFolder(of: path)
  }

  /// Makes the new name durable.
  private static func synchronizeFolder(of path: String) throws(StoreError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = unsafe Foundation.open(folder, O_RDONLY)
    guard descriptor >= 0 else { throw .inputOutput(reason: "cannot open \(folder)") }
    defer { _ = Foundation.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .inputOutput(reason: "cannot sync \(folder)") }
  }

  private static func integer(_ bytes: [UInt8], at offset: Int) -> Int32 {
    Int32(bitPattern: bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) })
  }
}
