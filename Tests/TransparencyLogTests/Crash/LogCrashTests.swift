import LibCrypto
import Testing
import TransparencyLog

/// `kill -9` at random moments. `LogRecoveryTests` builds each state that a kill can leave; here they come as they
/// come.
@Suite(.serialized) struct LogCrashTests {
  static let kills = 200
  /// After this many kills the log starts anew, so that its first entries are hit too, and checking stays fast.
  static let killsPerLog = 20

  @Test func aKilledWriterLosesNothingThatItAcknowledged() throws {
    let identity = try CrashingWriter.identity()
    var interruptions = 0
    for _ in 0..<Self.kills / Self.killsPerLog {
      let directory = try TemporaryDirectory(onDisk: true)
      let path = directory.path + "/log"
      let source = LogDirectory(path)
      var history: [Checkpoint] = []
      for kill in 0..<Self.killsPerLog {
        let writer = try CrashingWriter(["append", path, "run \(kill)"], latest: .milliseconds(40))
        history += writer.acknowledged
        let files = try directory.files()
        if files.contains("log/checkpoint.next") || files.contains("log/.writing") { interruptions += 1 }
        guard files.contains("log/checkpoint") else {
          #expect(history.isEmpty)
          continue
        }

        // What readers see before any recovery: a whole log that extends all that was acknowledged.
        let published = try source.checkpoint().verifiedCheckpoint(of: identity)
        try check(published, at: source, extends: history)
        // What the next writer makes of it extends that, and everything before.
        let log = try TiledLog.open(at: path, signer: CrashingWriter.signer(), waiting: false)
        history.append(published.checkpoint)
        try check(log.checkpoint, at: source, extends: history)
        history = [log.checkpoint.checkpoint]
      }
      #expect(!history.isEmpty, "no writer lived long enough to publish")
    }
    #expect(interruptions > 0, "no kill fell into a write")
  }

  private func check(
    _ checkpoint: VerifiedCheckpoint, at source: LogDirectory, extends history: [Checkpoint]
  ) throws {
    let reader = LogReader(checkpoint, source: source)
    try reader.audit()
    for older in history { _ = try reader.consistencyProof(from: older) }
  }

  @Test func aKilledWitnessRemembersWhatItCosigned() throws {
    let identity = try CrashingWriter.identity()
    for _ in 0..<Self.kills / Self.killsPerLog {
      let directory = try TemporaryDirectory(onDisk: true)
      let path = directory.path + "/log"
      let memory = directory.path + "/witness"
      for kill in 0..<Self.killsPerLog {
        let writer = try CrashingWriter(
          ["cosign", path, "run \(kill)", memory], latest: .milliseconds(40))
        guard let last = writer.acknowledged.last else { continue }
        let witness = try Witness.open(
          at: memory, signer: CrashingWriter.signer("witness.example", seed: 2), logs: [identity],
          waiting: false)
        let latest = try witness.latest(origin: CrashingWriter.origin)
        let remembered = try #require(latest).checkpoint
        // One more than it says, never one less.
        #expect(remembered.size == last.size || remembered.size == last.size + 1)
        #expect(remembered.size > last.size || remembered == last)
        let published = try LogDirectory(path).checkpoint().verifiedCheckpoint(of: identity)
        let reader = LogReader(published, source: LogDirectory(path))
        for older in writer.acknowledged + [remembered] { _ = try reader.consistencyProof(from: older) }
      }
    }
  }
}
