import KeyEscrow
import LibCrypto

/// One digest over many keys, deposit by deposit: equal before and after only if every conversation, epoch and key
/// is, in the same order.
///
/// It takes the place of a second copy of a million keys. SHA-256 over, for each deposit, its packed locators and
/// then its keys.
struct KeyFingerprint: ~Copyable {
  private var sha: SHA256
  private(set) var count: UInt64 = 0

  init() throws(CryptoError) {
    sha = try SHA256()
  }

  /// Adds one deposit's keys: 40 bytes of locator and 32 bytes of key per record.
  mutating func add(_ locators: Span<UInt8>, _ keys: Span<UInt8>) throws(EscrowError) {
    do {
      try sha.update(locators)
      try sha.update(keys)
    } catch { throw .crypto(error) }
    count += UInt64(keys.count / KeyBatch.keyByteCount)
  }

  consuming func finish() throws(CryptoError) -> Digest { try sha.finish() }
}
