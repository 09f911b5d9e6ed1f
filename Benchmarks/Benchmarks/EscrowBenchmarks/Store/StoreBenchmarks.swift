import Benchmark
import EscrowStore
import Foundation
import KeyEscrow

/// The SQLite store: what taking deposits in costs per key as it grows, and what finding a warrant's records costs.
enum StoreBenchmarks {
  private static let sizes = Settings.isQuick ? [100_000] : [100_000, 1_000_000, 10_000_000]
  private static let depositsPerSubmission = 64
  private static let lookups = 200

  private static let ingest = BenchmarkMetric.custom(
    "ingest, ps per key", polarity: .prefersSmaller, useScalingFactor: false)
  private static let lookup = BenchmarkMetric.custom(
    "lookup, ns per warrant", polarity: .prefersSmaller, useScalingFactor: false)

  static func register() {
    Benchmark("store batch", configuration: Benchmark.Configuration(metrics: [ingest, lookup])) { benchmark in
      let world = try EscrowWorld()
      let folder = try TemporaryFolder()
      let store = try EscrowDatabase.open(path: folder.path("store"), mode: .create)
      var depositor = try Supply(world)
      for size in sizes {
        let start = depositor.done
        let nanoseconds = try depositor.fill(store, to: size)
        let perKey = Double(nanoseconds) / Double(size - start)
        benchmark.measurement(ingest, Int(perKey * 1000))
        try add(size, "EscrowDatabase.verifyAndAccept", "ns/key", perKey)
        let perWarrant = try look(store, world, among: size)
        benchmark.measurement(lookup, Int(perWarrant))
        try add(size, "EscrowDatabase.count, 240 keys", "ns/warrant", perWarrant)
      }
      let file = try FileManager.default.attributesOfItem(atPath: folder.path("store"))[.size] as? Int ?? 0
      try add(
        depositor.done, "EscrowDatabase, size on disk", "bytes/key", Double(file) / Double(depositor.done))
      try store.close()
    }
  }

  private static func add(_ size: Int, _ subject: String, _ unit: String, _ value: Double) throws {
    try Results.add(
      Result(group: "store", benchCase: "batch", size: size, subject: subject, unit: unit, ours: value))
  }

  /// How long it takes to find what a typical warrant asks for: 240 epochs of one conversation.
  private static func look(_ store: EscrowDatabase, _ world: EscrowWorld, among size: Int) throws -> Double {
    var samples: [Double] = []
    let deposits = size / EscrowWorld.keysPerDeposit
    for index in 0..<lookups {
      let first = world.locator(index * 7919 % deposits * EscrowWorld.keysPerDeposit)
      let scope = try WarrantScope(
        conversations: [first.conversation], epochs: first.epoch + 100...first.epoch + 339)
      let run = Contender.onWall("ours") { _ in
        guard try store.count(in: scope).keys == 240 else { throw Unusable("the store lost records") }
      }
      samples.append(Double(try run.run(1)))
    }
    return Comparison.median(samples)
  }

  /// Deposits, made while the clock stands.
  private struct Supply: ~Copyable {
    let world: EscrowWorld
    var done = 0
    private var keys: KeySupply
    private var batch: KeyBatch
    private var session: DepositSession

    init(_ world: EscrowWorld) throws {
      let keys = try KeySupply(capacity: EscrowWorld.keysPerDeposit)
      let batch = try KeyBatch(capacity: EscrowWorld.keysPerDeposit)
      let session = try world.openSession()
      self.world = world
      self.keys = keys
      self.batch = batch
      self.session = session
    }

    /// Fills `store` until it holds `size` keys; answers the nanoseconds that the store took.
    mutating func fill(_ store: EscrowDatabase, to size: Int) throws -> UInt64 {
      var nanoseconds: UInt64 = 0
      while done < size {
        while session.pendingCount < depositsPerSubmission, done < size {
          let range = done..<min(done + EscrowWorld.keysPerDeposit, size)
          // Whole deposits only, so that the next size begins with one.
          try keys.fill(&batch, range, of: world)
          try session.add(batch, now: world.now)
          done = range.upperBound
        }
        let submission = try session.submit(signedBy: world.depositor)
        let world = world
        let run = Contender.onWall("ours") { _ in
          _ = try store.verifyAndAccept(
            submission, roster: world.roster, receivedAt: world.now, signingKey: world.storeKey)
        }
        nanoseconds += try run.run(1)
      }
      return nanoseconds
    }
  }
}
