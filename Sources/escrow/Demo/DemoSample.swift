import KeyEscrow
import SecretMemory

/// A few of many keys, which members of the conversations remember to check the store with.
final class DemoSample {
  private let capacity: Int
  private(set) var locators: [RecordLocator] = []
  private var keys: SecretBytes

  init(capacity: Int) throws(SecretMemoryError) {
    self.capacity = capacity
    keys = try SecretBytes.zeros(capacity * KeyBatch.keyByteCount)
  }

  /// Remembers a key, unless there are enough.
  func remember(_ locator: RecordLocator, _ key: Span<UInt8>) {
    guard locators.count < capacity else { return }
    let start = locators.count * KeyBatch.keyByteCount
    keys.withMutableBytes { keys in
      for index in key.indices { keys[start + index] = key[index] }
    }
    locators.append(locator)
  }

  /// Reads the key of `locators[index]`.
  func withKey<Failure: Error>(
    _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try keys.withBytes { keys throws(Failure) in
      try body(keys.extracting(index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount))
    }
  }
}
