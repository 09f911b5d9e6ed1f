import EscrowStore
import KeyEscrow
import LibCrypto

/// A store that hands a holder more than the warrant asks for.
struct OverreachingStore: HolderDepositSource {
  let store: EscrowDatabase
  /// What it hands out, whatever it is asked for.
  let scope: WarrantScope

  func count(in asked: WarrantScope) throws(EscrowError) -> ScopeCount { try store.count(in: asked) }

  func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession? { try store.session(id) }

  func forEachDeposit(
    in asked: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    try store.forEachDeposit(in: scope, row: row, body)
  }
}

/// A file of which somebody flipped one bit.
struct TamperedBytes: ByteSource {
  private let original: FileBytes
  /// Which byte.
  private let place: Int

  /// The file with the lowest bit of its byte at `place` flipped.
  init(_ original: FileBytes, at place: Int) {
    self.original = original
    self.place = place
  }

  var byteCount: Int { original.byteCount }

  func read(_ range: Range<Int>) throws(EscrowError) -> [UInt8] {
    var bytes = try original.read(range)
    if range.contains(place) { bytes[place - range.lowerBound] ^= 1 }
    return bytes
  }
}
