import SecretMemory

/// Where a key belongs: the conversation and the epoch. 40 bytes in every packed list.
public struct RecordLocator: Hashable, Comparable, Sendable {
  /// The number of bytes: conversation ‖ be64(epoch).
  public static let byteCount = 40

  /// The conversation's pseudonym.
  public let conversation: ConversationID
  /// The epoch.
  public let epoch: UInt64

  /// The locator of `epoch` in `conversation`.
  public init(conversation: ConversationID, epoch: UInt64) {
    self.conversation = conversation
    self.epoch = epoch
  }

  /// By conversation, then by epoch.
  public static func < (left: RecordLocator, right: RecordLocator) -> Bool {
    left.conversation != right.conversation
      ? left.conversation < right.conversation : left.epoch < right.epoch
  }

  func write(to target: inout [UInt8], at offset: Int) {
    conversation.write(to: &target, at: offset)
    target.writeBigEndian(epoch, at: offset + ConversationID.byteCount)
  }

  /// The locators of a packed list, or nil when it does not hold a whole number of them.
  public static func unpack(_ bytes: [UInt8]) -> [RecordLocator]? {
    guard bytes.count.isMultiple(of: byteCount) else { return nil }
    var locators: [RecordLocator] = []
    locators.reserveCapacity(bytes.count / byteCount)
    for start in stride(from: 0, to: bytes.count, by: byteCount) {
      locators.append(RecordLocator(bytes.span, at: start))
    }
    return locators
  }

  /// The packed list: 40 bytes per locator.
  public static func pack(_ locators: [RecordLocator]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: locators.count * byteCount)
    for (index, locator) in locators.enumerated() { locator.write(to: &bytes, at: index * byteCount) }
    return bytes
  }

  /// The locator whose 40 bytes begin at `offset`, which must be there.
  init(_ bytes: Span<UInt8>, at offset: Int) {
    conversation = ConversationID(bytes, at: offset)
    epoch = bytes.bigEndianWord(at: offset + ConversationID.byteCount)
  }
}
