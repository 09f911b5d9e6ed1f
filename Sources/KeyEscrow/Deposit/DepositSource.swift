public import LibCrypto

/// A record found in a store: its position in a deposit and where it belongs.
public struct ScopedRecord: Hashable, Sendable {
  /// The record's position in its deposit, from 0.
  public let position: UInt32
  /// The conversation and epoch the store files it under: a claim until its tag was checked.
  public let locator: RecordLocator

  /// A record as found.
  public init(position: UInt32, locator: RecordLocator) {
    self.position = position
    self.locator = locator
  }
}

/// One holder's view of a deposit: its own sealed column, the columns it checks, and the digests of the rest.
///
/// There is no pseudonym in it but those of `records`. Nothing in it is trusted.
public struct HolderView: Hashable, Sendable {
  /// The deposit's header.
  public var header: DepositHeader
  /// Tags: 16 bytes per key.
  public var tags: [UInt8]
  /// The holder's share digests: 16 bytes per key.
  public var shareDigests: [UInt8]
  /// The holder's sealed column.
  public var sealedColumn: [UInt8]
  /// Digests of the public columns; those of the columns above are recomputed, not believed.
  public var digests: ColumnDigests
  /// Digests of the sealed columns, one per row; the holder's own is recomputed.
  public var ciphertextDigests: [Digest]
  /// The digest under which the store files the deposit: recomputed, and an error when it is another.
  public var digest: Digest
  /// The records in question, in rising position; none for an audit of the whole deposit.
  public var records: [ScopedRecord]

  /// A view made of these parts.
  public init(
    header: DepositHeader, tags: [UInt8], shareDigests: [UInt8], sealedColumn: [UInt8],
    digests: ColumnDigests, ciphertextDigests: [Digest], digest: Digest, records: [ScopedRecord]
  ) {
    self.header = header
    self.tags = tags
    self.shareDigests = shareDigests
    self.sealedColumn = sealedColumn
    self.digests = digests
    self.ciphertextDigests = ciphertextDigests
    self.digest = digest
    self.records = records
  }
}

/// What recovery reads of a deposit. Nothing in it is trusted.
public struct RecoveryView: Hashable, Sendable {
  /// The deposit's header.
  public var header: DepositHeader
  /// Tags: 16 bytes per key.
  public var tags: [UInt8]
  /// Commitments: 32 bytes per key.
  public var commitments: [UInt8]
  /// Digests of the share digest columns, one per row.
  public var shareColumnDigests: [Digest]

  /// A view made of these parts.
  public init(header: DepositHeader, tags: [UInt8], commitments: [UInt8], shareColumnDigests: [Digest]) {
    self.header = header
    self.tags = tags
    self.commitments = commitments
    self.shareColumnDigests = shareColumnDigests
  }
}

/// How much of a store a warrant's scope covers.
public struct ScopeCount: Hashable, Sendable {
  /// Distinct (conversation, epoch) pairs: what a warrant's maximum counts.
  public let keys: UInt64
  /// Records: a pair deposited twice is two.
  public let records: UInt64

  /// A count.
  public init(keys: UInt64, records: UInt64) {
    self.keys = keys
    self.records = records
  }
}

/// Where a holder finds the deposits that a warrant asks for: a store, or an extract of one.
public protocol HolderDepositSource {
  /// Counts what `scope` covers, without reading any deposit.
  func count(in scope: WarrantScope) throws(EscrowError) -> ScopeCount
  /// The header of session `id`, if it is there.
  func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession?
  /// Calls `body` with each deposit that has records in `scope`, as one holder sees it: deposits of one session
  /// together and in rising sequence.
  ///
  /// `row` gives the holder's row (from 0) under the roster of this id, or nil when the holder is not on it: such
  /// deposits are passed over.
  func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError)
}

/// Where whoever recovers finds the public columns that releases are checked against. Several threads
/// may ask at once.
public protocol RecoverySource: Sendable {
  /// The header of session `id`, if it is there: it names the roster of the session's deposits.
  func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession?
  /// The deposit with `digest`, if it is there.
  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView?
  /// The share digests of `row` (from 0) in that deposit, which recovery reads only to find out who cheated.
  func shareDigests(_ digest: Digest, row: Int) throws(EscrowError) -> [UInt8]?
}

/// A whole deposit as it was found. Nothing in it is trusted.
public struct FiledDeposit: Hashable, Sendable {
  /// The digest under which it is filed, and which was signed unless somebody altered it.
  public let digest: Digest
  /// The deposit, with the digest that its columns have.
  public let deposit: Deposit
  /// The positions of the records that were asked for.
  public let positions: [UInt32]

  /// A deposit as found.
  public init(digest: Digest, deposit: Deposit, positions: [UInt32]) {
    self.digest = digest
    self.deposit = deposit
    self.positions = positions
  }
}

/// Where a member of a conversation, or whoever audits, finds whole deposits.
public protocol DepositSource {
  /// The header of session `id`, if it is there.
  func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession?
  /// The newest signed head of session `id`.
  func head(ofSession id: Digest) throws(EscrowError) -> UnverifiedHead?
  /// The deposits that hold a record of `locator`, each with that record's positions.
  func deposits(of locator: RecordLocator) throws(EscrowError) -> [FiledDeposit]
}
