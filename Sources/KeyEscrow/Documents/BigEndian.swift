/// Fixed-width big-endian integers, as every binary format here writes them.
extension [UInt8] {
  /// Appends all bytes of `value`, most significant first.
  mutating func appendBigEndian<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
    for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> Value(shift)))
    }
  }

  /// Writes all bytes of `value` at `offset`, most significant first.
  mutating func writeBigEndian<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value, at offset: Int) {
    let byteCount = Value.bitWidth / 8
    for index in 0..<byteCount {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> Value(8 * (byteCount - 1 - index)))
    }
  }
}
