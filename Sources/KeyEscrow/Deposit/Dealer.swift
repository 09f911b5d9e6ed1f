import LibCrypto
import SecretMemory
import SecretSharing

/// Splits and seals one batch after another, in buffers that it keeps.
///
/// The dealer of the secret-sharing literature: whoever runs it knows the keys. Nothing it computes is random: the
/// coefficients come from the keys, so that whoever knows a key can recompute the public part and check it.
struct Dealer: ~Copyable {
  private let matrix: SharingMatrix
  private let capacity: Int
  private var hash: PositionHash
  private var sha: SHA256
  private var aead: AEAD
  // Column 0 the keys, then the coefficient columns.
  private var inputs: SecretBytes
  private var shares: SecretBytes
  private var columnKey: SecretBytes

  init(matrix: SharingMatrix, capacity: Int) throws(CryptoError) {
    let hash = try PositionHash()
    let sha = try SHA256()
    let aead = try AEAD(.aes256GCM)
    let inputs = try SecretBytes.allocated(matrix.columns * capacity * PositionHash.keyByteCount)
    let shares = try SecretBytes.allocated(matrix.rows * capacity * PositionHash.keyByteCount)
    let columnKey = try SecretBytes.allocated(KeySchedule.keyByteCount)
    self.matrix = matrix
    self.capacity = capacity
    self.hash = hash
    self.sha = sha
    self.aead = aead
    self.inputs = inputs
    self.shares = shares
    self.columnKey = columnKey
  }

  /// The public part of `locators` and `keys` under `header`; afterwards the shares lie in `shares`.
  private mutating func publicPart(
    header: DepositHeader, first: Int = 0, count: Int, locators: [UInt8], keys: Span<UInt8>
  ) throws(EscrowError) -> PublicPart {
    let length = count * PositionHash.keyByteCount
    guard count <= capacity, keys.count == length, locators.count == count * RecordLocator.byteCount,
      header.rows == matrix.rows
    else { throw .sessionRefused(.batchSize(count)) }
    do {
      let salts = try DepositSalts(header, using: &hash)
      var tags = [UInt8].zeros(count * PositionHash.tagByteCount)
      var tagSpan = tags.mutableSpan
      try hash.column(
        salt: salts.record, first: first, items: locators.span, itemByteCount: RecordLocator.byteCount,
        into: &tagSpan,
        digestByteCount: PositionHash.tagByteCount)
      var commitments = [UInt8].zeros(count * PositionHash.commitmentByteCount)
      var commitmentSpan = commitments.mutableSpan
      try hash.column(
        salt: salts.commitment, first: first, items: keys, itemByteCount: PositionHash.keyByteCount,
        into: &commitmentSpan,
        digestByteCount: PositionHash.commitmentByteCount)
      try deriveCoefficients(keys, first: first, salt: salts.coefficient)
      try multiply(length: length)
      var shareDigests: [[UInt8]] = []
      shareDigests.reserveCapacity(matrix.rows)
      for row in 0..<matrix.rows {
        var digests = [UInt8].zeros(count * PositionHash.shareDigestByteCount)
        var span = digests.mutableSpan
        try shares.withBytes { shares throws(CryptoError) in
          try hash.column(
            salt: salts.share, first: first, infix: UInt16(row + 1),
            items: shares.extracting(row * length..<(row + 1) * length),
            itemByteCount: PositionHash.keyByteCount, into: &span,
            digestByteCount: PositionHash.shareDigestByteCount)
        }
        shareDigests.append(digests)
      }
      return PublicPart(header: header, tags: tags, commitments: commitments, shareDigests: shareDigests)
    } catch { throw EscrowError(restating: error) }
  }

