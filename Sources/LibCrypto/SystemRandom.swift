import COpenSSL
public import SecretMemory

/// libcrypto's generator for private values (`RAND_priv_bytes`), seeded by the operating system.
public struct SystemRandom: Sendable {
  /// The process's generator.
  public init() {}

  /// Fills `bytes` with random bytes.
  ///
  /// - Throws: `CryptoError.randomnessUnavailable`; `bytes` is then zero.
  public func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    do {
      try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
        guard var position = buffer.baseAddress else { return }
        var rest = buffer.count
        while rest > 0 {
          let count = min(rest, maximumCallByteCount)
          guard unsafe RAND_priv_bytes(position, CInt(count)) == 1 else { throw .randomnessUnavailable }
          unsafe position += count
          rest -= count
        }
      }
    } catch {
      ErrorQueue.clear()
      bytes.explicitlyErase()
      throw error
    }
  }

  /// `count` random bytes that are not secret, such as a salt.
  ///
  /// - Throws: `CryptoError.randomnessUnavailable`, `.invalidLength` for a negative count.
  public func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    guard count >= 0 else { throw .invalidLength(expected: 0, actual: count) }
    var result = [UInt8](repeating: 0, count: count)
    var span = result.mutableSpan
    try fill(&span)
    return result
  }

  /// `count` random bytes that are to become a secret.
  ///
  /// - Throws: `CryptoError.randomnessUnavailable`, `.secretMemory`.
  public func secret(_ count: Int) throws(CryptoError) -> SecretBytes {
    var result = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.zeros(count) }
    try result.withMutableBytes { (bytes) throws(CryptoError) in try fill(&bytes) }
    return result
  }
}

extension SystemRandom: RandomSource {}

/// The most bytes given to one libcrypto call that counts in C's `int`; longer data goes in several calls.
let maximumCallByteCount = 1 << 30
