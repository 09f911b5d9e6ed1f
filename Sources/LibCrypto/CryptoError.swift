public import SecretMemory

/// Why a cryptographic operation gave no result.
///
/// Whatever the case, nothing of the result was emitted: output that the caller lent is zero.
public enum CryptoError: Error, Equatable, Sendable {
  /// libcrypto refused `operation`; `reasons` is its whole error queue, oldest first, drained.
  case libcrypto(operation: String, reasons: [String])
  /// The random generator failed.
  case randomnessUnavailable
  /// A tag did not verify: wrong key, nonce, associated data or ciphertext.
  case authenticationFailed
  /// A key of the wrong length or kind, a point that is refused, or an all-zero shared secret.
  case invalidKey
  /// An input or output has `actual` bytes where `expected` are needed (or, for a maximum, allowed).
  case invalidLength(expected: Int, actual: Int)
  /// No PKCS#8 private key can be read from the text.
  case malformedPEM
  /// The passphrase is wrong, empty or missing.
  case wrongPassphrase
  /// An HPKE context has used every sequence number that it may.
  case messageLimitReached
  /// `seal` or `open` on an HPKE context whose suite can only export.
  case exportOnly
  /// Memory for a secret could not be had.
  case secretMemory(SecretMemoryError)
}