  /// Makes the deposit of `batch` under `header`, sealed with the chain keys at the header's sequence number.
  mutating func deal(
    _ batch: borrowing KeyBatch, header: DepositHeader, chain: inout ChainKeys
  ) throws(EscrowError) -> Deposit {
    // Before anything is erased: the buffers are no larger.
    guard header.count <= capacity else { throw .sessionRefused(.batchSize(header.count)) }
    defer { erase(count: header.count) }
    let locators = batch.locators
    let publicPart = try batch.withKeys { keys throws(EscrowError) in
      try self.publicPart(header: header, count: header.count, locators: locators, keys: keys)
    }
    let length = header.count * PositionHash.keyByteCount
    do throws(CryptoError) {
      let publicDigest = try publicPart.columnDigests(using: &sha).publicDigest(header, using: &sha)
      var sealedColumns: [[UInt8]] = []
      sealedColumns.reserveCapacity(matrix.rows)
      var ciphertextDigests: [Digest] = []
      ciphertextDigests.reserveCapacity(matrix.rows)
      for row in 0..<matrix.rows {
        let number = UInt16(row + 1)
        try chain.deriveColumnKey(index: row, row: number, publicDigest: publicDigest, into: &columnKey)
        var sealed = [UInt8].zeros(length + Deposit.tagByteCount)
        var output = sealed.mutableSpan
        let additionalData = SealedColumn.additionalData(row: number, publicDigest: publicDigest)
        let nonce = SealedColumn.nonce
        try columnKey.withBytes { key throws(CryptoError) in
          try shares.withBytes { shares throws(CryptoError) in
            try aead.seal(
              key: key, nonce: nonce.span, additionalData: additionalData.span,
              plaintext: shares.extracting(row * length..<(row + 1) * length), into: &output)
          }
        }
        ciphertextDigests.append(try sha.column(sealed))
        sealedColumns.append(sealed)
      }
      // The context would keep the last column key.
      try aead.eraseKey()
      let digest = try ColumnDigests.depositDigest(
        publicDigest: publicDigest, ciphertexts: ciphertextDigests, using: &sha)
      return Deposit(
        publicPart: publicPart, sealedColumns: sealedColumns, publicDigest: publicDigest, digest: digest)
    } catch { throw .crypto(error) }
  }

  /// The public values of one record of some deposit: what its positions in the columns must hold.
  mutating func record(
    header: DepositHeader, position: Int, locator: [UInt8], key: Span<UInt8>
  ) throws(EscrowError) -> (tag: [UInt8], commitment: [UInt8], shareDigests: [[UInt8]]) {
    defer { erase(count: 1) }
    let part = try publicPart(header: header, first: position, count: 1, locators: locator, keys: key)
    return (part.tags, part.commitments, part.shareDigests)
  }

  // What a batch of `count` keys left in the buffers. They are as large as the largest batch, so only what was used
  // is erased.
  private mutating func erase(count: Int) {
    inputs.erase(first: matrix.columns * count * PositionHash.keyByteCount)
    shares.erase(first: matrix.rows * count * PositionHash.keyByteCount)
    columnKey.erase()
  }

  // coefficient j = H("coefficient", p, be16(j) ‖ K), in the columns after the keys.
  private mutating func deriveCoefficients(
    _ keys: Span<UInt8>, first: Int, salt: PositionSalt
  ) throws(CryptoError) {
    let length = keys.count
    let columns = matrix.columns
    try inputs.withMutableBytes { inputs throws(CryptoError) in
      inputs.copy(keys, at: 0)
      for column in 1..<max(columns, 1) {
        try inputs.withSlice(column * length..<(column + 1) * length) { coefficients throws(CryptoError) in
          try hash.column(
            salt: salt, first: first, infix: UInt16(column), items: keys,
            itemByteCount: PositionHash.keyByteCount,
            into: &coefficients, digestByteCount: PositionHash.keyByteCount)
        }
      }
    }
  }

  // shares = M · [K; coefficients].
  private mutating func multiply(length: Int) throws(SharingError) {
    let columns = matrix.columns
    let rows = matrix.rows
    try inputs.withBytes { inputs throws(SharingError) in
      try shares.withMutableBytes { shares throws(SharingError) in
        try shares.withSlice(0..<rows * length) { shares throws(SharingError) in
          try matrix.deal(inputs: inputs.extracting(0..<columns * length), length: length, into: &shares)
        }
      }
    }
  }
}
