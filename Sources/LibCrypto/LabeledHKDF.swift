package import SecretMemory

/// RFC 9180 §4: HKDF whose every use names its protocol, suite and purpose.
extension HKDF {
  private static let version = Array("HPKE-v1".utf8)

  /// `LabeledExtract(salt, label, ikm) = Extract(salt, "HPKE-v1" ‖ suite_id ‖ label ‖ ikm)`.
  package mutating func labeledExtract(
    suiteID: [UInt8], salt: Span<UInt8>, label: String, inputKey: Span<UInt8>
  ) throws(CryptoError) -> SecretBytes {
    let prefix = Self.version + suiteID + Array(label.utf8)
    return try extract(salt: salt, prefix: prefix.span, inputKey: inputKey)
  }

  /// `LabeledExpand(prk, label, info, L) = Expand(prk, I2OSP(L, 2) ‖ "HPKE-v1" ‖ suite_id ‖ label ‖ info, L)`,
  /// where L is the length of `output`.
  ///
  /// - Throws: `CryptoError.invalidLength` for more than 255 × 32 bytes, `.libcrypto`; `output` is then zero.
  package mutating func labeledExpand(
    suiteID: [UInt8], key: Span<UInt8>, label: String, info: Span<UInt8>,
    into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    guard output.count <= Self.maximumOutputByteCount else {
      output.explicitlyErase()
      throw .invalidLength(expected: Self.maximumOutputByteCount, actual: output.count)
    }
    let length = [UInt8(output.count >> 8), UInt8(output.count & 0xff)]
    let prefix = length + Self.version + suiteID + Array(label.utf8)
    try expand(key: key, prefix: prefix.span, info: info, into: &output)
  }

  /// `labeledExpand` of `byteCount` bytes into secret memory of their own.
  package mutating func labeledExpand(
    suiteID: [UInt8], key: Span<UInt8>, label: String, info: Span<UInt8>, byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    guard byteCount >= 0, byteCount <= Self.maximumOutputByteCount else {
      throw .invalidLength(expected: Self.maximumOutputByteCount, actual: byteCount)
    }
    var output = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.zeros(byteCount) }
    try output.withMutableBytes { (bytes) throws(CryptoError) in
      try labeledExpand(suiteID: suiteID, key: key, label: label, info: info, into: &bytes)
    }
    return output
  }
}
