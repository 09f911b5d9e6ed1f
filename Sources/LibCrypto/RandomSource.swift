package import SecretMemory

/// Where random bytes come from: the operating system's generator in earnest, a failing or a known one in tests.
///
/// The protocol is the package's own, so that nobody outside can hand over a predictable source.
package protocol RandomSource: Sendable {
  /// Fills `bytes`, or zeroes it and throws `CryptoError.randomnessUnavailable`.
  func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError)
}

extension RandomSource {
  /// `count` random bytes that are to become a secret.
  package func secret(_ count: Int) throws(CryptoError) -> SecretBytes {
    var result = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.zeros(count) }
    try result.withMutableBytes { (bytes) throws(CryptoError) in try fill(&bytes) }
    return result
  }

  /// `count` random bytes that are not secret, such as a salt.
  package func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    guard count >= 0 else { throw .invalidLength(expected: 0, actual: count) }
    var result = [UInt8](repeating: 0, count: count)
    var span = result.mutableSpan
    try fill(&span)
    return result
  }
}
