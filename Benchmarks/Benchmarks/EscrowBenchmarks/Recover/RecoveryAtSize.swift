import Benchmark
import CFloor
import Foundation

/// Recoveries of 10^4 to 10^7 keys that are all different, from real files: time per key, memory, and bytes a second.
enum RecoveryAtSize {
  private static let sizes = [10_000, 100_000, 1_000_000, 10_000_000]

  private static let keys = BenchmarkMetric.custom(
    "ps per key", polarity: .prefersSmaller, useScalingFactor: false)
  private static let memory = BenchmarkMetric.custom(
    "peak bytes", polarity: .prefersSmaller, useScalingFactor: false)

  static func register() {
    Benchmark("recover files", configuration: Benchmark.Configuration(metrics: [keys, memory])) { benchmark in
      var reference: (small: RecoveryCase, nanoseconds: [Double])?
      for size in sizes {
        let recovery = try RecoveryCase(count: size)
        let isSmall = size <= 1_000_000
        var samples: [Double] = []
        var smallSamples: [Double] = []
        var wall: [Double] = []
        PeakMemory.reset()
        for _ in 0..<(isSmall ? 5 : 3) {
          let time = try nanosecondsPerKey(recovery)
          samples.append(time.processor)
          wall.append(time.wall)
          if let reference { smallSamples.append(try nanosecondsPerKey(reference.small).processor) }
        }
        let peak = PeakMemory.bytes
        let median = Comparison.median(samples)
        benchmark.measurement(keys, Int(median * 1000))
        benchmark.measurement(memory, peak)
        // Deposits and releases are read once; keys are written.
        let bytes = recovery.releaseByteCount + size * (16 + 32 + 32)
        try add(size, "files", "ns/key", median, against: smallSamples)
        try add(
          size, "files, read and written", "MB/s",
          Double(bytes) / (Comparison.median(wall) * Double(size)) * 1000)
        try add(size, "files, peak memory", "MB", Double(peak) / 1e6)
        if size == 100_000 { reference = (recovery, samples) }
      }
    }
  }

  // The processor's time, with all that the kernel does for the files, and the wall's, with what it waits for the disk.
  private static func nanosecondsPerKey(
    _ recovery: RecoveryCase
  ) throws -> (processor: Double, wall: Double) {
    var wall: UInt64 = 0
    let run = Contender("ours") { _ in
      wall = try Contender.onWall("ours") { _ in try recovery.recover() }.run(1)
    }
    let processor = try run.run(1)
    return (Double(processor) / Double(recovery.count), Double(wall) / Double(recovery.count))
  }

  private static func add(
    _ size: Int, _ subject: String, _ unit: String, _ value: Double, against reference: [Double] = []
  ) throws {
    let subject = "Recovery.recover, \(subject)"
    guard !reference.isEmpty else {
      return try Results.add(
        Result(group: "recover", benchCase: "batch", size: size, subject: subject, unit: unit, ours: value))
    }
    try Results.add(
      Result(
        group: "recover", benchCase: "batch", size: size, subject: subject, reference: "100000 keys",
        unit: unit,
        ours: value, theirs: Comparison.median(reference)))
  }
}

/// The most memory that the process held since the last `reset`, as Linux counts it.
enum PeakMemory {
  static func reset() {
    // Memory that was freed goes back first.
    process_trim_memory()
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .ascii)
  }

  static var bytes: Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = Int(line.filter(\.isNumber))
    else { return 0 }
    return kilobytes * 1024
  }
}
