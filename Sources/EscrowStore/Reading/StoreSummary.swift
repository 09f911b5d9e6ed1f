public import KeyEscrow
public import LibCrypto

/// What a store holds, in numbers.
public struct StoreSummary: Hashable, Sendable {
  /// The schema's version.
  public let schemaVersion: Int
  /// How many sessions.
  public let sessions: UInt64
  /// How many deposits.
  public let deposits: UInt64
  /// How many records.
  public let records: UInt64
  /// Bytes of the database in use, without the write-ahead log.
  public let byteCount: UInt64
  /// When the first and the last deposit were made, by their depositors' clocks; nil when there is none.
  public let deposited: ClosedRange<Timestamp>?
  /// The key that signs receipts, as a vkey, once it has signed one.
  public let storeKey: String?
  /// The rosters that sessions were opened under, in byte order.
  public let rosters: [Digest]
}
