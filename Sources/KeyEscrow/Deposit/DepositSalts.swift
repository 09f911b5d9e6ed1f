import LibCrypto

/// The salts of one deposit, computed once.
struct DepositSalts: Sendable {
  let record: PositionSalt
  let commitment: PositionSalt
  let coefficient: PositionSalt
  let share: PositionSalt

  init(_ header: DepositHeader, using hash: inout PositionHash) throws(CryptoError) {
    let context = PositionSalt.context(header)
    record = try hash.salt(.record, context: context.span)
    commitment = try hash.salt(.commitment, context: context.span)
    coefficient = try hash.salt(.coefficient, context: context.span)
    share = try hash.salt(.share, context: context.span)
  }
}
