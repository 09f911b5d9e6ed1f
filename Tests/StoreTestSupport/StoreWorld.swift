package import KeyEscrow
package import LibCrypto
import SecretMemory
import SecretSharing

/// A roster with its holders, and whatever a test deposits under it.
package final class StoreWorld: Sendable {
  /// The moment at which everything happens, unless said otherwise.
  package static let start = moment(1_800_000_000)

  package let roster: Roster
  package let judge: Holder
  package let provider: Holder
  package let agency: Holder

  package init() throws {
    let judge = try Self.holder("judge")
    let provider = try Self.holder("provider")
    let agency = try Self.holder("agency")
    let body = try RosterBody(
      policy: AccessPolicy(parsing: "and(judge, or(provider, agency))"),
      holders: [judge.record, provider.record, agency.record], issued: Self.start)
    var draft = try UnverifiedRoster(body)
    try draft.sign(with: judge)
    try draft.sign(with: provider)
    try draft.sign(with: agency)
    roster = try draft.verified()
    self.judge = judge
    self.provider = provider
    self.agency = agency
  }

  package static func moment(_ seconds: Int64) -> Timestamp {
    Timestamp(secondsSince1970: seconds) ?? start
  }

  /// The key that tests' stores sign receipts with: always the same.
  package static func storeKey() throws -> Ed25519PrivateKey {
    try Ed25519PrivateKey.fromSeed([UInt8](repeating: 7, count: 32).span)
  }

  /// The pseudonym that `number` stands for in tests.
  package static func conversation(_ number: Int) -> ConversationID {
    // Spread like real pseudonyms are: by a hash.
    let bytes = (try? SHA256.digest(Array("conversation \(number)".utf8)).bytes) ?? []
    guard let conversation = ConversationID(bytes: bytes.span) else { preconditionFailure("no SHA-256") }
    return conversation
  }

  private static func holder(_ id: String) throws -> Holder {
    try Holder.generate(
      HolderID(parsing: id), sealingKeyNotAfter: moment(start.secondsSince1970 + 10 * 365 * 86_400))
  }
}
