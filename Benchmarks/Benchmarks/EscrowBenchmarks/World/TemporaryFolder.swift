import Foundation
import KeyEscrow

/// A folder that goes with its last user.
final class TemporaryFolder {
  private let url: URL

  init() throws {
    url = URL(filePath: Settings.folder).appending(path: "escrow-benchmark-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}

/// A file that is being written. What is written to the descriptor stands in the page cache.
final class OutputBytes: ChunkSpool {
  private let descriptor: CInt
  private(set) var byteCount = 0

  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Unusable("\(path) cannot be written") }
  }

  deinit { _ = Foundation.close(descriptor) }

  func append(_ bytes: [UInt8]) throws(EscrowError) { try append(bytes.span) }

  func append(_ bytes: Span<UInt8>) throws(EscrowError) {
    var done = 0
    let isWritten = bytes.withUnsafeBufferPointer { buffer in
      while done < buffer.count {
        let count = pwrite(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(byteCount + done))
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
    guard isWritten else { throw .file(reason: "the disk is full") }
    byteCount += bytes.count
  }

  /// The next bytes go to the beginning again.
  func rewind() { byteCount = 0 }

  /// Waits until the disk has what was written.
  func close() throws {
    guard fdatasync(descriptor) == 0 else { throw Unusable("a file cannot be synchronised") }
  }
}
