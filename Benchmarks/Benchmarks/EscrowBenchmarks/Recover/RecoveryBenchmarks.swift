/// From releases to verified keys, against libcrypto's share of it and against one HPKE opening per share.
enum RecoveryBenchmarks {
  private static let sizes = Settings.isQuick ? [1000, 100_000] : [1000, 10_000, 100_000, 1_000_000]
  /// Above a million keys, the same 2^18 come again and again.
  private static let cycled = 1 << 18
  private static let largest = 10_000_000

  static func register() {
    for size in sizes { registerBatch(size) }
    registerJobs()
    if !Settings.isQuick {
      registerCycled()
      RecoveryAtSize.register()
    }
  }

  private static func comparison(_ size: Int, _ subject: String = "Recovery.recover") -> Comparison {
    var comparison = Comparison(
      group: "recover", benchCase: "batch", size: size, subject: subject, unit: "ns/key",
      unitsPerRepetition: size)
    if size >= 1_000_000 { comparison.rounds = 5 }
    return comparison
  }

  private static func registerBatch(_ size: Int) {
    let withSealing = size <= 10_000
    comparison(size).register(against: withSealing ? ["floor", "hpke"] : ["floor"]) {
      let recovery = try RecoveryCase(count: size)
      let ours = Contender("ours") { repetitions in
        for _ in 0..<repetitions { try recovery.recover() }
      }
      var others = [try floor(size)]
      if withSealing { others.append(try sealing(size, recovery)) }
      return (ours, others)
    }
  }

  /// Per deposit of 1,024 keys: the two bodies opened; a message of 55 bytes per key for the commitment and one for the
  /// tag; T and C; the list and the body of both releases; the digests of each chunk and of the public part.
  private static func floor(_ size: Int) throws -> Contender {
    let floor = try Floor()
    return Contender("floor") { repetitions in
      for _ in 0..<repetitions {
        try Floor.batches(size, of: EscrowWorld.keysPerDeposit) { keys in
          try floor.hash(16 * keys)
          try floor.hash(32 * keys)
          try floor.hash(104 + 5 * 32)
          for _ in 0..<2 {
            try floor.hash(64 + 44 * keys)
            try floor.hash(32 + 32 * keys + 16)
            try floor.open(32 * keys)
          }
          try floor.hashMessages(keys)
          try floor.hashMessages(keys)
        }
      }
    }
  }

  /// The first thousand keys stand for all: every key costs the same there.
  private static func sealing(_ size: Int, _ recovery: RecoveryCase) throws -> Contender {
    let sealing = try PublicKeySealing(recovery.world.roster)
    let measured = 100
    let timed = Contender("hpke") { repetitions in try sealing.recover(measured * repetitions) }
    return Contender.measuring("hpke") { repetitions in
      try timed.run(repetitions) * UInt64(size / measured)
    }
  }

  /// Two threads against one, where everything stays in the caches.
  private static func registerJobs() {
    let size = 1 << 14
    var comparison = comparison(size, "Recovery.recover, 2 jobs")
    comparison.rounds = 9
    comparison.isBestRound = true
    comparison.sliceNanoseconds = Settings.isQuick ? 50_000_000 : 200_000_000
    comparison.register(against: ["1 job"]) {
      let recovery = try RecoveryCase(count: size, inMemory: true)
      func contender(_ name: String, jobs: Int) -> Contender {
        Contender.onWall(name) { repetitions in
          for _ in 0..<repetitions { try recovery.recover(jobs: jobs) }
        }
      }
      return (contender("ours", jobs: 2), [contender("1 job", jobs: 1)])
    }
  }

  private static func registerCycled() {
    comparison(largest, "Recovery.recover, cycling over 2^18 keys").register(against: ["floor"]) {
      let recovery = try RecoveryCase(count: cycled)
      let ours = Contender("ours") { repetitions in
        for _ in 0..<repetitions {
          for _ in 0..<(largest / cycled) { try recovery.recover() }
        }
      }
      return (ours, [try floor(largest / cycled * cycled)])
    }
  }
}
