public import LibCrypto
public import SecretMemory
public import SecretSharing

/// Why mnemonics or a set of them were refused. Words, groups and members count from 0.
///
/// Numbers and places are named, never a word: words are secret.
public enum MnemonicError: Error, Equatable, Sendable {
  /// The word at this place is not in the list of SLIP-39.
  case unknownWord(position: Int)
  /// No mnemonic has this number of words: 20 is the least, and the value is whole 16-bit units of at most 1,024 bytes.
  case invalidWordCount(Int)
  /// The RS1024 checksum does not fit the words: a word is wrong, or two are swapped.
  case invalidChecksum
  /// The bits before the value are not zero.
  case invalidPadding
  /// The mnemonic asks for more groups than it says there are.
  case groupThresholdAboveCount(threshold: Int, count: Int)

  /// There is no mnemonic in the set.
  case emptySet
  /// Two mnemonics of the set differ in something that all of one backup share.
  case mismatch(MnemonicField)
  /// Two mnemonics stand at the same place of the same group.
  case duplicateMember(group: Int, member: Int)
  /// Mnemonics of `present` groups are here, and `needed` groups are needed.
  case insufficientGroups(needed: Int, present: Int)
  /// Of `group` `needed` mnemonics are needed, and `present` are here.
  case insufficientMembers(group: Int, needed: Int, present: Int)
  /// The digest inside the shared secret does not fit: a mnemonic is of another backup, or forged. `group` is nil when
  /// the groups' own shares do not fit each other.
  case invalidDigest(group: Int?)
  /// More mnemonics are here than needed, and this one contradicts the others; `member` is nil for a whole group.
  case inconsistentShare(group: Int, member: Int?)

  /// A secret has 16 to 1,024 bytes, and an even number of them.
  case invalidSecretLength(Int)
  /// Groups or thresholds that no backup can have.
  case invalidScheme(SchemeFault)
  /// A passphrase is printable ASCII: bytes 32 to 126.
  case invalidPassphrase
  /// An iteration exponent is 0 to 15.
  case invalidIterationExponent(Int)

  /// The field's arithmetic failed.
  case sharing(SharingError)
  /// libcrypto failed; nothing was emitted.
  case crypto(CryptoError)
  /// Memory for a secret could not be had.
  case secretMemory(SecretMemoryError)

  /// Whether more mnemonics of the same backup may mend it.
  public var isIncomplete: Bool {
    switch self {
    case .insufficientGroups, .insufficientMembers, .emptySet: true
    default: false
    }
  }
}

/// What all mnemonics of one backup, or of one group, agree on.
public enum MnemonicField: Equatable, Sendable {
  /// The identifier of the backup, the first 15 bits.
  case identifier
  /// Whether the backup is extendable.
  case extendable
  /// The iteration exponent.
  case iterationExponent
  /// How many groups are needed.
  case groupThreshold
  /// How many groups there are.
  case groupCount
  /// How many members of this group are needed.
  case memberThreshold(group: Int)
  /// The length of the value.
  case valueLength
}

/// Why groups and thresholds make no backup.
public enum SchemeFault: Equatable, Sendable {
  /// There are 1 to 16 groups.
  case groupCount(Int)
  /// The group threshold is 1 to the number of groups.
  case groupThreshold(Int)
  /// A group has 1 to 16 members.
  case memberCount(Int)
  /// A member threshold is 1 to the number of members.
  case memberThreshold(Int)
  /// One of several members alone would be enough: each mnemonic would be the same secret. Use a group of one.
  case copies(count: Int)
}

extension MnemonicError {
  /// Runs `body` with this module's error.
  static func wrapping<Result: ~Copyable>(
    _ body: () throws(CryptoError) -> Result
  ) throws(MnemonicError) -> Result {
    do { return try body() } catch { throw .crypto(error) }
  }

  /// Runs `body`, which asks for secret memory, with this module's error.
  static func allocating<Result: ~Copyable>(
    _ body: () throws(SecretMemoryError) -> Result
  ) throws(MnemonicError) -> Result {
    do { return try body() } catch { throw .secretMemory(error) }
  }
}
