package import LibCrypto
public import SecretMemory

/// The shares of one secret under a policy: all of them after a deal, or those that have been collected.
public struct SecretShares: ~Copyable, Sendable {
  /// What the shares were made with.
  public let matrix: SharingMatrix
  /// Bytes in the secret and in every share.
  public let byteCount: Int
  /// Row i at `i * byteCount`; rows not collected are zero.
  private var bytes: SecretBytes
  private let rowOf: [HolderID: Int]
  private var isPresent: [Bool]

  /// No shares yet, of secrets of `byteCount` bytes.
  ///
  /// - Throws: `SharingError.emptySecret`, `.secretMemory`.
  public init(collecting matrix: SharingMatrix, byteCount: Int) throws(SharingError) {
    guard byteCount > 0 else { throw .emptySecret }
    bytes = try .zeroed(columns: matrix.rows, length: byteCount)
    self.matrix = matrix
    self.byteCount = byteCount
    isPresent = [Bool](repeating: false, count: matrix.rows)
    rowOf = Dictionary(uniqueKeysWithValues: zip(matrix.holders, 0...))
  }

  /// Shares `secret`, of any length but 0, among the holders of `matrix`, with coefficients from libcrypto's
  /// generator: an unauthorised set learns nothing but the length, whatever it can compute.
  ///
  /// - Throws: `SharingError.emptySecret`, `.crypto(.randomnessUnavailable)`, `.secretMemory`, `.outOfMemory`.
  public static func deal(
    _ secret: borrowing SecretBytes, matrix: SharingMatrix
  ) throws(SharingError) -> SecretShares {
    try deal(secret, matrix: matrix, random: SystemRandom())
  }

  package static func deal(
    _ secret: borrowing SecretBytes, matrix: SharingMatrix, random: some RandomSource
  ) throws(SharingError) -> SecretShares {
    let length = secret.count
    var shares = try SecretShares(collecting: matrix, byteCount: length)
    let inputs = try SecretBytes.inputs(secret: secret, columns: matrix.columns, random: random)
    try inputs.withBytes { (inputs) throws(SharingError) in
      try shares.bytes.withMutableBytes { (target) throws(SharingError) in
        try matrix.deal(inputs: inputs, length: length, into: &target)
      }
    }
    shares.isPresent = [Bool](repeating: true, count: matrix.rows)
    return shares
  }

  /// Whose shares are here, in leaf order.
  public var holders: [HolderID] {
    zip(matrix.holders, isPresent).compactMap { holder, present in present ? holder : nil }
  }

  /// Adds a copy of a share.
  ///
  /// - Throws: `SharingError.unknownHolder`, `.duplicateShare`, `.lengthMismatch`; nothing has changed then.
  public mutating func add(_ share: Span<UInt8>, of holder: HolderID) throws(SharingError) {
    guard let row = rowOf[holder] else { throw .unknownHolder(holder) }
    guard !isPresent[row] else { throw .duplicateShare(holder) }
    guard share.count == byteCount else {
      throw .lengthMismatch(expected: byteCount, actual: share.count)
    }
    let start = row * byteCount
    bytes.withMutableBytes { target in
      for index in share.indices { target[start + index] = share[index] }
    }
    isPresent[row] = true
  }

  /// Reads the share of `holder`.
  ///
  /// - Throws: `SharingError.unknownHolder` when it is not here, or what `body` throws.
  public borrowing func withShare<Result: ~Copyable>(
    of holder: HolderID, _ body: (Span<UInt8>) throws(SharingError) -> Result
  ) throws(SharingError) -> Result {
    guard let row = rowOf[holder], isPresent[row] else { throw .unknownHolder(holder) }
    return try bytes.withBytes { (bytes) throws(SharingError) in
      try body(bytes.extracting(row * byteCount..<(row + 1) * byteCount))
    }
  }

  /// The secret, from a minimal authorised set of the shares here.
  ///
  /// Shares carry no check of their own: a wrong share gives a wrong secret. Whoever shares a secret also keeps a
  /// commitment to it, and compares.
  ///
  /// - Throws: `SharingError.unauthorized`, `.secretMemory`, `.outOfMemory`.
  public borrowing func reconstruct() throws(SharingError) -> SecretBytes {
    guard let vector = matrix.reconstructionVector(for: Set(holders)) else { throw .unauthorized }
    let length = byteCount
    var chosen = try SecretBytes.zeroed(columns: vector.rows.count, length: length)
    bytes.withBytes { all in
      chosen.withMutableBytes { target in
        for (position, row) in vector.rows.enumerated() {
          for index in 0..<length { target[position * length + index] = all[row * length + index] }
        }
      }
    }
    var secret = try SecretBytes.zeroed(columns: 1, length: length)
    try chosen.withBytes { (chosen) throws(SharingError) in
      try secret.withMutableBytes { (secret) throws(SharingError) in
        try vector.combine(shares: chosen, length: length, into: &secret)
      }
    }
    return secret
  }
}
