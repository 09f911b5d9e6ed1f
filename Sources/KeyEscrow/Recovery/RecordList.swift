import SecretMemory

/// The records that a release's chunk lists, unpacked: positions beside packed locators.
struct RecordList {
  let positions: [UInt32]
  /// 40 bytes per record.
  let locators: [UInt8]

  var count: Int { positions.count }

  /// Unpacks n × (be32 position ‖ locator); nil when a position does not rise or lies beyond `depositCount`.
  init?(_ packed: Span<UInt8>, depositCount: Int) {
    let recordByteCount = ReleaseChunk.recordByteCount
    let count = packed.count / recordByteCount
    var positions = [UInt32](repeating: 0, count: count)
    var locators = [UInt8].zeros(count * RecordLocator.byteCount)
    var target = locators.mutableSpan
    var lowest = 0
    for index in 0..<count {
      let start = index * recordByteCount
      let position = packed.bigEndianHalfWord(at: start)
      guard position >= lowest, position < depositCount else { return nil }
      lowest = Int(position) + 1
      positions[index] = position
      target.copy(packed.extracting(start + 4..<start + recordByteCount), at: index * RecordLocator.byteCount)
    }
    self.positions = positions
    self.locators = locators
  }

  private init(positions: [UInt32], locators: [UInt8]) {
    self.positions = positions
    self.locators = locators
  }

  /// The records at `indices` alone.
  func selecting(_ indices: [Int]) -> RecordList {
    RecordList(
      positions: indices.map { positions[$0] },
      locators: indices.flatMap { locators[Self.bytes($0..<$0 + 1)] })
  }

  /// Where the packed locators of the records at `indices` lie.
  static func bytes(_ indices: Range<Int>) -> Range<Int> {
    indices.lowerBound * RecordLocator.byteCount..<indices.upperBound * RecordLocator.byteCount
  }

  /// The index of the first record that `scope` does not contain, for a deposit made at `time`.
  func firstOutside(_ scope: WarrantScope, depositedAt time: Timestamp) -> Int? {
    let span = locators.span
    // Neighbouring records are mostly of one conversation, which then needs no second search.
    var known: ConversationID?
    for index in 0..<count {
      let locator = RecordLocator(span, at: index * RecordLocator.byteCount)
      if locator.conversation == known, scope.epochs.contains(locator.epoch) { continue }
      guard scope.contains(locator, depositedAt: time) else { return index }
      known = locator.conversation
    }
    return nil
  }
}
