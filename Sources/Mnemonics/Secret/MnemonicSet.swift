import SecretMemory

/// Mnemonics of one backup, which agree on everything that its mnemonics share.
public struct MnemonicSet: Sendable {
  /// The members of one group that are here.
  public struct Group: Sendable {
    /// Which group, from 0.
    public let index: Int
    /// How many members are needed.
    public let threshold: Int
    /// Which members are here, from 0, ascending.
    public var members: [Int] { shares.map(\.header.memberIndex) }
    /// Whether enough of them are.
    public var isComplete: Bool { shares.count >= threshold }

    fileprivate let shares: [MnemonicShare]
  }

  /// What every mnemonic says of the backup; the place of one member.
  public let header: MnemonicHeader
  /// The groups of which any mnemonic is here, ascending.
  public let groups: [Group]
  private let length: Int

  /// - Throws: `MnemonicError.emptySet`, `.mismatch`, `.duplicateMember`.
  public init(_ shares: [MnemonicShare]) throws(MnemonicError) {
    guard let first = shares.first else { throw .emptySet }
    for share in shares { try Self.compare(share, with: first) }
    header = first.header
    length = first.value.count
    var groups: [Group] = []
    for (index, members) in Dictionary(grouping: shares, by: \.header.groupIndex).sorted(by: {
      $0.key < $1.key
    }) {
      let threshold = members[0].header.memberThreshold
      guard members.allSatisfy({ $0.header.memberThreshold == threshold }) else {
        throw .mismatch(.memberThreshold(group: index))
      }
      let sorted = members.sorted { $0.header.memberIndex < $1.header.memberIndex }
      for (left, right) in zip(sorted, sorted.dropFirst())
      where left.header.memberIndex == right.header.memberIndex {
        throw .duplicateMember(group: index, member: left.header.memberIndex)
      }
      groups.append(Group(index: index, threshold: threshold, shares: sorted))
    }
    self.groups = groups
  }

  private static func compare(_ share: MnemonicShare, with first: MnemonicShare) throws(MnemonicError) {
    let (left, right) = (share.header, first.header)
    guard left.identifier == right.identifier else { throw .mismatch(.identifier) }
    guard left.isExtendable == right.isExtendable else { throw .mismatch(.extendable) }
    guard left.iterationExponent == right.iterationExponent else { throw .mismatch(.iterationExponent) }
    guard left.groupThreshold == right.groupThreshold else { throw .mismatch(.groupThreshold) }
    guard left.groupCount == right.groupCount else { throw .mismatch(.groupCount) }
    guard share.value.count == first.value.count else { throw .mismatch(.valueLength) }
  }

  /// Whether enough groups have enough members here.
  public var isComplete: Bool { groups.count(where: \.isComplete) >= header.groupThreshold }

  /// The encrypted master secret.
  ///
  /// Exactly as many shares as needed go into it; every share beyond that, of a group that is complete, must lie on the
  /// same polynomials, so nothing is returned that a share here contradicts.
  ///
  /// - Throws: `MnemonicError.insufficientGroups`, `.insufficientMembers`, `.invalidDigest`, `.inconsistentShare`,
  ///   `.sharing`, `.crypto`, `.secretMemory`.
  public func recover() throws(MnemonicError) -> EncryptedMasterSecret {
    let needed = header.groupThreshold
    guard groups.count >= needed else { throw .insufficientGroups(needed: needed, present: groups.count) }
    let complete = groups.filter(\.isComplete)
    if complete.count < needed, let group = groups.first(where: { !$0.isComplete }) {
      throw .insufficientMembers(
        group: group.index, needed: group.threshold, present: group.shares.count)
    }
    var values = try DigestSharing.allocate(complete.count * length)
    for (place, group) in complete.enumerated() {
      let value = try recover(group)
      value.withBytes { value in values.withMutableBytes { $0.copy(value, at: place * length) } }
    }
    let secret = try Self.recover(
      values, abscissae: complete.map { UInt8($0.index) }, threshold: needed, length: length,
      failure: .invalidDigest(group: nil)
    ) { .inconsistentShare(group: complete[$0].index, member: nil) }
    return EncryptedMasterSecret(header: header, bytes: secret)
  }

  private func recover(_ group: Group) throws(MnemonicError) -> SecretBytes {
    var values = try DigestSharing.allocate(group.shares.count * length)
    for (place, share) in group.shares.enumerated() {
      share.value.withBytes { value in values.withMutableBytes { $0.copy(value, at: place * length) } }
    }
    return try Self.recover(
      values, abscissae: group.members.map { UInt8($0) }, threshold: group.threshold, length: length,
      failure: .invalidDigest(group: group.index)
    ) { .inconsistentShare(group: group.index, member: group.members[$0]) }
  }

  // The secret of the first `threshold` columns, with the others compared; `contradiction` names one by its place.
  private static func recover(
    _ values: borrowing SecretBytes, abscissae: [UInt8], threshold: Int, length: Int, failure: MnemonicError,
    contradiction: (Int) -> MnemonicError
  ) throws(MnemonicError) -> SecretBytes {
    let (used, others) = try values.withBytes { values throws(MnemonicError) in
      (
        Box(try DigestSharing.copy(values.extracting(0..<threshold * length))),
        Box(try DigestSharing.copy(values.extracting(threshold * length..<values.count)))
      )
    }
    let points = Array(abscissae.prefix(threshold))
    guard let secret = try DigestSharing.recover(used.bytes, abscissae: points, length: length) else {
      throw failure
    }
    let place = try DigestSharing.firstContradiction(
      used.bytes, abscissae: points, others: others.bytes, targets: Array(abscissae.dropFirst(threshold)),
      length: length)
    if let place { throw contradiction(threshold + place) }
    return secret
  }

  // Tuples cannot hold what cannot be copied.
  private final class Box {
    let bytes: SecretBytes
    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
  }
}
