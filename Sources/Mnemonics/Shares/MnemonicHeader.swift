/// What a mnemonic says in its first four words: of which backup it is, and where it stands in it. Public.
///
/// Bits, most significant first: identifier (15), extendable (1), iteration exponent (4), group index (4), group
/// threshold less one (4), group count less one (4), member index (4), member threshold less one (4).
public struct MnemonicHeader: Hashable, Sendable {
  /// The number of words that hold it.
  static let wordCount = 4

  /// A random number, 0 to 32,767, that all mnemonics of one backup carry.
  public let identifier: UInt16
  /// Whether the encryption leaves the identifier out, so that the same secret can be backed up again and every
  /// passphrase still gives the same bytes.
  public let isExtendable: Bool
  /// e of the 10,000 · 2^e iterations that the passphrase costs, 0…15.
  public let iterationExponent: Int
  /// Of which group, 0…15.
  public let groupIndex: Int
  /// How many groups are needed, 1…16.
  public let groupThreshold: Int
  /// How many groups there are, 1…16.
  public let groupCount: Int
  /// Which member of its group, 0…15.
  public let memberIndex: Int
  /// How many members of this group are needed, 1…16.
  public let memberThreshold: Int

  init(
    identifier: UInt16, isExtendable: Bool, iterationExponent: Int, groupIndex: Int, groupThreshold: Int,
    groupCount: Int, memberIndex: Int, memberThreshold: Int
  ) {
    self.identifier = identifier
    self.isExtendable = isExtendable
    self.iterationExponent = iterationExponent
    self.groupIndex = groupIndex
    self.groupThreshold = groupThreshold
    self.groupCount = groupCount
    self.memberIndex = memberIndex
    self.memberThreshold = memberThreshold
  }

  /// The header that the values of four words hold.
  init(first: UInt32, second: UInt32, third: UInt32, fourth: UInt32) {
    let bits = UInt64(first) << 30 | UInt64(second) << 20 | UInt64(third) << 10 | UInt64(fourth)
    func nibble(_ shift: UInt64) -> Int { Int(bits >> shift & 15) }
    identifier = UInt16(truncatingIfNeeded: bits >> 25)
    isExtendable = bits >> 24 & 1 == 1
    iterationExponent = nibble(20)
    groupIndex = nibble(16)
    groupThreshold = nibble(12) + 1
    groupCount = nibble(8) + 1
    memberIndex = nibble(4)
    memberThreshold = nibble(0) + 1
  }

  /// The values of its four words.
  var words: [UInt32] {
    var bits = UInt64(identifier) << 25 | (isExtendable ? 1 << 24 : 0) | UInt64(iterationExponent) << 20
    bits |= UInt64(groupIndex) << 16 | UInt64(groupThreshold - 1) << 12 | UInt64(groupCount - 1) << 8
    bits |= UInt64(memberIndex) << 4 | UInt64(memberThreshold - 1)
    return [30, 20, 10, 0].map { UInt32(bits >> $0 & 1023) }
  }
}
