import LibCrypto
import SecretMemory

extension SecretBytes {
  /// `count` zero bytes, failing as libcrypto's callers fail.
  static func allocated(_ count: Int) throws(CryptoError) -> SecretBytes {
    do { return try zeros(count) } catch { throw .secretMemory(error) }
  }

  /// A copy of `bytes`, failing as libcrypto's callers fail.
  static func duplicate(_ bytes: Span<UInt8>) throws(CryptoError) -> SecretBytes {
    do { return try copying(bytes) } catch { throw .secretMemory(error) }
  }
}
