import LibCrypto
import SecretMemory

/// The verified records of one deposit, in buffers that are used again for the next.
final class RecoveredDeposit: @unchecked Sendable {
  // Sendable: one thread fills it and hands it over before another reads it.
  private(set) var locators: [UInt8] = []
  private(set) var count = 0
  var report = RecoveryReport()
  var error: EscrowError?
  private let capacity: Int
  private var keys: SecretBytes

  /// Room for `capacity` records from the first one on; it grows. Locked memory takes long to get: the thread that fills
  /// this gets it.
  init(capacity: Int) throws(EscrowError) {
    do throws(CryptoError) {
      let keys = try SecretBytes.allocated(0)
      self.keys = keys
    } catch { throw .crypto(error) }
    self.capacity = capacity
  }

  /// Forgets the last deposit and erases its keys.
  func reset() {
    keys.erase(first: count * PositionHash.keyByteCount)
    locators.removeAll(keepingCapacity: true)
    count = 0
    report = RecoveryReport()
    error = nil
  }

  /// Takes verified keys, 32 bytes each, with their packed locators.
  func append(locators: ArraySlice<UInt8>, keys verified: Span<UInt8>) throws(EscrowError) {
    let start = count * PositionHash.keyByteCount
    try reserve(start + verified.count)
    self.locators += locators
    keys.withMutableBytes { $0.copy(verified, at: start) }
    count += verified.count / PositionHash.keyByteCount
    report.recovered += UInt64(verified.count / PositionHash.keyByteCount)
  }

  private func reserve(_ byteCount: Int) throws(EscrowError) {
    guard byteCount > keys.count else { return }
    do throws(CryptoError) {
      var larger = try SecretBytes.allocated(
        max(capacity * PositionHash.keyByteCount, 2 * keys.count, byteCount))
      keys.withBytes { keys in larger.withMutableBytes { $0.copy(keys, at: 0) } }
      keys = larger
    } catch { throw .crypto(error) }
  }

  func withKeys<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
    try keys.withBytes { bytes throws(Failure) in
      try body(bytes.extracting(0..<count * PositionHash.keyByteCount))
    }
  }

  func blame(_ culprit: RecoveryFault.Culprit, _ deposit: Digest, _ failure: VerificationFailure) {
    report.faults.append(RecoveryFault(culprit: culprit, deposit: deposit, failure: failure))
  }
}
