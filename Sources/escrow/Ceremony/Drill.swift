import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// A drill on one machine: the holders come in turn.
final class Drill {
  private let roster: Roster
  private let recipient: HolderID
  private let log: DrillLog?
  private let directories: [HolderID: HolderDirectory]
  private var opened: [HolderID: Opened] = [:]

  /// A holder in a place that can be shared.
  private final class Opened {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  /// - Parameter log: where test warrants are logged, under a roster that names a log.
  /// - Throws: 64 for a directory of nobody on the roster; 4 when a holder is missing: it has to be drilled too.
  init(
    roster: Roster, directories paths: [String], recipient: HolderID?, log: (RosterLog) throws -> DrillLog
  ) throws {
    var directories: [HolderID: HolderDirectory] = [:]
    self.roster = roster
    self.recipient = recipient ?? roster.holders.last { $0.id.role != .judge }?.id ?? roster.holders[0].id
    for path in paths {
      let directory = HolderDirectory(path)
      let record = try directory.record()
      guard roster.holder(record.id) == record else {
        throw Failure.usage("\(path): \(record.id) is not on the roster with these keys")
      }
      guard directories.updateValue(directory, forKey: record.id) == nil else {
        throw Failure.usage("\(path): \(record.id) is given twice")
      }
    }
    let missing = roster.holders.map(\.id).filter { directories[$0] == nil }
    guard missing.isEmpty else {
      throw Failure(
        .quorumNotReached, "a drill needs every holder; give --holder for \(Words.list(missing))")
    }
    guard roster.holder(self.recipient) != nil else {
      throw Failure.usage("--recipient \(self.recipient): is not on the roster")
    }
    self.directories = directories
    self.log = try roster.body.log.map(log)
  }

  func run() throws -> UnverifiedDrillReport {
    for record in roster.holders {
      guard let directory = directories[record.id] else { continue }
      opened[record.id] = Opened(try directory.open(Passphrase(.terminal)))
    }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("escrow-\(UUID().uuidString)")
      .path
    try Directory.create(path)
    Interruption.register(path)
    defer {
      try? FileManager.default.removeItem(atPath: path)
      Interruption.forget(path)
    }
    let now = try Timestamp.now()
    let deposit = try DrillDeposit(roster: roster, limits: roster.body.limits, now: now)
    let store = try DrillStore(in: path, roster: roster, submission: deposit.submission)
    let authorised = roster.policy.minimalAuthorizedSets(limit: DrillReport.maximumSets)
    var progress = ProgressLine("drilling", unit: "sets")
    for (index, set) in authorised.enumerated() {
      try recover(through: set, from: store, deposit)
      progress.show(UInt64(index + 1))
    }
    return try signed(try trialOfAll(store, deposit))
  }

  private func withHolder<Result: ~Copyable>(
    _ id: HolderID, _ body: (borrowing Holder) throws -> Result
  ) throws -> Result {
    guard let opened = opened[id] else { throw Failure.internalFailure("\(id) is not here") }
    return try body(opened.holder)
  }

  /// A warrant signed by `judges`, for the one-time key `key`.
  private func warrant(
    _ deposit: DrillDeposit, signedBy judges: [HolderID], key: X25519PublicKey
  ) throws -> UnverifiedWarrant {
    let body = try DrillWarrant.body(
      roster: roster, submission: deposit.submission, recipient: recipient, key: key, now: try Timestamp.now()
    )
    var warrant = try withHolder(recipient) { try UnverifiedWarrant(drafting: body, recipient: $0) }
    for judge in judges { try withHolder(judge) { try warrant.sign(with: $0, roster: roster) } }
    return warrant
  }

  /// The judges of `set`, and as many others as the roster's caps ask for.
  private func judges(of set: [HolderID], for keys: Int) -> [HolderID] {
    var judges = set.filter { $0.role == .judge }
    let needed = roster.body.limits.caps.first { $0.keys >= UInt64(keys) }?.judges ?? 1
    for other in roster.holders.map(\.id) where other.role == .judge && judges.count < needed {
      if !judges.contains(other) { judges.append(other) }
    }
    return judges
  }

