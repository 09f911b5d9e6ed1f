import KeyEscrow
import LibCrypto
import SecretSharing

/// The test warrant of a drill: over its deposit, and nothing else.
enum DrillWarrant {
  private static let day: Int64 = 86_400
  // Clocks of several rooms differ a little.
  private static let earlier: Int64 = -3600
  private static let days: Int64 = 7

  static func body(
    roster: Roster, submission: DepositSubmission, recipient: HolderID, key: X25519PublicKey, now: Timestamp
  ) throws -> WarrantBody {
    let locators = submission.deposits.flatMap { RecordLocator.unpack($0.locators) ?? [] }
    guard let last = locators.map(\.epoch).max() else {
      throw Failure.verification("the drill's deposit holds no key")
    }
    let seconds = min(days, roster.body.limits.maximumDays.map { Int64($0) } ?? days) * day
    let start = now.adding(seconds: earlier)
    return WarrantBody(
      roster: roster.id, caseReference: "drill", legalBasis: "test of the roster by all of its holders",
      issued: now, notBefore: start, notAfter: start.adding(seconds: seconds), recipient: recipient,
      recipientKey: key,
      scope: try WarrantScope(conversations: locators.map(\.conversation), epochs: 0...last),
      maximumKeys: UInt64(locators.count),
      // Where the roster caps how long an entry stays sealed, every warrant says when it is opened.
      unsealAfter: roster.body.limits.maximumSealedDays.map { _ in now.adding(seconds: day) }, isTest: true)
  }
}
