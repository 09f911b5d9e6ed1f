import LibCrypto

extension [UInt8] {
  /// `count` zeros.
  ///
  /// `[UInt8](repeating:count:)` takes three times as long where there are few: a column of one key is such a case.
  static func zeros(_ count: Int) -> [UInt8] {
    Array(repeatElement(0, count: count))
  }

  /// Appends the 32 bytes of `digest`.
  mutating func append(_ digest: Digest) {
    digest.withBytes { bytes in
      unsafe bytes.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
    }
  }
}
