import KeyEscrow
import SecretMemory

/// Records that were read and found good, before any of them is deposited.
struct KeyRecords: ~Copyable {
  /// The most records that are read ahead: 2 MiB of keys.
  static let maximumCount = 65_536

  private let capacity: Int
  private var locators: [RecordLocator] = []
  private var keys: SecretBytes

  /// Room for as many whole batches of `batch` keys as can be read ahead.
  init(batch: Int) throws(Failure) {
    capacity = Self.maximumCount / batch * batch
    keys = try SecretFile.allocate(capacity * KeyBatch.keyByteCount)
  }

  var count: Int { locators.count }

  /// Takes the next records in the place of those before; none are left when this throws.
  ///
  /// - Returns: whether there may be more.
  mutating func fill(from reader: inout KeyLineReader) throws(Failure) -> Bool {
    removeAll()
    do {
      while count < capacity {
        let start = count * KeyBatch.keyByteCount
        let locator = try keys.withMutableBytes { keys throws(Failure) in
          try keys.withSlice(start..<start + KeyBatch.keyByteCount) { key throws(Failure) in
            try reader.next(key: &key)
          }
        }
        guard let locator else { return false }
        locators.append(locator)
      }
      return true
    } catch {
      removeAll()
      throw error
    }
  }

  /// Erases the records.
  mutating func removeAll() {
    keys.erase(first: count * KeyBatch.keyByteCount)
    locators.removeAll(keepingCapacity: true)
  }

  /// Copies the records of `range` into `batch`, in the place of what it held.
  borrowing func load(_ range: Range<Int>, into batch: inout KeyBatch) throws(EscrowError) {
    batch.removeAll()
    try keys.withBytes { keys throws(EscrowError) in
      for index in range {
        let start = index * KeyBatch.keyByteCount
        try batch.append(
          conversation: locators[index].conversation, epoch: locators[index].epoch,
          uniformKey: keys.extracting(start..<start + KeyBatch.keyByteCount))
      }
    }
  }
}
