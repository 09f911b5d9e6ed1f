import SecretMemory

/// Secret bytes in a place that can be shared.
final class SecretBytesBox: Sendable {
  let bytes: SecretBytes
  init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
