import LibCrypto
import SecretMemory
import TestSupport

/// The text of a secret, to compare with a vector.
func hex(_ secret: borrowing SecretBytes) -> String {
  secret.withBytes { bytes in hex(bytes.indices.map { bytes[$0] }) }
}

func secret(_ text: String) throws -> SecretBytes {
  try SecretBytes.copying(Array(text.utf8).span)
}

/// A generator that fails after having written something.
struct FailingRandom: RandomSource {
  func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    bytes.explicitlyErase()
    throw .randomnessUnavailable
  }
}

/// A generator whose every byte is the same.
struct ConstantRandom: RandomSource {
  let value: UInt8

  func fill(_ bytes: inout MutableSpan<UInt8>) throws(CryptoError) {
    for index in bytes.indices { bytes[index] = value }
  }
}

/// Runs `body` on a buffer of `count` bytes that were 0xAA, so that bytes left untouched show; the bytes after.
func filled(
  _ count: Int, _ body: (inout MutableSpan<UInt8>) throws(CryptoError) -> Void
) throws(CryptoError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xaa, count: count)
  var span = bytes.mutableSpan
  try body(&span)
  return bytes
}

/// Runs `body`, which must throw, on such a buffer; the error and the bytes after.
func failing(
  _ count: Int, _ body: (inout MutableSpan<UInt8>) throws(CryptoError) -> Void
) -> (error: CryptoError?, bytes: [UInt8]) {
  var bytes = [UInt8](repeating: 0xaa, count: count)
  var span = bytes.mutableSpan
  do throws(CryptoError) {
    try body(&span)
    return (nil, bytes)
  } catch {
    return (error, bytes)
  }
}
