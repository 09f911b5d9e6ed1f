import Foundation

/// What `Scripts/bench` says to the benchmarks, which the harness starts, by environment variables.
enum Settings {
  /// Fewer sizes and rounds: for continuous integration.
  static let isQuick = variable("ESCROW_BENCHMARK_QUICK") != nil
  /// Where results go.
  static let resultsPath = variable("ESCROW_BENCHMARK_RESULTS")
  /// A Python that has the libraries of `Peers/python`; without it those rows are left out.
  static let python = variable("ESCROW_BENCHMARK_PYTHON")
  /// The folder of `Peers/python`.
  static let pythonPeers = variable("ESCROW_BENCHMARK_PYTHON_PEERS") ?? "Peers/python"
  /// Where large files may be written; 20 GB at most are.
  static let folder = variable("ESCROW_BENCHMARK_FOLDER") ?? NSTemporaryDirectory()

  private static func variable(_ name: String) -> String? {
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else { return nil }
    return value
  }
}

/// Why a benchmark could not run.
struct Unusable: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
