import Foundation
import KeyEscrow

/// Releases and extracts on disk, which may be too large for memory.
enum BulkInput {
  // What a pipe may bring at most; a file is read in place and may have any size.
  private static let maximumPipedByteCount = 16 << 30

  /// The bytes of `path`; `-` is standard input.
  static func open(_ path: String) throws(Failure) -> any ByteSource {
    guard path == "-" else {
      let descriptor = try Descriptor.reading(path)
      if descriptor.isRegularFile {
        do { return try FileBytes(path: path) } catch { throw Failure(error, at: path) }
      }
      return try spool(descriptor, name: path)
    }
    return try spool(try Descriptor.reading(path), name: DocumentFile.name(of: path))
  }

  // Bulk files begin with a note of at most 1 MB. What does not look like one by then is not read on: an endless
  // pipe fills no disk.
  private static func spool(
    _ descriptor: borrowing Descriptor, name: String
  ) throws(Failure) -> any ByteSource {
    let spool = try UnlinkedSpool(beside: "\(FileManager.default.temporaryDirectory.path)/spool")
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    var isChecked = false
    while true {
      var span = buffer.mutableSpan
      let read = try descriptor.read(into: &span, name: name)
      if read == 0 { return spool }
      try spool.append(buffer.span.extracting(0..<read))
      count += read
      if !isChecked, count > 2 * DocumentFile.maximumByteCount {
        isChecked = try locating(name) { try BulkFile.isFront(of: spool) }
        guard isChecked else {
          throw .verification("\(name): this is no release or extract: no note stands at its beginning")
        }
      }
      guard count <= maximumPipedByteCount else {
        throw .verification("\(name): is larger than 16 GiB; give a file instead of a pipe")
      }
    }
  }
}
