/// How many keys each stage did in how much time.
struct StageRates {
  struct Stage {
    let name: String
    var keys: UInt64
    var time: Duration

    var seconds: Double {
      Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
    }
  }

  /// In the order in which they first ran.
  private(set) var stages: [Stage] = []

  /// Runs `body`, which does a part of stage `name` with `keys` keys.
  mutating func measure<Result: ~Copyable, Failure: Error>(
    _ name: String, keys: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let start = ContinuousClock.now
    let result = try body()
    let time = ContinuousClock.now - start
    if let index = stages.firstIndex(where: { $0.name == name }) {
      stages[index].keys += UInt64(keys)
      stages[index].time += time
    } else {
      stages.append(Stage(name: name, keys: UInt64(keys), time: time))
    }
    return result
  }
}
