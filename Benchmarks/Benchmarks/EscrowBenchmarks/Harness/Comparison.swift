import Benchmark
import CFloor

/// One of our operations against others that do the same work, in turns within one process.
///
/// The machine's speed drifts, and other programs come and go: so in every round each contender runs for a moment, the
/// order changing from round to round, and medians over the rounds are compared.
struct Comparison {
  let group: String
  let benchCase: String
  /// Bytes of output, or keys.
  let size: Int
  /// What of ours is measured.
  let subject: String
  /// What one unit of the figures is, such as `ns/key`.
  var unit = "ns/call"
  /// How many of that unit one repetition does.
  var unitsPerRepetition = 1
  var rounds = Settings.isQuick ? 7 : 15
  /// How long a contender runs in a round, at least, unless one repetition takes longer.
  var sliceNanoseconds: UInt64 = Settings.isQuick ? 1_000_000 : 3_000_000
  /// Whether the best of the rounds' ratios is reported instead of the ratio of the medians: for what other programs on
  /// the machine can only make look worse.
  var isBestRound = false
  /// Above this, repetitions are not doubled any more.
  var maximumRepetitions = 1 << 24

  var name: String { "\(group) \(benchCase) \(size)" + (subject.isEmpty ? "" : " \(subject)") }

  /// Picoseconds, so that whole numbers are fine enough for the shortest calls.
  private static func metric(_ contender: String) -> BenchmarkMetric {
    .custom("\(contender), ps per unit", polarity: .prefersSmaller, useScalingFactor: false)
  }

  /// Registers the comparison. `prepare` runs in the benchmark's own process, and gives ours and the others.
  func register(
    against references: [String], _ prepare: @escaping () throws -> (ours: Contender, others: [Contender])
  ) {
    let metrics = ([subject] + references).map(Self.metric)
    let configuration = Benchmark.Configuration(metrics: metrics)
    Benchmark(name, configuration: configuration) { benchmark in
      process_keep_memory()
      let (ours, others) = try prepare()
      try run(ours, others, benchmark)
    }
  }

  /// Runs all rounds, and hands every figure to the harness and the medians to the results.
  func run(_ ours: Contender, _ others: [Contender], _ benchmark: Benchmark) throws {
    let contenders = [ours] + others
    let repetitions = try contenders.map(repetitions)
    var samples = [[Double]](repeating: [], count: contenders.count)
    for round in 0..<rounds {
      for turn in contenders.indices {
        let index = (turn + round) % contenders.count
        let nanoseconds = try contenders[index].run(repetitions[index])
        let perUnit = Double(nanoseconds) / Double(repetitions[index] * unitsPerRepetition)
        samples[index].append(perUnit)
        let name = index == 0 ? subject : contenders[index].name
        benchmark.measurement(Self.metric(name), Int((perUnit * 1000).rounded()))
      }
    }
    let medians = samples.map(Self.median)
    for (index, other) in others.enumerated() {
      var result = Result(
        group: group, benchCase: benchCase, size: size, subject: subject, reference: other.name, unit: unit,
        ours: medians[0], theirs: medians[index + 1])
      if isBestRound { result.ratio = zip(samples[index + 1], samples[0]).map { $0 / $1 }.max() }
      try Results.add(result)
    }
  }

  /// Doubles the repetitions until a slice is long enough; that warms the caches, too.
  private func repetitions(_ contender: Contender) throws -> Int {
    var count = 1
    while count < maximumRepetitions {
      let nanoseconds = try contender.run(count)
      guard nanoseconds < sliceNanoseconds else { break }
      count *= nanoseconds * 8 < sliceNanoseconds ? 4 : 2
    }
    return min(count, maximumRepetitions)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
