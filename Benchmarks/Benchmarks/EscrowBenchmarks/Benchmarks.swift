import Benchmark

// The harness runs every benchmark in a process of its own; nothing here may do more than register them.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = Benchmark.Configuration(
    metrics: [], warmupIterations: 0, maxDuration: .seconds(600), maxIterations: 1)
  KernelBenchmarks.register()
  SharingBenchmarks.register()
  RecoveryBenchmarks.register()
  DepositBenchmarks.register()
  ReleaseBenchmarks.register()
  StoreBenchmarks.register()
}
