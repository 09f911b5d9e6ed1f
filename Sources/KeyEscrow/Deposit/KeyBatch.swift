import LibCrypto
import SecretMemory

/// Up to 4,096 conversation keys that will be deposited together.
///
/// A conversation key is 32 uniformly random bytes under which one epoch's content is encrypted. The deposit's
/// public part is safe to show for such keys only: a guessable key is exposed to everyone who sees it. There is
/// deliberately no way to add a key from text or from bytes of any other length.
public struct KeyBatch: ~Copyable {
  /// The number of bytes of a conversation key.
  public static let keyByteCount = 32

  /// The most keys this batch holds.
  public let capacity: Int
  /// The keys so far.
  public private(set) var count = 0
  private(set) var locators: [UInt8] = []
  private var keys: SecretBytes

  /// An empty batch for at most `capacity` keys (1 to 4,096).
  public init(capacity: Int = 1024) throws(EscrowError) {
    guard (1...DepositHeader.maximumKeys).contains(capacity) else {
      throw .sessionRefused(.batchSize(capacity))
    }
    do throws(CryptoError) {
      let keys = try SecretBytes.allocated(capacity * Self.keyByteCount)
      self.keys = keys
    } catch { throw .crypto(error) }
    self.capacity = capacity
    locators.reserveCapacity(capacity * RecordLocator.byteCount)
  }

  /// Whether another key fits.
  public var isFull: Bool { count == capacity }

  /// Adds the key of `epoch` in `conversation`: exactly 32 uniformly random bytes, which stay the caller's to erase.
  public mutating func append(
    conversation: ConversationID, epoch: UInt64, uniformKey: Span<UInt8>
  ) throws(EscrowError) {
    guard uniformKey.count == Self.keyByteCount else {
      throw .malformed(.keyLine, reason: "a key has \(uniformKey.count) bytes, not \(Self.keyByteCount)")
    }
    guard !isFull else { throw .sessionRefused(.batchSize(count + 1)) }
    let start = count * Self.keyByteCount
    keys.withMutableBytes { $0.copy(uniformKey, at: start) }
    let offset = locators.count
    locators += [UInt8](repeating: 0, count: RecordLocator.byteCount)
    RecordLocator(conversation: conversation, epoch: epoch).write(to: &locators, at: offset)
    count += 1
  }

  /// Empties the batch and erases its keys.
  public mutating func removeAll() {
    keys.erase(first: count * Self.keyByteCount)
    locators.removeAll(keepingCapacity: true)
    count = 0
  }

  /// Reads the keys: `count` × 32 bytes, in order.
  borrowing func withKeys<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try keys.withBytes { bytes throws(Failure) in
      try body(bytes.extracting(0..<count * Self.keyByteCount))
    }
  }
}
