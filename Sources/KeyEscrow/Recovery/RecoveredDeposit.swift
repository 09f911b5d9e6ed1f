import LibCrypto
import SecretMemory

/// The verified records of one deposit, in buffers that are used again for the next.
final class RecoveredDeposit: @unchecked Sendable {
  // Sendable: one thread fills it and hands it over before another reads it.
  private(set) var locators: [UInt8] = []
  private(set) var count = 0
  var report = RecoveryReport()
  var error: EscrowError?
  private var keys: SecretBytes

  init() throws(EscrowError) {
    do throws(CryptoError) {
      let keys = try SecretBytes.allocated(DepositHeader.maximumKeys * PositionHash.keyByteCount)
      self.keys = keys
    } catch { throw .crypto(error) }
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
  func append(locators: ArraySlice<UInt8>, keys verified: Span<UInt8>) {
    self.locators += locators
    let start = count * PositionHash.keyByteCount
    keys.withMutableBytes { $0.copy(verified, at: start) }
    count += verified.count / PositionHash.keyByteCount
    report.recovered += UInt64(verified.count / PositionHash.keyByteCount)
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
