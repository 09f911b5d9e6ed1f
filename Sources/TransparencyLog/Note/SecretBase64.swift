import SecretMemory

/// Base64 (RFC 4648 section 4) of secret bytes: no branch and no address depends on them, only on their number.
///
/// A character is found, and read, by going through all five runs of the alphabet and keeping the one that
/// matches.
enum SecretBase64 {
  /// The runs of the alphabet: characters `first ... last` stand for the values from `value` up.
  private static let runs: [(first: Int, last: Int, value: Int)] = [
    (0x41, 0x5A, 0), (0x61, 0x7A, 26), (0x30, 0x39, 52), (0x2B, 0x2B, 62), (0x2F, 0x2F, 63),
  ]

  /// Writes the text of `bytes` to `text`, which has room for exactly that. The number of bytes is a multiple of
  /// three, so no padding is needed.
  static func encode(_ bytes: Span<UInt8>, into text: inout MutableSpan<UInt8>) {
    precondition(bytes.count.isMultiple(of: 3) && text.count == bytes.count / 3 * 4)
    for group in 0..<bytes.count / 3 {
      let bits = Int(bytes[3 * group]) << 16 | Int(bytes[3 * group + 1]) << 8 | Int(bytes[3 * group + 2])
      for digit in 0..<4 {
        let value = bits >> (18 - 6 * digit) & 63
        var character = 0
        for run in runs {
          let offset = value - run.value
          character |= mask(offset, run.last - run.first) & (run.first + offset)
        }
        text[4 * group + digit] = UInt8(truncatingIfNeeded: character)
      }
    }
  }

  /// Writes the bytes of `text` to `bytes`, which has room for exactly those, and returns whether all characters
  /// are of the alphabet. The number of characters is a multiple of four, and padding is not read.
  static func decode(_ text: Span<UInt8>, into bytes: inout MutableSpan<UInt8>) -> Bool {
    precondition(text.count.isMultiple(of: 4) && bytes.count == text.count / 4 * 3)
    var areValid = -1
    for group in 0..<text.count / 4 {
      var bits = 0
      for digit in 0..<4 {
        let character = Int(text[4 * group + digit])
        var value = 0
        var isKnown = 0
        for run in runs {
          let offset = character - run.first
          let matches = mask(offset, run.last - run.first)
          value |= matches & (run.value + offset)
          isKnown |= matches
        }
        bits = bits << 6 | value
        areValid &= isKnown
      }
      for index in 0..<3 { bytes[3 * group + index] = UInt8(truncatingIfNeeded: bits >> (16 - 8 * index)) }
    }
    return areValid == -1
  }

  /// All ones when 0 ≤ `offset` ≤ `last`, else zero: from the signs, without a comparison.
  private static func mask(_ offset: Int, _ last: Int) -> Int {
    ~(offset >> (Int.bitWidth - 1)) & ~((last - offset) >> (Int.bitWidth - 1))
  }
}
