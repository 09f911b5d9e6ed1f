import Dispatch
public import LibCrypto
import SecretSharing

/// From releases to verified conversation keys.
public enum Recovery {
  /// Recovers every key that the releases give, and hands each out only after it matched its commitment.
  ///
  /// - Parameters:
  ///   - warrant: the warrant all `releases` answer.
  ///   - releases: answers of different holders, each verified for `warrant`.
  ///   - recipientKey: the private half of the warrant's one-time key.
  ///   - source: the public columns; nothing in it is believed. Several jobs ask it at once, also while `emit` runs.
  ///   - jobs: how many threads work. The result is the same for any number.
  ///   - emit: called on the caller's thread, deposit by deposit in the order of the first release, with packed
  ///     locators (40 bytes per record, see `RecordLocator.unpack`) and as many 32-byte keys. The keys are erased
  ///     after the call.
  /// - Returns: what was recovered, what is missing, and who gave something wrong.
  /// - Throws: `.failedVerification(.recipientKey)` for another key; `.quorumNotReached` when the holders who
  ///   answered do not satisfy the policy, before anything is opened; what `source` and `emit` throw.
  public static func recover(
    warrant: Warrant, releases: [Release], recipientKey: borrowing X25519PrivateKey,
    source: some RecoverySource, jobs: Int = 1,
    emit: (_ locators: [UInt8], _ keys: Span<UInt8>) throws(EscrowError) -> Void
  ) throws(EscrowError) -> RecoveryReport {
    guard recipientKey.publicKey == warrant.body.recipientKey else {
      throw .failedVerification(.recipientKey)
    }
    var answered: [HolderID] = []
    for release in releases {
      guard release.body.warrant == warrant.digest, release.body.roster == warrant.roster.id,
        !answered.contains(release.body.holder)
      else {
        throw .failedVerification(.otherWarrant(release.body.holder))
      }
      answered.append(release.body.holder)
    }
    guard warrant.roster.policy.isSatisfied(by: Set(answered)) else {
      throw .quorumNotReached(answered: answered.sorted())
    }
    var report = RecoveryReport()
    let openers = try Self.openers(releases, warrant: warrant, recipientKey: recipientKey, report: &report)
    var seen: Set<Digest> = []
    var deposits: [Digest] = []
    for opener in openers {
      for entry in opener.opener.release.reader.entries
      where entry.isSealed && seen.insert(entry.subject).inserted {
        deposits.append(entry.subject)
      }
    }
    let jobs = max(1, min(jobs, maximumJobs, deposits.count))
    let own = WorkerBox(try RecoveryWorker(warrant: warrant, openers: openers, source: source))
    var helpers: [RecoveryQueue.Helper] = []
    for _ in 1..<jobs {
      let twins = try openers.map { opener throws(EscrowError) in
        OpenerBox(try ReleaseOpener(twinOf: opener.opener))
      }
      helpers.append(WorkerBox(try RecoveryWorker(warrant: warrant, openers: twins, source: source)).recover)
    }
    let capacity = openers.map(\.maximumRecords).max() ?? 0
    var places: [RecoveredDeposit] = []
    for _ in 0..<(jobs == 1 ? 1 : jobs * placesPerJob) {
      places.append(try RecoveredDeposit(capacity: capacity))
    }
    let queue = RecoveryQueue(deposits, places: places, helpers: helpers)
    for _ in 1..<jobs {
      DispatchQueue.global().async { queue.help() }
    }
    // However this ends, nobody works on the caller's source afterwards or keeps what opens its releases, not even a
    // helper whom no thread was free for.
    defer { queue.close() }
    while let turn = queue.next() {
      switch turn {
      case .recover(let work):
        own.recover(work)
        queue.finish(work)
      case .handOut(let place):
        if let error = place.error { throw error }
        if place.count > 0 {
          try place.withKeys { keys throws(EscrowError) in try emit(place.locators, keys) }
        }
        report.recovered += place.report.recovered
        report.missing += place.report.missing
        report.withoutQuorum += place.report.withoutQuorum
        report.faults += place.report.faults
        place.reset()
        queue.giveBack(place)
      }
    }
    return report
  }

  // Opens each release's encapsulations. Leaves out, and names, holders whose encapsulations are no points that can be
  // opened; and names the deposits that the others passed over.
  private static func openers(
    _ releases: [Release], warrant: Warrant, recipientKey: borrowing X25519PrivateKey,
    report: inout RecoveryReport
  ) throws(EscrowError) -> [OpenerBox] {
    var openers: [OpenerBox] = []
    for release in releases {
      do throws(EscrowError) {
        openers.append(OpenerBox(try ReleaseOpener(release, warrant: warrant, recipientKey: recipientKey)))
        for passedOver in try release.passedOver() {
          report.faults.append(
            RecoveryFault(culprit: .depositor, deposit: passedOver.deposit, failure: passedOver.failure))
        }
      } catch {
        guard case .failedVerification(let failure) = error else { throw error }
        report.faults.append(
          RecoveryFault(culprit: .holder(release.body.holder), deposit: nil, failure: failure))
      }
    }
    return openers
  }
}

private let maximumJobs = 64
/// How many deposits may be at work or wait for their turn, for each thread: enough that none waits for a slow one, and
/// few enough to stay in cache.
private let placesPerJob = 4

/// A place for a worker, which cannot be copied.
private final class WorkerBox<Source: RecoverySource>: @unchecked Sendable {
  // Sendable: one thread at a time uses it, the one that took it from the queue.
  private var worker: RecoveryWorker<Source>

  init(_ worker: consuming RecoveryWorker<Source>) {
    self.worker = worker
  }

  func recover(_ work: RecoveryQueue.Work) {
    worker.recover(work.deposit, into: work.place)
  }
}
