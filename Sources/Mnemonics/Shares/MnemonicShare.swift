import SecretMemory

/// One mnemonic of SLIP-39: a header, and a secret value.
///
/// A reference, so that arrays can hold shares: the value stays in one place, and is erased with its last owner.
public final class MnemonicShare: Sendable {
  /// Words beside those of the value: four of the header, three of the checksum.
  static let overheadWordCount = MnemonicHeader.wordCount + RS1024.wordCount
  /// Bits of a word.
  static let wordBitCount = 10

  /// Of which backup the mnemonic is, and where it stands in it.
  public let header: MnemonicHeader
  let value: SecretBytes

  init(header: MnemonicHeader, value: consuming SecretBytes) {
    self.header = header
    self.value = value
  }

  /// How many words the mnemonic has: 20 for a secret of 16 bytes, 33 for 32, 59 for 64.
  public var wordCount: Int { Self.wordCount(valueByteCount: value.count) }

  static func wordCount(valueByteCount: Int) -> Int {
    overheadWordCount + (8 * valueByteCount + wordBitCount - 1) / wordBitCount
  }

  /// `<redacted>`: a share has no other text but its mnemonic, which is asked for by name.
  public var description: String { "<redacted>" }
}

/// The lengths of master secrets, and so of values and mnemonics.
enum SecretLength {
  static let range = 16...1024

  /// Refuses a secret of less than 128 bits, of more than 8,192, or that is no whole number of 16-bit units.
  static func check(_ byteCount: Int) throws(MnemonicError) {
    guard range.contains(byteCount), byteCount.isMultiple(of: 2) else {
      throw .invalidSecretLength(byteCount)
    }
  }

  /// The bytes and the padding bits in the value of a mnemonic of `wordCount` words.
  static func value(wordCount: Int) throws(MnemonicError) -> (byteCount: Int, paddingBitCount: Int) {
    let bitCount = MnemonicShare.wordBitCount * (wordCount - MnemonicShare.overheadWordCount)
    let padding = bitCount % 16
    guard bitCount > 0, padding <= 8, range.contains((bitCount - padding) / 8) else {
      throw .invalidWordCount(wordCount)
    }
    return ((bitCount - padding) / 8, padding)
  }
}
