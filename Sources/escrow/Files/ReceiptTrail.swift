import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// What a log shows about one warrant: revocations, answers, its recovery, its unsealing.
struct ReceiptTrail {
  /// An answer as its holder entered it.
  struct Answer {
    let entry: UInt64
    let body: AnswerEntry
    /// Whether it is one of those that were shown.
    let isShown: Bool
  }

  private let checkpoint: Checkpoint
  private var revocations: [(entry: UInt64, body: RevocationEntry)] = []
  private var answers: [Answer] = []
  private var unsealings: [(entry: UInt64, body: UnsealingEntry)] = []
  private var recoveries: [(entry: UInt64, body: RecoveryEntry)] = []
  private let shown: [HolderID: Digest]

  /// Reads every entry of `log`, which must extend the checkpoint of the proof.
  ///
  /// - Parameter answers: digests of the answers that are shown, by their holders.
  init(
    log: LocalLog, identity: LogIdentity, roster: Roster, logged: LoggedWarrant, answers: [HolderID: Digest]
  ) throws(Failure) {
    let (published, reader) = try log.published(of: identity)
    checkpoint = published.checkpoint
    shown = answers
    do {
      _ = try reader.consistencyProof(from: logged.logged.checkpoint.checkpoint)
      // A warrant may be revoked by its digest before it is logged again: all entries are read.
      var entries = reader.entries()
      var progress = ProgressLine("reading", unit: "entries")
      while let next = try entries.next() {
        progress.show(next.index)
        let bytes = Array(next.bytes)
        // What its holder did not sign is of no concern.
        guard let entry = try? UnverifiedLogEntry(parsing: bytes.span),
          let body = try? entry.verified(by: roster)
        else { continue }
        take(body, at: next.index, logged)
      }
    } catch { throw Failure(error, at: log.location.path) }
  }

  private mutating func take(_ body: LogEntryBody, at index: UInt64, _ logged: LoggedWarrant) {
    switch body {
    case .revocation(let entry) where entry.warrant == logged.warrant || entry.warrantIndex == logged.index:
      if entry.roster == logged.entry.roster { revocations.append((entry: index, body: entry)) }
    case .answer(let entry) where entry.warrantIndex == logged.index || shown[entry.holder] == entry.answer:
      answers.append(Answer(entry: index, body: entry, isShown: shown[entry.holder] == entry.answer))
    case .unsealing(let entry) where entry.warrantIndex == logged.index:
      if (try? entry.opens(logged.entry)) == true { unsealings.append((entry: index, body: entry)) }
    case .recovery(let entry) where entry.warrantIndex == logged.index:
      if entry.holder == logged.entry.recipient { recoveries.append((entry: index, body: entry)) }
    default: return
    }
  }

  /// What ought not to be.
  var faults: [String] {
    var faults: [String] = []
    for revocation in revocations {
      for answer in answers where answer.body.keys > 0 && answer.body.answered > revocation.body.revoked {
        faults.append(
          "\(answer.body.holder) released at \(answer.body.answered), and \(revocation.body.judge) had revoked the"
            + " warrant at \(revocation.body.revoked), entry \(revocation.entry)")
      }
    }
    for (holder, digest) in shown.sorted(by: { $0.key < $1.key }) {
      guard let other = answers.first(where: { $0.body.holder == holder && $0.body.answer != digest }) else {
        continue
      }
      faults.append("\(holder) entered another answer to the warrant in the log, entry \(other.entry)")
    }
    return faults
  }

  func add(to report: inout Report) {
    report.add("logSizeRead", checkpoint.size)
    report.add(
      "revocations",
      revocations.map { revocation in
        var report = Report()
        report.add("entry", revocation.entry)
        report.add("judge", revocation.body.judge.description)
        report.add("revoked", revocation.body.revoked)
        return report
      })
    report.add("answersLogged", answers.map(Self.report))
    report.add(
      "answersNotLogged",
      shown.filter { holder, digest in
        !answers.contains { $0.body.holder == holder && $0.body.answer == digest }
      }.keys.sorted().map(\.description))
    if let recovery = recoveries.last {
      report.add("recovered", recovery.body.recovered)
      report.add("recoveredKeys", recovery.body.keys)
    }
    if let unsealing = unsealings.first {
      report.add("unsealed", unsealing.body.unsealed)
      if let notified = unsealings.compactMap(\.body.notified).first { report.add("notified", notified) }
    }
  }

  private static func report(_ answer: Answer) -> Report {
    var report = Report()
    report.add("entry", answer.entry)
    report.add("holder", answer.body.holder.description)
    report.add("answered", answer.body.answered)
    switch answer.body.outcome {
    case .released(let keys): report.add("keys", keys)
    case .refused(let ground): report.add("ground", ground.rawValue)
    }
    report.add("shown", answer.isShown)
    return report
  }
}
