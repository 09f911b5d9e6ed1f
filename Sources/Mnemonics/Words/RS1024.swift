/// The checksum of SLIP-39: a Reed–Solomon code over GF(1024) that finds any three wrong words.
struct RS1024 {
  /// The number of words of a checksum.
  static let wordCount = 3

  private static let generator: [UInt32] = [
    0x0E0_E040, 0x1C1_C080, 0x383_8100, 0x707_0200, 0xE0E_0009, 0x1C0C_2412, 0x3808_6C24, 0x3090_FC48,
    0x21B1_F890, 0x3F3_F120,
  ]

  private var state: UInt32 = 1

  /// Begins a checksum of the customisation string, which says whether the backup is extendable.
  init(isExtendable: Bool) {
    for byte in (isExtendable ? "shamir_extendable" : "shamir").utf8 { update(UInt32(byte)) }
  }

  /// Takes one word's ten-bit value, without a branch that depends on it.
  mutating func update(_ value: UInt32) {
    let high = state >> 20
    state = (state & 0xF_FFFF) << 10 ^ value
    for bit in 0..<10 { state ^= Self.generator[bit] & (0 &- (high >> UInt32(bit) & 1)) }
  }

  /// Whether all words, the checksum's among them, fit.
  var isValid: Bool { state == 1 }

  /// The values of the three words that make what was taken so far fit.
  func checksum() -> [UInt32] {
    var padded = self
    for _ in 0..<Self.wordCount { padded.update(0) }
    let value = padded.state ^ 1
    return [value >> 20 & 1023, value >> 10 & 1023, value & 1023]
  }
}
