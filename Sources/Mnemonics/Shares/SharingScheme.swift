/// Into which groups a secret is split, and how many of them, and of their members, give it back.
public struct SharingScheme: Hashable, Sendable {
  /// One group: `threshold` of its `count` members give its share.
  public struct Group: Hashable, Sendable {
    /// How many members are needed, 1…count.
    public let threshold: Int
    /// How many members there are, 1…16.
    public let count: Int

    /// - Throws: `MnemonicError.invalidScheme`, also for a threshold of 1 among several members: each of them would hold
    ///   the same words.
    public init(threshold: Int, count: Int) throws(MnemonicError) {
      guard (1...16).contains(count) else { throw .invalidScheme(.memberCount(count)) }
      guard (1...count).contains(threshold) else { throw .invalidScheme(.memberThreshold(threshold)) }
      guard threshold > 1 || count == 1 else { throw .invalidScheme(.copies(count: count)) }
      self.threshold = threshold
      self.count = count
    }
  }

  /// How many groups are needed, 1…groups.count.
  public let groupThreshold: Int
  /// The groups, 1…16 of them.
  public let groups: [Group]

  /// - Throws: `MnemonicError.invalidScheme`.
  public init(groupThreshold: Int, groups: [Group]) throws(MnemonicError) {
    guard (1...16).contains(groups.count) else { throw .invalidScheme(.groupCount(groups.count)) }
    guard (1...groups.count).contains(groupThreshold) else {
      throw .invalidScheme(.groupThreshold(groupThreshold))
    }
    self.groupThreshold = groupThreshold
    self.groups = groups
  }

  /// One group of `count` members, any `threshold` of which give the secret.
  ///
  /// - Throws: `MnemonicError.invalidScheme`.
  public init(threshold: Int, of count: Int) throws(MnemonicError) {
    try self.init(groupThreshold: 1, groups: [try Group(threshold: threshold, count: count)])
  }

  /// How many mnemonics there are in all groups.
  public var shareCount: Int { groups.reduce(0) { $0 + $1.count } }
}
