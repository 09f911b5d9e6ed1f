/// Why memory for a secret could not be had.
public enum SecretMemoryError: Error, Equatable, Sendable {
  /// The system refused to map `byteCount` bytes.
  case outOfMemory(byteCount: Int)
  /// A negative or overflowing number of bytes was asked for.
  case invalidCount(Int)
}
