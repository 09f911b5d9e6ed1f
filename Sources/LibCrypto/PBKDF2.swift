import COpenSSL
import SecretMemory

/// PBKDF2 with HMAC-SHA-256 (RFC 8018 §5.2).
public enum PBKDF2 {
  /// The most iterations: what libcrypto counts in C's `int`.
  public static let maximumIterations = Int(CInt.max)

  /// Fills `output`, at least one byte, with the key derived from `password` and `salt`, both of any length.
  ///
  /// About half a microsecond an iteration for each 32 bytes of output.
  ///
  /// - Throws: `CryptoError.invalidLength` unless 1 ≤ iterations ≤ 2^31 − 1 and there is output to fill, `.libcrypto`;
  ///   `output` is then zero.
  public static func deriveKey(
    password: Span<UInt8>, salt: Span<UInt8>, iterations: Int, into output: inout MutableSpan<UInt8>
  ) throws(CryptoError) {
    do throws(CryptoError) {
      guard (1...maximumIterations).contains(iterations) else {
        throw .invalidLength(expected: maximumIterations, actual: iterations)
      }
      guard !output.isEmpty, password.count <= maximumCallByteCount, salt.count <= maximumCallByteCount,
        output.count <= maximumCallByteCount
      else { throw .invalidLength(expected: 1, actual: output.count) }
      let algorithm = try Fetched.sha256.get()
      try unsafe password.withUnsafeBytes { (password) throws(CryptoError) in
        try unsafe salt.withUnsafeBufferPointer { (salt) throws(CryptoError) in
          try unsafe output.withUnsafeMutableBufferPointer { (output) throws(CryptoError) in
            try require("PKCS5_PBKDF2_HMAC") {
              unsafe PKCS5_PBKDF2_HMAC(
                password.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(password.count),
                salt.baseAddress, CInt(salt.count), CInt(iterations), algorithm.pointer, CInt(output.count),
                output.baseAddress)
            }
          }
        }
      }
    } catch {
      output.explicitlyErase()
      throw error
    }
  }
}