  // What a test warrant must be before anybody answers: under a roster with a log, logged.
  private func issue(_ warrant: UnverifiedWarrant) throws -> Warrant {
    guard let log else { return try warrant.verifiedForRecovery(by: roster) }
    return try log.publish(warrant, roster: roster)
  }

  private func release(_ warrant: UnverifiedWarrant, by id: HolderID, from store: DrillStore) throws
    -> [UInt8]
  {
    guard let log, let directory = directories[id] else {
      return try withHolder(id) { try store.release(warrant, by: $0, now: try Timestamp.now()) }
    }
    return try withHolder(id) { try log.release(warrant, by: $0, in: directory, from: store) }
  }

  // One set alone: its judges sign, its holders answer, and the keys that come out are the ones that went in.
  private func recover(through set: [HolderID], from store: DrillStore, _ deposit: DrillDeposit) throws {
    let key = try X25519PrivateKey.generate()
    let warrant = try warrant(deposit, signedBy: judges(of: set, for: deposit.count), key: key.publicKey)
    let verified = try issue(warrant)
    var releases: [Release] = []
    var texts: [Digest] = []
    for id in set {
      let read = try UnverifiedRelease(MemoryBytes(try release(warrant, by: id, from: store)))
      texts.append(read.digest)
      releases.append(try read.verified(for: verified))
    }
    var isSame = false
    let report = try Recovery.recover(
      warrant: verified, releases: releases, recipientKey: key, source: store.database
    ) { _, keys throws(EscrowError) in
      isSame = deposit.keys.bytes.withBytes { ConstantTime.equal($0, keys) }
    }
    guard isSame, report.faults.isEmpty, report.missing == 0 else {
      let fault = report.faults.first.map { ": \($0.sentence)" } ?? ""
      throw Failure.verification(
        "\(Words.list(set)) are authorised and did not recover the test keys\(fault); do not use this roster")
    }
    guard let log else { return }
    let entry = try RecoveryEntry(
      of: verified, releases: texts, keys: UInt64(deposit.count), recovered: try Timestamp.now())
    try withHolder(recipient) { try log.tell(.recovery(entry), by: $0) }
  }

  // All sets once more from the answers to one warrant, and the sets that are too small.
  private func trialOfAll(_ store: DrillStore, _ deposit: DrillDeposit) throws -> DrillReport {
    let key = try X25519PrivateKey.generate()
    let judges = roster.holders.map(\.id).filter { $0.role == .judge }
    let warrant = try warrant(deposit, signedBy: judges, key: key.publicKey)
    try refuseUnlogged(warrant)
    let verified = try issue(warrant)
    var releases: [HolderID: [UInt8]] = [:]
    for record in roster.holders { releases[record.id] = try release(warrant, by: record.id, from: store) }
    try refuseWithoutJudges(store, deposit)
    let trial = try DrillTrial(store: store, warrant: verified, releases: releases)
    return try trial.report(performed: try Timestamp.now(), by: recipient, with: key)
  }

  // Under a roster with a log, a warrant that is not in it is answered by nobody.
  private func refuseUnlogged(_ warrant: UnverifiedWarrant) throws {
    guard let log else { return }
    for record in roster.holders {
      guard let directory = directories[record.id] else { continue }
      try log.requireRefusal(of: warrant, by: record, in: directory, roster: roster)
    }
  }

  // Without the judges' signatures no holder answers, whatever it holds.
  private func refuseWithoutJudges(_ store: DrillStore, _ deposit: DrillDeposit) throws {
    let unsigned = try warrant(deposit, signedBy: [], key: try X25519PrivateKey.generate().publicKey)
    let now = try Timestamp.now()
    for record in roster.holders {
      do {
        _ = try withHolder(record.id) { try store.release(unsigned, by: $0, now: now) }
      } catch EscrowError.warrantRefused(.unsigned) {
        continue
      }
      throw Failure.verification(
        "\(record.id) answered a warrant that no judge signed; do not use this roster")
    }
  }

  private func signed(_ report: DrillReport) throws -> UnverifiedDrillReport {
    var signed = try UnverifiedDrillReport(report)
    for record in roster.holders { try withHolder(record.id) { try signed.sign(with: $0) } }
    return signed
  }
}
