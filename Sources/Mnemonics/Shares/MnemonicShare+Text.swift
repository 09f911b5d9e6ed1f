public import SecretMemory

/// Mnemonics as text: words with white space between them.
///
/// Neither a branch nor an address depends on which words they are. Where words end does depend on how long they
/// are, in any text.
extension MnemonicShare {
  /// The share whose words are `text`: ASCII, in upper or lower case, with spaces, tabs or line ends between them.
  ///
  /// - Throws: `MnemonicError.unknownWord`, `.invalidWordCount`, `.invalidChecksum`, `.invalidPadding`,
  ///   `.groupThresholdAboveCount`, `.secretMemory`.
  public convenience init(parsing text: Span<UInt8>) throws(MnemonicError) {
    let words = try Self.words(of: text)
    let (byteCount, paddingBitCount) = try SecretLength.value(wordCount: words.count)
    let header = MnemonicHeader(first: words[0], second: words[1], third: words[2], fourth: words[3])
    var checksum = RS1024(isExtendable: header.isExtendable)
    for index in 0..<words.count { checksum.update(words[index]) }
    guard checksum.isValid else { throw .invalidChecksum }
    guard header.groupThreshold <= header.groupCount else {
      throw .groupThresholdAboveCount(threshold: header.groupThreshold, count: header.groupCount)
    }
    let value = try Self.value(in: words, byteCount: byteCount, paddingBitCount: paddingBitCount)
    self.init(header: header, value: value)
  }

  /// The mnemonic: lowercase words with one space between them, and nothing else.
  ///
  /// - Throws: `MnemonicError.secretMemory`.
  public func text() throws(MnemonicError) -> SecretBytes {
    let words = try allWords()
    var buffer = try MnemonicError.allocating { () throws(SecretMemoryError) in
      try SecretBytes.zeros(words.count * (WordTable.maximumByteCount + 1))
    }
    var end = 0
    buffer.withMutableBytes { text in
      for index in 0..<words.count {
        if index > 0 {
          text[end] = UInt8(ascii: " ")
          end += 1
        }
        var letters = WordTable.letters(at: words[index])
        while letters != 0 {
          text[end] = UInt8(truncatingIfNeeded: letters >> 56)
          letters <<= 8
          end += 1
        }
      }
    }
    let count = end
    return try MnemonicError.allocating { () throws(SecretMemoryError) in
      try buffer.withBytes { text throws(SecretMemoryError) in
        try SecretBytes.copying(text.extracting(0..<count))
      }
    }
  }

  /// Whether `typed` are this mnemonic's words at `places`, counted from 0, in that order and no others.
  ///
  /// Compared in constant time; the words of neither side are copied out of secret memory.
  ///
  /// - Precondition: the mnemonic has a word at each of `places`.
  /// - Throws: `MnemonicError.secretMemory`.
  public func isRead(as typed: Span<UInt8>, at places: [Int]) throws(MnemonicError) -> Bool {
    let read: WordValues
    do throws(MnemonicError) { read = try Self.words(of: typed) } catch {
      if case .secretMemory = error { throw error }
      return false
    }
    let words = try allWords()
    guard read.count == places.count else { return false }
    var difference: UInt32 = 0
    for (index, place) in places.enumerated() { difference |= read[index] ^ words[place] }
    return difference == 0
  }

  // MARK: Words to text and back

  private static let maximumWordCount = wordCount(valueByteCount: SecretLength.range.upperBound)

  private static func words(of text: Span<UInt8>) throws(MnemonicError) -> WordValues {
    var words = try WordValues(capacity: maximumWordCount)
    var offset = 0
    while true {
      while offset < text.count, isSpace(text[offset]) { offset += 1 }
      guard offset < text.count else { return words }
      guard words.count < words.capacity else { throw .invalidWordCount(words.count + 1) }
      let start = offset
      while offset < text.count, !isSpace(text[offset]) { offset += 1 }
      guard let letters = letters(of: text.extracting(start..<offset)),
        let value = WordTable.index(of: letters)
      else { throw .unknownWord(position: words.count) }
      words.append(value)
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
  }

  // A word's letters in lower case, packed as the table has them; nil for what is too long to be one. Anything but a
  // letter makes a number that no word has.
  private static func letters(of word: Span<UInt8>) -> UInt64? {
    guard word.count <= WordTable.maximumByteCount else { return nil }
    var letters: UInt64 = 0
    for index in word.indices {
      let byte = Int32(word[index])
      // 32 for A…Z and 0 for everything else: what a difference's sign bits spell.
      let lower = byte + (((0x40 - byte) & (byte - 0x5B)) >> 8 & 32)
      // 255 for a zero, which the packing would otherwise take for the end of the word, and 0 for everything else.
      let zero = (byte - 1) >> 8 & 255
      letters |= UInt64(UInt8(truncatingIfNeeded: lower | zero)) << (56 - 8 * UInt64(index))
    }
    return letters
  }

  // MARK: Words to bytes and back

  private static func value(
    in words: borrowing WordValues, byteCount: Int, paddingBitCount: Int
  ) throws(MnemonicError) -> SecretBytes {
    var value = try MnemonicError.allocating { () throws(SecretMemoryError) in
      try SecretBytes.zeros(byteCount)
    }
    let first = MnemonicHeader.wordCount
    // The padding is shorter than a word, so all of it is in the first.
    guard words[first] >> UInt32(wordBitCount - paddingBitCount) == 0 else { throw .invalidPadding }
    value.withMutableBytes { value in
      var bits: UInt32 = 0
      var bitCount = -paddingBitCount
      var end = 0
      for index in first..<words.count - RS1024.wordCount {
        bits = bits << UInt32(wordBitCount) | words[index]
        bitCount += wordBitCount
        while bitCount >= 8 {
          bitCount -= 8
          value[end] = UInt8(truncatingIfNeeded: bits >> UInt32(bitCount))
          bits &= 1 << UInt32(bitCount) - 1
          end += 1
        }
      }
    }
    return value
  }

  private func allWords() throws(MnemonicError) -> WordValues {
    var words = try WordValues(capacity: wordCount)
    for word in header.words { words.append(word) }
    value.withBytes { value in
      let valueWordCount = wordCount - Self.overheadWordCount
      var bits: UInt32 = 0
      var bitCount = Self.wordBitCount * valueWordCount - 8 * value.count
      for index in value.indices {
        bits = bits << 8 | UInt32(value[index])
        bitCount += 8
        while bitCount >= Self.wordBitCount {
          bitCount -= Self.wordBitCount
          words.append(bits >> UInt32(bitCount))
          bits &= 1 << UInt32(bitCount) - 1
        }
      }
    }
    var checksum = RS1024(isExtendable: header.isExtendable)
    for index in 0..<words.count { checksum.update(words[index]) }
    for word in checksum.checksum() { words.append(word) }
    return words
  }
}
