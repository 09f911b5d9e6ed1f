import LibCrypto

extension ListedDeposit {
  /// The first position whose tag is not that of its locator; nil when all are right.
  ///
  /// - Throws: `.malformed(.deposit)` when the list has not the length that the header says.
  package func firstWrongTag() throws(EscrowError) -> Int? {
    var hash = try EscrowError.wrapping { () throws(CryptoError) in try PositionHash() }
    return try TagCheck.firstMismatch(
      header: deposit.header, tags: deposit.publicPart.tags, locators: locators, using: &hash)
  }
}
