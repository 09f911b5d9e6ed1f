import KeyEscrow

/// From sealed columns to a sealed answer, against libcrypto's share of it.
enum ReleaseBenchmarks {
  static func register() {
    for size in Settings.isQuick ? [10_000] : [1000, 100_000, 1_000_000] {
      var comparison = Comparison(
        group: "release", benchCase: "batch", size: size, subject: "Releaser.release", unit: "ns/key",
        unitsPerRepetition: size)
      if size >= 1_000_000 { comparison.rounds = 3 }
      comparison.register(against: ["floor"]) {
        let world = try EscrowWorld()
        let folder = try TemporaryFolder()
        let shelf = try DepositShelf(world, count: size, folder: folder)
        let warrant = try world.warrant()
        let spool = try OutputBytes(path: folder.path("release"))
        let ours = Contender("ours") { repetitions in
          for _ in 0..<repetitions {
            spool.rewind()
            _ = try world.release(warrant, by: world.judge, from: shelf, spool: spool)
          }
        }
        return (ours, [try floor(size)])
      }
    }
  }

  /// Per deposit: the column opened and hashed; T and D of the holder's row; a message of 55 bytes per key for the tag and
  /// one for the share digest; the record list hashed; the body sealed and hashed; the digests of digests.
  private static func floor(_ size: Int) throws -> Contender {
    let floor = try Floor()
    return Contender("floor") { repetitions in
      for _ in 0..<repetitions {
        try Floor.batches(size, of: EscrowWorld.keysPerDeposit) { keys in
          try floor.hash(16 * keys)
          try floor.hash(16 * keys)
          try floor.hash(32 * keys + 16)
          try floor.hash(104 + 5 * 32)
          try floor.hash(21 + 4 * 32)
          try floor.open(32 * keys)
          try floor.hashMessages(keys)
          try floor.hashMessages(keys)
          try floor.hash(64 + 44 * keys)
          try floor.seal(32 * keys)
          try floor.hash(32 + 32 * keys + 16)
        }
      }
    }
  }
}
