/// Comparisons whose time and memory accesses depend on lengths alone.
public enum ConstantTime {
  /// Whether `left` and `right` hold the same bytes.
  ///
  /// Lengths are public: spans of different lengths are unequal at once. Every byte is read whatever the others
  /// are.
  @inline(never)
  public static func equal(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
  }

  /// Whether every byte of `bytes` is zero.
  @inline(never)
  public static func isZero(_ bytes: Span<UInt8>) -> Bool {
    var union: UInt8 = 0
    for index in bytes.indices { union |= bytes[index] }
    return union == 0
  }
}
