/// Which records a warrant is about: explicit conversations, within ranges of epoch and of deposit time.
public struct WarrantScope: Hashable, Sendable {
  /// The most conversations one warrant names.
  public static let maximumConversations = 4096

  /// The conversations, in rising order, each once.
  public let conversations: [ConversationID]
  /// First and last epoch, both included.
  public let epochs: ClosedRange<UInt64>
  /// First and last second at which the deposit was made, both included; nil for any time.
  public let deposited: ClosedRange<Timestamp>?

  /// A scope over `conversations`, whose order and repetitions do not matter.
  ///
  /// - Throws: `.malformed(.warrant)` for no conversation or more than 4,096.
  public init(
    conversations: [ConversationID], epochs: ClosedRange<UInt64> = 0...UInt64.max,
    deposited: ClosedRange<Timestamp>? = nil
  ) throws(EscrowError) {
    let unique = Set(conversations).sorted()
    guard (1...Self.maximumConversations).contains(unique.count) else {
      throw .malformed(.warrant, reason: "a warrant names 1 to \(Self.maximumConversations) conversations")
    }
    self.conversations = unique
    self.epochs = epochs
    self.deposited = deposited
  }

  /// Whether a record deposited at `time` is in scope.
  public func contains(_ locator: RecordLocator, depositedAt time: Timestamp) -> Bool {
    guard epochs.contains(locator.epoch), deposited?.contains(time) ?? true else { return false }
    // Binary search: the list is sorted and may be long.
    var low = 0
    var high = conversations.count
    while low < high {
      let middle = (low + high) / 2
      if conversations[middle] < locator.conversation { low = middle + 1 } else { high = middle }
    }
    return low < conversations.count && conversations[low] == locator.conversation
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    var conversations: [ConversationID] = []
    for text in try fields.strings("conversations", maximumCount: Self.maximumConversations) {
      guard let conversation = ConversationID(hex: text) else {
        throw fields.fault("conversations", "holds something other than 64 lowercase hexadecimal digits")
      }
      if let last = conversations.last, last >= conversation {
        throw fields.fault("conversations", "are not in rising order")
      }
      conversations.append(conversation)
    }
    let first = try fields.integer("epochFrom")
    let last = try fields.integer("epochTo")
    guard first <= last else { throw fields.fault("epochTo", "is before epochFrom") }
    var deposited: ClosedRange<Timestamp>?
    if fields.has("depositedFrom") || fields.has("depositedTo") {
      let from = try fields.timestamp("depositedFrom")
      let to = try fields.timestamp("depositedTo")
      guard from <= to else { throw fields.fault("depositedTo", "is before depositedFrom") }
      deposited = from...to
    }
    try self.init(conversations: conversations, epochs: first...last, deposited: deposited)
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "conversations": .array(conversations.map { .string($0.hex) }),
      "epochFrom": .integer(epochs.lowerBound),
      "epochTo": .integer(epochs.upperBound),
    ]
    if let deposited {
      members["depositedFrom"] = .string(deposited.lowerBound.description)
      members["depositedTo"] = .string(deposited.upperBound.description)
    }
    return members
  }
}
