import Foundation

/// One row of the table.
struct Result: Encodable {
  let group: String
  let benchCase: String
  let size: Int
  let subject: String
  let reference: String
  let unit: String
  let ours: Double
  /// Nil for a figure that stands alone.
  var theirs: Double?
  /// Above 1 where we are better.
  var ratio: Double?

  /// A time against a time.
  init(
    group: String, benchCase: String, size: Int, subject: String, reference: String, unit: String,
    ours: Double,
    theirs: Double
  ) {
    self.init(
      group: group, benchCase: benchCase, size: size, subject: subject, reference: reference, unit: unit,
      ours: ours)
    self.theirs = theirs
    ratio = theirs / ours
  }

  /// A figure that stands alone.
  init(
    group: String, benchCase: String, size: Int, subject: String, reference: String = "", unit: String,
    ours: Double
  ) {
    self.group = group
    self.benchCase = benchCase
    self.size = size
    self.subject = subject
    self.reference = reference
    self.unit = unit
    self.ours = ours
  }

  private enum CodingKeys: String, CodingKey {
    case group
    case benchCase = "case"
    case size, subject, reference, unit, ours, theirs, ratio
  }
}

/// Where results go: a line of JSON each, to the file that `ESCROW_BENCHMARK_RESULTS` names, which `Scripts/bench`
/// collects. Without it there is only what the harness prints.
enum Results {
  static func add(_ result: Result) throws {
    guard let path = Settings.resultsPath else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let line = try encoder.encode(result) + Data("\n".utf8)
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let file = try FileHandle(forWritingTo: URL(filePath: path))
    try file.seekToEnd()
    try file.write(contentsOf: line)
    try file.close()
  }
}
