import SecretMemory

/// Looks words of SLIP-39 up, in either direction, in a time and at addresses that do not depend on the word.
///
/// Every lookup reads all 1,024 words. How long a word is shows in any text that holds it, and is not hidden.
enum WordTable {
  static let wordCount = 1024
  /// The longest word.
  static let maximumByteCount = 8

  // A word's letters, first one in the most significant byte, zeros behind the last.
  private static let packed: [UInt64] = SLIP39WordList.text.withUTF8Buffer { text in
    unsafe text.split(separator: UInt8(ascii: " ")).map { word in
      unsafe word.enumerated().reduce(0) { $0 | UInt64($1.element) << (56 - 8 * UInt64($1.offset)) }
    }
  }

  /// The place of the word whose letters are `letters`, lowercase and packed as above; nil when there is none.
  static func index(of letters: UInt64) -> UInt32? {
    var index: UInt32 = 0
    var found: UInt32 = 0
    for place in 0..<wordCount {
      let isSame = isEqual(packed[place], letters)
      index |= UInt32(place) & UInt32(truncatingIfNeeded: isSame)
      found |= UInt32(truncatingIfNeeded: isSame)
    }
    return found == 0 ? nil : index
  }

  /// The letters of the word at `index`, packed as above.
  static func letters(at index: UInt32) -> UInt64 {
    var letters: UInt64 = 0
    for place in 0..<wordCount { letters |= packed[place] & isEqual(UInt64(place), UInt64(index)) }
    return letters
  }

  // All ones for equal numbers, and zero for others.
  private static func isEqual(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let difference = left ^ right
    return ((difference | (0 &- difference)) >> 63) &- 1
  }
}
