import KeyEscrow

/// Splitting and sealing in a running session, against libcrypto's share of it and against one HPKE sealing per share.
enum DepositBenchmarks {
  static func register() {
    register("single", 1, against: ["floor", "hpke"])
    for size in Settings.isQuick ? [1024] : [32, 1024, 4096] {
      register("batch", size, against: size <= 1024 ? ["floor", "hpke"] : ["floor"])
    }
  }

  private static func register(_ benchCase: String, _ size: Int, against references: [String]) {
    Comparison(
      group: "deposit", benchCase: benchCase, size: size, subject: "DepositSession.add", unit: "ns/key",
      unitsPerRepetition: size
    ).register(against: references) {
      let world = try EscrowWorld()
      var others = [try floor(size)]
      if references.contains("hpke") { others.append(try sealing(size, world)) }
      return (try Depositing(world, size: size).contender, others)
    }
  }

  /// Per key, six messages of 55 bytes: tag, commitment, coefficient, three share digests. Per row a column sealed, its
  /// ciphertext hashed, and its column of share digests; T and C; the digests of digests. Under a single key all of that
  /// is done for the one key alone, as the format demands.
  private static func floor(_ size: Int) throws -> Contender {
    let floor = try Floor()
    return Contender("floor") { repetitions in
      for _ in 0..<repetitions {
        try floor.hashMessages(6 * size)
        try floor.hash(16 * size)
        try floor.hash(32 * size)
        try floor.hash(104 + 5 * 32)
        try floor.hash(21 + 4 * 32)
        for _ in 0..<3 {
          try floor.seal(32 * size)
          try floor.hash(32 * size + 16)
          try floor.hash(16 * size)
        }
      }
    }
  }

  private static func sealing(_ size: Int, _ world: EscrowWorld) throws -> Contender {
    let sealing = try PublicKeySealing(world.roster)
    // Thirty-two keys stand for all: every key costs the same there.
    let measured = min(size, 32)
    let timed = Contender("hpke") { repetitions in try sealing.deposit(measured * repetitions) }
    return Contender.measuring("hpke") { repetitions in
      try timed.run(repetitions) * UInt64(size / measured)
    }
  }
}

/// A depositor that deposits the same keys again and again; a head is signed every 1,024 deposits, and a session opened
/// when one is used up.
private final class Depositing {
  private let world: EscrowWorld
  private let size: Int
  private var batch: KeyBatch
  private var session: DepositSession
  private let submissionCount: Int

  init(_ world: EscrowWorld, size: Int) throws {
    self.world = world
    self.size = size
    // What waits for a signature stays in memory.
    submissionCount = size == 1 ? 1024 : max(1, 16_384 / size)
    batch = try KeyBatch(capacity: size)
    session = try world.openSession(capacity: size)
    var supply = try KeySupply(capacity: size)
    try supply.fill(&batch, 0..<size, of: world)
  }

  var contender: Contender {
    Contender("ours") { [self] repetitions in
      for _ in 0..<repetitions {
        if session.sequence == 65_535 {
          _ = session.pendingCount == 0 ? nil : try session.submit(signedBy: world.depositor)
          session = try world.openSession(capacity: size)
        }
        try session.add(batch, now: world.now)
        if session.pendingCount == submissionCount { _ = try session.submit(signedBy: world.depositor) }
      }
    }
  }
}
