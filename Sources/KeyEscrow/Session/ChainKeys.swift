import LibCrypto
import SecretMemory

/// The chain keys of one end of a session, at one sequence number: one key for a holder, one per row for a
/// depositor.
///
/// They only step forward. After a step the previous keys are nowhere: not here, and not in the state that was
/// saved (`Spec/session.md`, Ratchet).
struct ChainKeys: ~Copyable {
  /// Sequence numbers are 0 to 65,535, so that what a holder can be made to step through is bounded.
  static let maximumDeposits: UInt64 = 65_536

  private(set) var sequence: UInt64
  private var keys: SecretBytes
  private var next: SecretBytes
  private var hkdf: HKDF

  /// `keys` are 32-byte chain keys end to end, all at `sequence`.
  init(keys: consuming SecretBytes, sequence: UInt64) throws(CryptoError) {
    let next = try SecretBytes.allocated(keys.count)
    let hkdf = try HKDF()
    self.keys = keys
    self.next = next
    self.hkdf = hkdf
    self.sequence = sequence
  }

  /// Replaces each `CK_j` by `CK_{j+1} = HKDF-Expand(CK_j, "key-escrow/v1 chain", 32)`.
  mutating func step() throws(CryptoError) {
    let label = KeySchedule.chainLabel
    for start in stride(from: 0, to: keys.count, by: KeySchedule.keyByteCount) {
      let range = start..<start + KeySchedule.keyByteCount
      try keys.withBytes { current throws(CryptoError) in
        try next.withMutableBytes { output throws(CryptoError) in
          try output.withSlice(range) { slot throws(CryptoError) in
            try hkdf.expand(key: current.extracting(range), info: label.span, into: &slot)
          }
        }
      }
    }
    swap(&keys, &next)
    next.erase()
    // The context would keep the last key it was given: an old chain key.
    try hkdf.eraseKey()
    sequence += 1
  }

  /// Steps to `target`.
  ///
  /// - Throws: `.sequenceExhausted` before any work when `target` is beyond what a session may hold; `.forked` when
  ///   it lies behind.
  mutating func advance(to target: UInt64) throws(EscrowError) {
    guard target < Self.maximumDeposits else { throw .sessionRefused(.sequenceExhausted) }
    guard target >= sequence else { throw .sessionRefused(.forked) }
    do { while sequence < target { try step() } } catch { throw .crypto(error) }
  }

  /// Writes the key that seals row `row` (counted from 1) of the deposit with `publicDigest` at this sequence
  /// number; `index` says which of the chain keys is that row's.
  mutating func deriveColumnKey(
    index: Int, row: UInt16, publicDigest: Digest, into key: inout SecretBytes
  ) throws(CryptoError) {
    let info = KeySchedule.columnInfo(row: row, publicDigest: publicDigest)
    let start = index * KeySchedule.keyByteCount
    try keys.withBytes { chain throws(CryptoError) in
      try key.withMutableBytes { output throws(CryptoError) in
        try hkdf.expand(
          key: chain.extracting(start..<start + KeySchedule.keyByteCount), info: info.span, into: &output)
      }
    }
  }

  /// Reads the keys, to be saved sealed.
  borrowing func withKeys<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try keys.withBytes(body)
  }
}
