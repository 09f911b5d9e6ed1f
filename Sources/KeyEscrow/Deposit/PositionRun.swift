/// Neighbouring positions, so that a whole stretch is hashed or copied at once.
struct PositionRun: Hashable, Sendable {
  /// The first position.
  let first: Int
  /// Which items of the list of positions the run covers.
  let items: Range<Int>

  var count: Int { items.count }

  /// The run of all positions of a deposit of `count` keys.
  init(all count: Int) {
    first = 0
    items = 0..<count
  }

  private init(first: Int, items: Range<Int>) {
    self.first = first
    self.items = items
  }

  /// The bytes of a column with `itemByteCount` bytes per position that belong to this run.
  func bytes(_ itemByteCount: Int) -> Range<Int> {
    first * itemByteCount..<(first + count) * itemByteCount
  }

  /// The runs of `positions`, in their order.
  static func runs(of positions: [UInt32]) -> [PositionRun] {
    var runs: [PositionRun] = []
    var start = 0
    for index in positions.indices {
      let isLast = index + 1 == positions.count
      if isLast || positions[index + 1] != positions[index] &+ 1 {
        runs.append(PositionRun(first: Int(positions[start]), items: start..<index + 1))
        start = index + 1
      }
    }
    return runs
  }
}
