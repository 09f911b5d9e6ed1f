import LibCrypto

/// Repeatable bytes for test data, which nothing secret may ever come from (Steele, Lea and Flood, 2014).
struct SplitMix {
  var state: UInt64

  mutating func byte() -> UInt8 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return UInt8(truncatingIfNeeded: mixed >> 32)
  }
}

/// Writes some bytes and then fails, as a generator might that loses its source midway.
struct FailingRandom: RandomSource {
  func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in 0..<(bytes.count / 2) { bytes[index] = 0x5A }
    throw .randomnessUnavailable
  }
}

/// The same bytes over and over, for examples that are worked out by hand.
struct KnownRandom: RandomSource {
  let bytes: [UInt8]

  func fill(_ target: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in target.indices { target[index] = bytes[index % bytes.count] }
  }
}
