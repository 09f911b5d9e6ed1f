package import LibCrypto
public import SecretMemory

/// Backups of secrets as mnemonics: SLIP-39, two levels of groups.
///
/// Every share is 20 words for a secret of 16 bytes, 33 for 32, 59 for 64; any conforming tool puts them together.
public enum MnemonicBackup {
  /// The iteration exponent of new backups, as the reference implementation has it: 20,000 iterations.
  public static let defaultIterationExponent = 1

  /// The passphrase of backups without one.
  ///
  /// - Throws: `MnemonicError.secretMemory`.
  public static func emptyPassphrase() throws(MnemonicError) -> SecretBytes { try DigestSharing.allocate(0) }

  /// Splits `secret` under `scheme`: the shares of the first group, then of the second, and so on.
  ///
  /// What is returned has been read back from its text and put together, with all shares on one polynomial.
  ///
  /// - Parameters:
  ///   - secret: 16 to 1,024 bytes, an even number.
  ///   - passphrase: printable ASCII, or empty. Without it the mnemonics give other bytes, without an error.
  ///   - iterationExponent: e of 10,000 · 2^e iterations, 0…15.
  ///   - isExtendable: whether a later backup of the same secret gives the same bytes for any passphrase.
  /// - Throws: `MnemonicError.invalidSecretLength`, `.invalidPassphrase`, `.invalidIterationExponent`, `.crypto`,
  ///   `.sharing`, `.secretMemory`.
  public static func split(
    _ secret: borrowing SecretBytes, under scheme: SharingScheme, passphrase: borrowing SecretBytes,
    iterationExponent: Int = defaultIterationExponent, isExtendable: Bool = true
  ) throws(MnemonicError) -> [MnemonicShare] {
    try split(
      secret, under: scheme, passphrase: passphrase, iterationExponent: iterationExponent,
      isExtendable: isExtendable, random: SystemRandom())
  }

  package static func split(
    _ secret: borrowing SecretBytes, under scheme: SharingScheme, passphrase: borrowing SecretBytes,
    iterationExponent: Int = defaultIterationExponent, isExtendable: Bool = true, random: some RandomSource
  ) throws(MnemonicError) -> [MnemonicShare] {
    try SecretLength.check(secret.count)
    try passphrase.withBytes { passphrase throws(MnemonicError) in try check(passphrase) }
    guard (0...15).contains(iterationExponent) else { throw .invalidIterationExponent(iterationExponent) }
    let number = try MnemonicError.wrapping { () throws(CryptoError) in try random.bytes(2) }
    let identifier = UInt16(number[0] & 0x7F) << 8 | UInt16(number[1])

    func header(group: Int, member: Int) -> MnemonicHeader {
      MnemonicHeader(
        identifier: identifier, isExtendable: isExtendable, iterationExponent: iterationExponent,
        groupIndex: group, groupThreshold: scheme.groupThreshold, groupCount: scheme.groups.count,
        memberIndex: member, memberThreshold: scheme.groups[group].threshold)
    }
    let length = secret.count
    let encrypted = try secret.withBytes { secret throws(MnemonicError) in
      try passphrase.withBytes { passphrase throws(MnemonicError) in
        try MasterSecretCipher(header(group: 0, member: 0)).encrypt(secret, passphrase: passphrase)
      }
    }
    let groups = try encrypted.withBytes { encrypted throws(MnemonicError) in
      try DigestSharing.split(
        encrypted, threshold: scheme.groupThreshold, count: scheme.groups.count, random: random)
    }
    var shares: [MnemonicShare] = []
    for (index, group) in scheme.groups.enumerated() {
      let members = try groups.withBytes { groups throws(MnemonicError) in
        try DigestSharing.split(
          groups.extracting(index * length..<(index + 1) * length), threshold: group.threshold,
          count: group.count, random: random)
      }
      for member in 0..<group.count {
        let value = try members.withBytes { members throws(MnemonicError) in
          try DigestSharing.copy(members.extracting(member * length..<(member + 1) * length))
        }
        shares.append(MnemonicShare(header: header(group: index, member: member), value: value))
      }
    }
    try prove(shares, give: secret, passphrase: passphrase)
    return shares
  }

  // A backup is wanted on the day when nothing else is left: that it works is seen before it leaves.
  private static func prove(
    _ shares: [MnemonicShare], give secret: borrowing SecretBytes, passphrase: borrowing SecretBytes
  ) throws(MnemonicError) {
    var read: [MnemonicShare] = []
    for share in shares {
      let text = try share.text()
      read.append(try text.withBytes { text throws(MnemonicError) in try MnemonicShare(parsing: text) })
    }
    let again = try MnemonicSet(read).recover().decrypted(passphrase: passphrase)
    let isSame = again.withBytes { again in secret.withBytes { ConstantTime.equal(again, $0) } }
    guard isSame else { throw .invalidDigest(group: nil) }
  }

  static func check(_ passphrase: Span<UInt8>) throws(MnemonicError) {
    var isPrintable: Int32 = -1
    for index in passphrase.indices {
      let byte = Int32(passphrase[index])
      isPrintable &= ((31 - byte) & (byte - 127)) >> 8
    }
    guard isPrintable == -1 else { throw .invalidPassphrase }
  }
}
