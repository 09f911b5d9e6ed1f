import LibCrypto

/// The salts of one deposit, computed once.
struct DepositSalts: Sendable {
  /// Cut to 11 bytes, so that a tag's message (salt, position, conversation, epoch) is 55 bytes: one block.
  let record: [UInt8]
  let commitment: [UInt8]
  let coefficient: [UInt8]
  let share: [UInt8]

  init(_ header: DepositHeader, using hash: inout PositionHash) throws(CryptoError) {
    record = Array(try hash.salt("record", header).prefix(11))
    commitment = try hash.salt("commitment", header)
    coefficient = try hash.salt("coefficient", header)
    share = try hash.salt("share", header)
  }
}
