import LibCrypto
import SecretMemory
import SecretSharing

@testable import KeyEscrow

/// One valid document or binary of each kind that the library reads, and what accepting it takes.
struct Sample {
  let name: String
  let bytes: [UInt8]
  /// Reads and verifies as far as the kind allows. Returns for `bytes`, throws for anything else.
  let accept: ([UInt8]) throws -> Void

  /// What `accept` throws for `bytes`, or nil.
  func error(_ bytes: [UInt8]) -> (any Error)? {
    do {
      try accept(bytes)
      return nil
    } catch { return error }
  }
}

extension Sample {
  static let names = [
    "roster", "session", "head", "warrant", "refusal", "receipt", "intake receipt", "holder record",
    "release",
    "extract", "deposit", "session state",
  ]

  static func named(_ name: String) throws -> Sample {
    guard let sample = try all().first(where: { $0.name == name }) else {
      throw EscrowError.file(reason: "there is no sample of this name")
    }
    return sample
  }

  /// The samples of one small escrow: a deposit of one key, released by everyone.
  private static func all() throws -> [Sample] {
    let escrow = try Escrow("and(judge, agency)")
    let roster = escrow.roster
    let keys = try TestKey.run(1, conversation: conversation(1))
    let submission = try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let verified = try warrant.verifiedForRecovery(by: roster)
    return try signed(escrow, submission: submission, warrant: warrant)
      + [
        release(escrow, warrant: verified, bytes: try escrow.releaseBytes(warrant, by: "judge")),
        try extract(escrow, warrant: warrant),
        try deposit(submission, roster: roster),
        try state(escrow),
      ]
  }

  private static func signed(
    _ escrow: Escrow, submission: DepositSubmission, warrant: UnverifiedWarrant
  ) throws -> [Sample] {
    let roster = escrow.roster
    let session = try submission.session.verified(roster: roster)
    let judge = try escrow.holder("judge")
    let refusal = try UnverifiedRefusal(
      refusing: warrant, by: judge.holder, roster: roster, ground: .privilege, reason: "Counsel’s files",
      now: Escrow.start)
    let receipt = try StoreReceipt(
      acknowledging: try submission.head.verified(for: session), received: Escrow.start,
      signingKey: try Ed25519PrivateKey.generate())
    let intake = try IntakeCheck(roster: roster, holder: judge.holder.id)
      .receipt(signedBy: judge.holder, now: Escrow.start)
    let digest = warrant.digest
    let record = Array(judge.holder.record.text.utf8)
    return [
      Sample(name: "roster", bytes: try escrow.rosterBytes()) {
        _ = try UnverifiedRoster(reading: $0).verified()
      },
      Sample(name: "session", bytes: submission.session.bytes) {
        _ = try UnverifiedSession(reading: $0).verified(roster: roster)
      },
      Sample(name: "head", bytes: submission.head.bytes) {
        _ = try UnverifiedHead(reading: $0).verified(for: session)
      },
      Sample(name: "warrant", bytes: warrant.bytes) {
        _ = try UnverifiedWarrant(reading: $0).verified(by: roster, now: Escrow.start)
      },
      Sample(name: "refusal", bytes: refusal.bytes) {
        _ = try UnverifiedRefusal(reading: $0).verified(roster: roster, warrant: digest)
      },
      Sample(name: "receipt", bytes: receipt.bytes) { _ = try StoreReceipt(reading: $0) },
      Sample(name: "intake receipt", bytes: intake.bytes) {
        _ = try IntakeReceipt(parsing: $0.span, roster: roster)
      },
      // Nobody signs a holder's record but on a roster: what is wrong in it is only that it is not the same.
      Sample(name: "holder record", bytes: record) {
        guard let text = String(validating: $0, as: UTF8.self) else {
          throw EscrowError.malformed(.holderRecord, reason: "it is not UTF-8")
        }
        guard try HolderRecord(parsing: text) == judge.holder.record else {
          throw EscrowError.rosterRefused(.holderMissing(judge.holder.id))
        }
      },
    ]
  }

  private static func release(_ escrow: Escrow, warrant: Warrant, bytes: [UInt8]) -> Sample {
    Sample(name: "release", bytes: bytes) {
      let release = try UnverifiedRelease(MemoryBytes($0)).verified(for: warrant)
      let opener = try ReleaseOpener(release, warrant: warrant, recipientKey: escrow.recipientKey.key)
      var sha = try SHA256()
      for index in release.reader.entries.indices {
        let chunk = try opener.read(index, using: &sha)
        var shares = [UInt8](repeating: 0, count: 32 * Int(release.reader.entries[index].records))
        var output = shares.mutableSpan
        try opener.open(chunk, index: index, into: &output)
      }
    }
  }

  private static func extract(_ escrow: Escrow, warrant: UnverifiedWarrant) throws -> Sample {
    let spool = MemorySpool()
    let key = try Ed25519PrivateKey.generate()
    let front = try Extract.write(
      for: warrant, holder: try escrow.id("judge"), roster: escrow.roster, from: escrow.store, spool: spool,
      signedBy: key, now: Escrow.start)
    let scope = warrant.body.scope
    return Sample(name: "extract", bytes: front + spool.bytes) {
      let extract = try ExtractFile(MemoryBytes($0))
      try extract.forEachDeposit(in: scope, row: { _ in 0 }) { view throws(EscrowError) in
        guard try extract.session(view.header.session) != nil else {
          throw .storage(reason: "the session is missing")
        }
      }
    }
  }

  private static func deposit(_ submission: DepositSubmission, roster: Roster) throws -> Sample {
    let session = try submission.session.verified(roster: roster)
    let listed = submission.deposits[0]
    return Sample(name: "deposit", bytes: listed.deposit.bytes) {
      let altered = ListedDeposit(deposit: try Deposit(parsing: $0), locators: listed.locators)
      _ = try DepositSubmission(session: submission.session, deposits: [altered], head: submission.head)
        .verified(session: session, after: nil)
    }
  }

  private static func state(_ escrow: Escrow) throws -> Sample {
    let storage = RecordingState()
    let key = try SystemRandom().bytes(32)
    var session = try DepositSession.open(
      roster: escrow.roster, depositor: escrow.depositor.depositor,
      stateKey: try SecretBytes.copying(key.span), storage: storage, now: Escrow.start)
    var batch = try KeyBatch(capacity: 1)
    try TestKey.random(conversation: conversation(1), epoch: 0).append(to: &batch)
    try session.add(batch, now: Escrow.start)
    let head = try session.submit(signedBy: escrow.depositor.depositor).head
    return Sample(name: "session state", bytes: storage.saved) {
      _ = try DepositSession.resume(
        $0, roster: escrow.roster, depositor: escrow.depositor.depositor,
        stateKey: try SecretBytes.copying(key.span), storage: storage, stored: head, now: Escrow.start,
        capacity: 1)
    }
  }
}
