import SecretMemory

/// Raw Shamir shares `y ‖ x` of one secret, all of one length, with distinct abscissae and none of them 0.
public struct RawShares: ~Copyable, Sendable {
  /// Bytes in every share: one more than in the secret.
  public let shareByteCount: Int
  /// How many shares are here.
  public var count: Int { abscissae.count }
  /// The last byte of each share, which is public.
  public private(set) var abscissae: [UInt8]
  /// Share i at `i * shareByteCount`.
  var bytes: SecretBytes
  private let capacity: Int

  /// No shares yet, and room for `capacity`.
  ///
  /// - Throws: `SharingError.shareCountOutOfRange` unless 2 ≤ capacity ≤ 255, `.emptySecret` when a share is to have
  ///   fewer than two bytes, `.secretMemory`.
  public init(capacity: Int, shareByteCount: Int) throws(SharingError) {
    guard (2...ShamirSecretSharing.maximumShareCount).contains(capacity) else {
      throw .shareCountOutOfRange(capacity)
    }
    guard shareByteCount >= 2 else { throw .emptySecret }
    bytes = try .zeroed(columns: capacity, length: shareByteCount)
    self.shareByteCount = shareByteCount
    self.capacity = capacity
    abscissae = []
  }

  /// Room for `count` shares that the caller fills, with abscissae 1…count.
  init(full count: Int, shareByteCount: Int) throws(SharingError) {
    try self.init(capacity: count, shareByteCount: shareByteCount)
    abscissae = (1...count).map { UInt8($0) }
  }

  /// Adds a copy of a share.
  ///
  /// - Throws: `SharingError.lengthMismatch`, `.zeroAbscissa`, `.duplicateAbscissa`, `.shareCountOutOfRange` beyond
  ///   the capacity; nothing has changed then.
  public mutating func append(_ share: Span<UInt8>) throws(SharingError) {
    guard share.count == shareByteCount else {
      throw .lengthMismatch(expected: shareByteCount, actual: share.count)
    }
    let abscissa = share[share.count - 1]
    guard abscissa != 0 else { throw .zeroAbscissa }
    guard !abscissae.contains(abscissa) else { throw .duplicateAbscissa(abscissa) }
    guard count < capacity else { throw .shareCountOutOfRange(count + 1) }
    let start = count * shareByteCount
    bytes.withMutableBytes { target in
      for index in share.indices { target[start + index] = share[index] }
    }
    abscissae.append(abscissa)
  }

  /// Reads share `index`, `y ‖ x`.
  public borrowing func withShare<Result: ~Copyable, Failure: Error>(
    at index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition((0..<count).contains(index), "no such share")
    return try bytes.withBytes { (bytes) throws(Failure) in
      try body(bytes.extracting(index * shareByteCount..<(index + 1) * shareByteCount))
    }
  }
}
