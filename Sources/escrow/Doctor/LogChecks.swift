import Foundation
import TransparencyLog

/// Whether a log's public files are there, and say what a log says.
struct LogChecks {
  private static let oldestSeconds: TimeInterval = 86_400

  let path: String

  /// One finding.
  var finding: Finding {
    let file = "\(path)/checkpoint"
    let checkpoint: Checkpoint
    do {
      let bytes = try DocumentFile.read(file)
      checkpoint = try Checkpoint(parsing: try UnverifiedNote(parsing: bytes.span).text)
    } catch {
      return .fault(
        "log", Failure(error).sentence.map { $0.hasPrefix(file) ? $0 : "\(file): \($0)" } ?? file,
        "check the path, or where the log's files are mounted")
    }
    let fact = "\(checkpoint.origin), \(checkpoint.size) entries"
    let written = (try? FileManager.default.attributesOfItem(atPath: file))?[.modificationDate] as? Date
    if let age = written.map({ Date().timeIntervalSince($0) }), age > Self.oldestSeconds {
      return .warning(
        "log", "\(fact); nothing was published for \(Int(age / 3600)) hours", "ask whoever runs the log")
    }
    return .ok("log", fact)
  }
}
