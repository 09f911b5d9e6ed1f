import Foundation
import Testing

/// A directory that is removed with this value.
final class TemporaryDirectory: Sendable {
  let path: String

  /// - Parameter onDisk: whether waiting for the medium must take its time; otherwise the directory lies in memory
  ///   where the system offers that, and the tests of a log's files take seconds instead of minutes.
  init(onDisk: Bool = false) throws {
    let memory = "/dev/shm"
    let isInMemory = !onDisk && FileManager.default.isWritableFile(atPath: memory)
    path = (isInMemory ? memory + "/" : NSTemporaryDirectory()) + "transparency-log-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  /// The paths of all files under the directory, or under `folder` of it, relative to that.
  func files(in folder: String = "") throws -> Set<String> {
    Set(try contents(in: folder).keys)
  }

  /// All files under `folder`, by their paths relative to it.
  func contents(in folder: String = "") throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    let base = folder.isEmpty ? path : "\(path)/\(folder)"
    for name in try FileManager.default.subpathsOfDirectory(atPath: base) {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(base)/\(name)")
      guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
      result[name] = try read(folder.isEmpty ? name : "\(folder)/\(name)")
    }
    return result
  }

  func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(path)/\(other)")
  }
}
