import KeyEscrow
import SecretMemory

/// Verified keys, gathered to be put in order. They stay in memory that is erased.
final class RecoveredKeys {
  // Keys lie in blocks of 1 MiB: a page or more for each key would use up the system's mappings.
  private static let keysPerBlock = 32_768

  private final class Block {
    var keys: SecretBytes
    init(_ keys: consuming SecretBytes) { self.keys = keys }
  }

  private var blocks: [Block] = []
  private var locators: [RecordLocator] = []

  /// How many records were given, each key as often as it was deposited.
  var count: Int { locators.count }

  /// Takes packed locators and as many keys.
  func append(_ packed: [UInt8], _ keys: Span<UInt8>) throws(Failure) {
    guard let added = RecordLocator.unpack(packed), added.count * KeyBatch.keyByteCount == keys.count else {
      throw .internalFailure("recovery gave keys without their places")
    }
    for (index, locator) in added.enumerated() {
      if locators.count == blocks.count * Self.keysPerBlock {
        blocks.append(Block(try SecretFile.allocate(Self.keysPerBlock * KeyBatch.keyByteCount)))
      }
      let start = index * KeyBatch.keyByteCount
      let (block, place) = Self.place(of: locators.count)
      blocks[block].keys.withMutableBytes { block in
        block.copy(keys.extracting(start..<start + KeyBatch.keyByteCount), at: place)
      }
      locators.append(locator)
    }
  }

  private static func place(of index: Int) -> (block: Int, start: Int) {
    (index / keysPerBlock, index % keysPerBlock * KeyBatch.keyByteCount)
  }

  private func withKey<Result, Failure: Error>(
    _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (block, start) = Self.place(of: index)
    return try blocks[block].keys.withBytes { keys throws(Failure) in
      try body(keys.extracting(start..<start + KeyBatch.keyByteCount))
    }
  }

  /// What `write` wrote.
  struct Summary {
    /// Distinct keys, one line each.
    var keys: UInt64 = 0
    /// Places, (conversation, epoch), that have more than one key.
    var disputed: [RecordLocator] = []
  }

  /// Writes one line per distinct key, ordered by conversation and epoch, in pieces to `output`.
  func write(_ output: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) -> Summary {
    var summary = Summary()
    let order = locators.indices.sorted { (locators[$0], $0) < (locators[$1], $1) }
    var buffer = try SecretFile.allocate(65_536)
    var filled = 0
    var start = 0
    while start < order.count {
      let locator = locators[order[start]]
      var end = start + 1
      while end < order.count, locators[order[end]] == locator { end += 1 }
      let distinct = distinct(order[start..<end])
      for index in distinct {
        if filled + KeyLine.writtenByteCount > buffer.count {
          try buffer.withBytes { bytes throws(Failure) in try output(bytes.extracting(0..<filled)) }
          filled = 0
        }
        filled = buffer.withMutableBytes { buffer in
          withKey(index) { key in KeyLine.write(locator, key: key, to: &buffer, at: filled) }
        }
      }
      summary.keys += UInt64(distinct.count)
      if distinct.count > 1 { summary.disputed.append(locator) }
      start = end
    }
    try buffer.withBytes { bytes throws(Failure) in try output(bytes.extracting(0..<filled)) }
    return summary
  }

  // The first of every group of equal keys, in the order they came.
  private func distinct(_ indices: ArraySlice<Int>) -> [Int] {
    var distinct: [Int] = []
    for index in indices {
      let isKnown = distinct.contains { known in
        withKey(known) { left in withKey(index) { right in ConstantTime.equal(left, right) } }
      }
      if !isKnown { distinct.append(index) }
    }
    return distinct
  }
}
