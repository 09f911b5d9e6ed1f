package import LibCrypto
public import SecretMemory

/// Threshold sharing in the raw format of HashiCorp Vault's `shamir` package, for exchange with such tools: a share
/// is the bytes `y` of a value per secret byte, then one byte `x`, the abscissa.
///
/// Abscissae are 1…n in order. They are public, so drawing them at random as Vault does would hide nothing.
/// The format carries neither the threshold nor a check: too few shares, or a wrong one, give a wrong secret in
/// silence. Keep a commitment to the secret beside it.
public enum ShamirSecretSharing {
  /// The most shares: the field has 255 abscissae besides 0.
  public static let maximumShareCount = 255

  /// Splits `secret`, of any length but 0, into `shares` shares of which `threshold` reconstruct.
  ///
  /// A threshold of 1 is refused, as Vault does: each share would be the secret.
  ///
  /// - Throws: `SharingError.invalidThreshold` unless 2 ≤ threshold ≤ shares ≤ 255, `.emptySecret`,
  ///   `.crypto(.randomnessUnavailable)`, `.secretMemory`, `.outOfMemory`.
  public static func split(
    _ secret: borrowing SecretBytes, threshold: Int, shares: Int
  ) throws(SharingError) -> RawShares {
    try split(secret, threshold: threshold, shares: shares, random: SystemRandom())
  }

  package static func split(
    _ secret: borrowing SecretBytes, threshold: Int, shares: Int, random: some RandomSource
  ) throws(SharingError) -> RawShares {
    guard threshold >= 2, threshold <= shares, shares <= maximumShareCount else {
      throw .invalidThreshold(threshold: threshold, shares: shares)
    }
    let length = secret.count
    let inputs = try SecretBytes.inputs(secret: secret, columns: threshold, random: random)
    let matrix = FieldMatrix(
      rows: shares, columns: threshold,
      coefficients: (1...shares).flatMap { powers(of: UInt8($0), count: threshold) })
    var result = try RawShares(full: shares, shareByteCount: length + 1)
    try inputs.withBytes { (inputs) throws(SharingError) in
      try result.bytes.withMutableBytes { (target) throws(SharingError) in
        try matrix.apply(
          to: inputs, stride: length, length: length, into: &target, stride: length + 1)
        for share in 0..<shares { target[share * (length + 1) + length] = UInt8(share + 1) }
      }
    }
    return result
  }

  /// The secret from the given shares, all of which are used.
  ///
  /// - Throws: `SharingError.shareCountOutOfRange` for fewer than two shares, `.outOfMemory`, `.secretMemory`.
  public static func combine(_ shares: borrowing RawShares) throws(SharingError) -> SecretBytes {
    guard shares.count >= 2 else { throw .shareCountOutOfRange(shares.count) }
    let length = shares.shareByteCount - 1
    let used = shares.count * shares.shareByteCount
    let weights = FieldElement.weightsAtZero(shares.abscissae).map(\.byte)
    let matrix = FieldMatrix(rows: 1, columns: weights.count, coefficients: weights)
    var secret = try SecretBytes.zeroed(columns: 1, length: length)
    try shares.bytes.withBytes { (bytes) throws(SharingError) in
      try secret.withMutableBytes { (secret) throws(SharingError) in
        try matrix.apply(
          to: bytes.extracting(0..<used), stride: length + 1, length: length, into: &secret, stride: length)
      }
    }
    return secret
  }

  private static func powers(of x: UInt8, count: Int) -> [UInt8] {
    var power = FieldElement.one
    return (0..<count).map { _ in
      defer { power = power * FieldElement(byte: x) }
      return power.byte
    }
  }
}
