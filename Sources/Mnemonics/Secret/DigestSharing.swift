import LibCrypto
import SecretMemory
import SecretSharing

/// Shamir's sharing as SLIP-39 uses it: the secret is the polynomial's value at 255, and a digest of it the one at
/// 254, so that a wrong share is found when the secret is put together.
///
/// A threshold of 1 has no digest: every share is the secret.
enum DigestSharing {
  private static let secretAbscissa: UInt8 = 255
  private static let digestAbscissa: UInt8 = 254
  private static let digestByteCount = 4

  /// `count` shares of `secret`, end to end, at the abscissae 0…count−1; `threshold` of them give it back.
  ///
  /// The random columns are drawn from all values of a byte.
  static func split(
    _ secret: Span<UInt8>, threshold: Int, count: Int, random: some RandomSource
  ) throws(MnemonicError) -> SecretBytes {
    let length = secret.count
    var shares = try allocate(count * length)
    guard threshold > 1 else {
      shares.withMutableBytes { shares in
        for index in 0..<count { shares.copy(secret, at: index * length) }
      }
      return shares
    }
    let randomCount = threshold - 2
    var columns = try allocate(threshold * length)
    try columns.withMutableBytes { columns throws(MnemonicError) in
      try columns.withSlice(0..<randomCount * length) { free throws(MnemonicError) in
        try MnemonicError.wrapping { () throws(CryptoError) in try random.fill(&free) }
      }
      try columns.withSlice(randomCount * length..<(randomCount + 1) * length) {
        share throws(MnemonicError) in
        try share.withSlice(digestByteCount..<length) { key throws(MnemonicError) in
          try MnemonicError.wrapping { () throws(CryptoError) in try random.fill(&key) }
        }
        let tag = try tag(of: secret, key: share.span.extracting(digestByteCount..<length))
        tag.withBytes { share.copy($0.extracting(0..<digestByteCount), at: 0) }
      }
      columns.copy(secret, at: (randomCount + 1) * length)
    }
    let points = (0..<randomCount).map { UInt8($0) } + [digestAbscissa, secretAbscissa]
    let interpolation = Interpolation(from: points, at: (0..<count).map { UInt8($0) })
    try apply(interpolation, to: columns, length: length, into: &shares)
    return shares
  }

  /// The secret whose shares at `abscissae`, exactly as many as its threshold, are `shares`, end to end; nil when its
  /// digest does not fit.
  static func recover(
    _ shares: borrowing SecretBytes, abscissae: [UInt8], length: Int
  ) throws(MnemonicError) -> SecretBytes? {
    guard abscissae.count > 1 else {
      return try shares.withBytes { shares throws(MnemonicError) in try copy(shares) }
    }
    var values = try allocate(2 * length)
    let interpolation = Interpolation(from: abscissae, at: [secretAbscissa, digestAbscissa])
    try apply(interpolation, to: shares, length: length, into: &values)
    return try values.withBytes { values throws(MnemonicError) in
      let secret = values.extracting(0..<length)
      let digest = values.extracting(length..<2 * length)
      let tag = try tag(of: secret, key: digest.extracting(digestByteCount..<length))
      let isRight = tag.withBytes {
        ConstantTime.equal($0.extracting(0..<digestByteCount), digest.extracting(0..<digestByteCount))
      }
      return isRight ? try copy(secret) : nil
    }
  }

  /// Whether the shares at `targets`, end to end in `others`, are on the polynomial of those at `abscissae`; nil when
  /// they are, else the first that is not.
  static func firstContradiction(
    _ shares: borrowing SecretBytes, abscissae: [UInt8], others: borrowing SecretBytes, targets: [UInt8],
    length: Int
  ) throws(MnemonicError) -> Int? {
    guard !targets.isEmpty else { return nil }
    var expected = try allocate(targets.count * length)
    try apply(
      Interpolation(from: abscissae, at: targets), to: shares, length: length, into: &expected)
    return expected.withBytes { expected in
      others.withBytes { others in
        targets.indices.first { index in
          let range = index * length..<(index + 1) * length
          return !ConstantTime.equal(expected.extracting(range), others.extracting(range))
        }
      }
    }
  }

  static func allocate(_ count: Int) throws(MnemonicError) -> SecretBytes {
    try MnemonicError.allocating { () throws(SecretMemoryError) in try SecretBytes.zeros(count) }
  }

  static func copy(_ bytes: Span<UInt8>) throws(MnemonicError) -> SecretBytes {
    try MnemonicError.allocating { () throws(SecretMemoryError) in try SecretBytes.copying(bytes) }
  }

  private static func apply(
    _ interpolation: Interpolation, to columns: borrowing SecretBytes, length: Int,
    into output: inout SecretBytes
  ) throws(MnemonicError) {
    do {
      try columns.withBytes { columns throws(SharingError) in
        try output.withMutableBytes { output throws(SharingError) in
          try interpolation.apply(to: columns, length: length, into: &output)
        }
      }
    } catch { throw .sharing(error) }
  }

  private static func tag(of secret: Span<UInt8>, key: Span<UInt8>) throws(MnemonicError) -> SecretBytes {
    var tag = try allocate(HMAC.byteCount)
    try MnemonicError.wrapping { () throws(CryptoError) in
      var hmac = try HMAC()
      try tag.withMutableBytes { tag throws(CryptoError) in
        try hmac.authenticate(key: key, message: secret, into: &tag)
      }
      try hmac.eraseKey()
    }
    return tag
  }
}
