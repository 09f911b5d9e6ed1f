import LibCrypto
import SecretSharing

/// A deposit beside the list of what it holds, as a depositor hands it to a store.
public struct ListedDeposit: Hashable, Sendable {
  /// The deposit.
  public let deposit: Deposit
  /// Packed list (conversation ‖ be64 epoch) per position, which the store checks against the tags.
  public let locators: [UInt8]

  /// A deposit and its packed list.
  public init(deposit: Deposit, locators: [UInt8]) {
    self.deposit = deposit
    self.locators = locators
  }
}

/// What a depositor sends in one go: up to 1,024 deposits of one session and its signature over the last.
public struct DepositSubmission: Hashable, Sendable {
  /// The most deposits one head covers anew.
  public static let maximumDeposits = 1024

  /// The session they belong to.
  public let session: UnverifiedSession
  /// The deposits, in order.
  public let deposits: [ListedDeposit]
  /// The signature over the last.
  public let head: UnverifiedHead

  /// A submission as it was received.
  public init(session: UnverifiedSession, deposits: [ListedDeposit], head: UnverifiedHead) {
    self.session = session
    self.deposits = deposits
    self.head = head
  }

  /// Verifies everything a store must know before it acknowledges: session signature, each tag against the list, the
  /// chain of digests after `last`, rising sequence numbers, and the head.
  ///
  /// Shares are sealed, so a store cannot tell a good column from a bad one: that is the holder's intake check.
  ///
  /// - Parameter last: the newest deposit of this session that the store holds.
  public func verified(
    session: Session, after last: Head?
  ) throws(EscrowError) -> VerifiedSubmission {
    guard session.id == self.session.id else {
      throw .malformed(.deposit, reason: "it names another session")
    }
    guard (1...Self.maximumDeposits).contains(deposits.count) else {
      throw .malformed(.deposit, reason: "a submission holds 1 to \(Self.maximumDeposits) deposits")
    }
    let head = try head.verified(for: session)
    var previous = last?.deposit ?? session.id
    var next = last.map { $0.sequence + 1 } ?? 0
    var hash = try EscrowError.wrapping { () throws(CryptoError) in try PositionHash() }
    for listed in deposits {
      let header = listed.deposit.header
      guard header.session == session.id, header.suite == session.header.suite,
        header.isTest == session.header.isTest, header.rows == session.roster.matrix.rows,
        header.time >= session.header.created, header.time <= session.header.notAfter
      else { throw .malformed(.deposit, reason: "its header does not fit its session") }
      guard header.sequence >= next else {
        throw .failedVerification(.secondDigest(sequence: header.sequence))
      }
      guard header.previous == previous else {
        throw .failedVerification(.brokenChain(sequence: header.sequence))
      }
      if let position = try TagCheck.firstMismatch(
        header: header, tags: listed.deposit.publicPart.tags, locators: listed.locators, using: &hash)
      {
        throw .failedVerification(.tag(position: position))
      }
      previous = listed.deposit.digest
      next = header.sequence + 1
    }
    guard head.head.deposit == previous, head.head.sequence == next - 1 else {
      throw .failedVerification(.depositDigest(sequence: head.head.sequence))
    }
    return VerifiedSubmission(session: session, deposits: deposits, head: head)
  }
}

/// A submission that a store may acknowledge. Only `DepositSubmission.verified` makes one.
public struct VerifiedSubmission: Sendable {
  /// Its session.
  public let session: Session
  /// The deposits, in order.
  public let deposits: [ListedDeposit]
  /// The depositor's signature over the last.
  public let head: VerifiedHead

  fileprivate init(session: Session, deposits: [ListedDeposit], head: VerifiedHead) {
    self.session = session
    self.deposits = deposits
    self.head = head
  }
}
