package import KeyEscrow
package import LibCrypto
package import SecretMemory
package import SecretSharing

/// A test roster with all its holders, a store in memory, and the whole way from a key to its recovery.
///
/// All long-lived keys come from a seed, so that what is built with it has the same shape and keys each time.
package final class FlowWorld: Sendable {
  /// When everything happens.
  package static let now = moment(1_800_000_000)

  package let roster: Roster
  package let rosterBytes: [UInt8]
  package let store = MemoryDeposits()
  package let recipientKey: X25519PrivateKey
  package let depositor: Depositor
  /// Who gets the shares.
  package let recipient: HolderID
  private let holders: [HolderID: HolderBox]
  private let signingSeeds: [HolderID: [UInt8]]

  private final class HolderBox: Sendable {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  /// - Parameter observe: is shown every private key before it is used.
  package init(
    _ policyText: String = "and(judge, or(provider, agency))", seed: UInt8 = 1,
    observe: (Span<UInt8>) -> Void = { _ in }
  ) throws {
    let policy = try AccessPolicy(parsing: policyText)
    var holders: [HolderID: HolderBox] = [:]
    var signingSeeds: [HolderID: [UInt8]] = [:]
    var number = 10 * seed
    func secret() -> [UInt8] {
      number += 1
      let secret = [UInt8](repeating: number, count: 32)
      observe(secret.span)
      return secret
    }
    for id in policy.holders {
      let sealing = secret()
      let signing = secret()
      signingSeeds[id] = signing
      holders[id] = HolderBox(
        try Holder(
          id: id, sealingKey: X25519PrivateKey.fromRaw(sealing.span),
          sealingKeyNotAfter: Self.now.adding(seconds: 366 * 86_400),
          signingKey: Ed25519PrivateKey.fromSeed(signing.span)))
    }
    let body = try RosterBody(
      policy: policy, holders: policy.holders.compactMap { holders[$0]?.holder.record }, isTest: true,
      issued: Self.now)
    var draft = try UnverifiedRoster(body)
    for id in policy.holders {
      if let box = holders[id] { try draft.sign(with: box.holder) }
    }
    roster = try draft.verified()
    rosterBytes = draft.bytes
    let depositorSeed = secret()
    depositor = try Depositor(signingKey: Ed25519PrivateKey.fromSeed(depositorSeed.span))
    let recipientSeed = secret()
    recipientKey = try X25519PrivateKey.fromRaw(recipientSeed.span)
    guard let recipient = policy.holders.first(where: { $0.role == .agency }) else {
      throw EscrowError.rosterRefused(.invalidLimit("a flow needs an agency"))
    }
    self.recipient = recipient
    self.holders = holders
    self.signingSeeds = signingSeeds
  }

  package static func moment(_ seconds: Int64) -> Timestamp {
    guard let moment = Timestamp(secondsSince1970: seconds) else { preconditionFailure("no moment") }
    return moment
  }

  /// A conversation whose pseudonym is `byte` 32 times.
  package static func conversation(_ byte: UInt8) -> ConversationID {
    let bytes = [UInt8](repeating: byte, count: 32)
    guard let id = ConversationID(bytes: bytes.span) else { preconditionFailure("32 bytes are a pseudonym") }
    return id
  }

  /// Lends a holder with its private keys.
  package func withHolder<Result: ~Copyable>(
    _ id: HolderID, _ body: (borrowing Holder) throws -> Result
  ) throws -> Result {
    guard let box = holders[id] else { throw EscrowError.warrantRefused(.unknownHolder(id)) }
    return try body(box.holder)
  }

  /// The signing key of a holder, for what the holder's own software would not sign.
  package func signingKey(of id: HolderID) throws -> Ed25519PrivateKey {
    guard let seed = signingSeeds[id] else { throw EscrowError.warrantRefused(.unknownHolder(id)) }
    return try Ed25519PrivateKey.fromSeed(seed.span)
  }

  /// Deposits `count` keys of consecutive epochs of one conversation, `perDeposit` to a deposit, in one submission.
  @discardableResult
  package func deposit(
    _ keys: borrowing SecretBytes, conversation: ConversationID, perDeposit: Int
  ) throws -> DepositSubmission {
    let count = keys.count / KeyBatch.keyByteCount
    var session = try DepositSession.open(
      roster: roster, depositor: depositor, stateKey: depositor.stateKey(), storage: EphemeralSessionState(),
      now: Self.now, isTest: true, capacity: perDeposit)
    for first in stride(from: 0, to: count, by: perDeposit) {
      var batch = try KeyBatch(capacity: perDeposit)
      for index in first..<min(first + perDeposit, count) {
        try keys.withBytes { keys in
          try batch.append(
            conversation: conversation, epoch: UInt64(index),
            uniformKey: keys.extracting(index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount))
        }
      }
      try session.add(batch, now: Self.now)
    }
    let submission = try session.submit(signedBy: depositor)
    store.add(submission)
    return submission
  }

  /// A warrant over a conversation, signed by its recipient and by every judge.
  package func warrant(_ conversation: ConversationID) throws -> UnverifiedWarrant {
    let body = WarrantBody(
      roster: roster.id, caseReference: "2027/0042", legalBasis: "Article 100 CPP", issued: Self.now,
      notBefore: Self.now, notAfter: Self.now.adding(seconds: 86_400), recipient: recipient,
      recipientKey: recipientKey.publicKey, scope: try WarrantScope(conversations: [conversation]),
      maximumKeys: 1_000_000, isTest: true)
    var warrant = try withHolder(recipient) { try UnverifiedWarrant(drafting: body, recipient: $0) }
    for judge in roster.policy.holders where judge.role == .judge {
      try withHolder(judge) { try warrant.sign(with: $0, roster: roster) }
    }
    return warrant
  }

  /// The bytes of a holder's release file.
  package func releaseBytes(
    _ warrant: UnverifiedWarrant, by id: HolderID, from source: (some HolderDepositSource)
  ) throws -> [UInt8] {
    let now = Self.now.adding(seconds: 60)
    let authorization = try warrant.verified(by: roster, now: now).authorization(for: id)
    let spool = MemorySpool()
    let front = try withHolder(id) {
      try Releaser.release(authorization, by: $0, from: source, spool: spool, now: now)
    }
    return front + spool.bytes
  }

  /// A holder's verified release from the world's own store.
  package func release(_ warrant: UnverifiedWarrant, by id: HolderID) throws -> Release {
    let bytes = try releaseBytes(warrant, by: id, from: store)
    return try UnverifiedRelease(MemoryBytes(bytes)).verified(for: warrant.verifiedForRecovery(by: roster))
  }

  /// Recovers from `releases`, with the public columns of `source`.
  package func recover(
    _ warrant: UnverifiedWarrant, _ releases: [Release], from source: some RecoverySource,
    emit: (_ locators: [UInt8], _ keys: Span<UInt8>) throws(EscrowError) -> Void
  ) throws(EscrowError) -> RecoveryReport {
    try Recovery.recover(
      warrant: warrant.verifiedForRecovery(by: roster), releases: releases, recipientKey: recipientKey,
      source: source, emit: emit)
  }
}
