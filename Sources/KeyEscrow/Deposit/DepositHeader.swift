public import LibCrypto

/// The fixed-size front of a deposit's public part (`Spec/deposit.md`, Header): 104 bytes.
public struct DepositHeader: Hashable, Sendable {
  /// The number of bytes of every header.
  public static let byteCount = 104
  /// The most keys one deposit holds.
  public static let maximumKeys = 4096
  static let magic = Array("escrow-d".utf8)
  static let version: UInt16 = 1
  private static let testFlag: UInt16 = 1

  /// The algorithms, those of the session.
  public let suite: CipherSuite
  /// Whether the keys are for tests only.
  public let isTest: Bool
  /// The number of rows: one per holder.
  public let rows: Int
  /// The number of keys, 1 to 4,096.
  public let count: Int
  /// How often the deposit's shares were dealt anew; 0 when first deposited.
  public let generation: UInt32
  /// The deposit's number in its session, 0 to 65,535, rising; numbers may be skipped, never used twice.
  public let sequence: UInt64
  /// When the depositor made it.
  public let time: Timestamp
  /// The session's id.
  public let session: Digest
  /// The digest of the session's deposit before this one; the session id for the first.
  public let previous: Digest

  init(
    suite: CipherSuite, isTest: Bool, rows: Int, count: Int, generation: UInt32 = 0, sequence: UInt64,
    time: Timestamp, session: Digest, previous: Digest
  ) {
    self.suite = suite
    self.isTest = isTest
    self.rows = rows
    self.count = count
    self.generation = generation
    self.sequence = sequence
    self.time = time
    self.session = session
    self.previous = previous
  }

  /// Reads a header.
  ///
  /// - Throws: `.malformed(.deposit)` for another magic, an unknown version, suite or flag, and any field out of its
  ///   bounds.
  public init(parsing bytes: [UInt8]) throws(EscrowError) {
    var reader = BinaryReader(bytes)
    guard bytes.count == Self.byteCount, reader.take(8) == Self.magic else {
      throw .malformed(.deposit, reason: "it does not begin with a deposit header")
    }
    guard reader.integer() == Self.version else {
      throw .malformed(.deposit, reason: "its version is not known")
    }
    guard let number: UInt16 = reader.integer(), let suite = CipherSuite(rawValue: number) else {
      throw .malformed(.deposit, reason: "its suite is not known")
    }
    guard let flags: UInt16 = reader.integer(), flags & ~Self.testFlag == 0 else {
      throw .malformed(.deposit, reason: "it has flags that are not known")
    }
    guard let rows: UInt16 = reader.integer(), (1...255).contains(rows) else {
      throw .malformed(.deposit, reason: "its number of rows is not in 1...255")
    }
    guard let count: UInt32 = reader.integer(), (1...UInt32(Self.maximumKeys)).contains(count) else {
      throw .malformed(.deposit, reason: "its number of keys is not in 1...\(Self.maximumKeys)")
    }
    guard let generation: UInt32 = reader.integer(), generation == 0 else {
      throw .malformed(.deposit, reason: "its generation is not known")
    }
    guard let sequence: UInt64 = reader.integer(), sequence < ChainKeys.maximumDeposits else {
      throw .malformed(.deposit, reason: "its sequence number is not below \(ChainKeys.maximumDeposits)")
    }
    guard let seconds: UInt64 = reader.integer(), let signedSeconds = Int64(exactly: seconds),
      let time = Timestamp(secondsSince1970: signedSeconds)
    else { throw .malformed(.deposit, reason: "its time is after the year 9999") }
    guard let session = reader.digest(), let previous = reader.digest() else {
      throw .malformed(.deposit, reason: "it ends inside its header")
    }
    self.init(
      suite: suite, isTest: flags == Self.testFlag, rows: Int(rows), count: Int(count),
      generation: generation,
      sequence: sequence, time: time, session: session, previous: previous)
  }

  /// The 104 bytes.
  public var bytes: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.byteCount)
    bytes.appendBigEndian(Self.version)
    bytes.appendBigEndian(suite.rawValue)
    bytes.appendBigEndian(isTest ? Self.testFlag : 0)
    bytes.appendBigEndian(UInt16(rows))
    bytes.appendBigEndian(UInt32(count))
    bytes.appendBigEndian(generation)
    bytes.appendBigEndian(sequence)
    bytes.appendBigEndian(UInt64(time.secondsSince1970))
    bytes.append(session)
    bytes.append(previous)
    return bytes
  }
}
