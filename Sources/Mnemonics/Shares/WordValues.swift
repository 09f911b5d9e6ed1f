import SecretMemory

/// The ten-bit values of a mnemonic's words, secret, in their order.
struct WordValues: ~Copyable {
  private var bytes: SecretBytes
  private(set) var count = 0

  /// No values yet, and room for `capacity`.
  init(capacity: Int) throws(MnemonicError) {
    bytes = try MnemonicError.allocating { () throws(SecretMemoryError) in try SecretBytes.zeros(2 * capacity)
    }
  }

  var capacity: Int { bytes.count / 2 }

  /// Appends a value; there must be room.
  mutating func append(_ value: UInt32) {
    let place = 2 * count
    bytes.withMutableBytes { bytes in
      bytes[place] = UInt8(truncatingIfNeeded: value >> 8)
      bytes[place + 1] = UInt8(truncatingIfNeeded: value)
    }
    count += 1
  }

  subscript(_ index: Int) -> UInt32 {
    precondition((0..<count).contains(index), "no such word")
    return bytes.withBytes { UInt32($0[2 * index]) << 8 | UInt32($0[2 * index + 1]) }
  }
}
