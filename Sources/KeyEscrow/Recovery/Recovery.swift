import Dispatch
public import LibCrypto
import SecretSharing
import Synchronization

/// From releases to verified conversation keys.
public enum Recovery {
  /// Recovers every key that the releases give, and hands each out only after it matched its commitment.
  ///
  /// - Parameters:
  ///   - warrant: the warrant all `releases` answer.
  ///   - releases: answers of different holders, each verified for `warrant`.
  ///   - recipientKey: the private half of the warrant's one-time key.
  ///   - source: the public columns; nothing in it is believed.
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
    let jobs = max(1, min(jobs, 64, deposits.count))
    // Every worker after the first opens the encapsulations anew: a few X25519 per recovery, none per key.
    var workers: [WorkerBox] = []
    for job in 0..<jobs {
      var own = openers
      if job > 0 {
        for index in own.indices {
          own[index] = OpenerBox(
            try ReleaseOpener(openers[index].opener.release, warrant: warrant, recipientKey: recipientKey))
        }
      }
      workers.append(WorkerBox(try RecoveryWorker(warrant: warrant, openers: own, source: source)))
    }
    // Several deposits per worker and window, so that threads meet seldom; few enough to stay in cache.
    let windowCount = jobs == 1 ? 1 : jobs * depositsPerJobAndWindow
    var slots: [RecoveredDeposit] = []
    let capacity = openers.map(\.maximumRecords).max() ?? 0
    for _ in 0..<min(windowCount, deposits.count) { slots.append(try RecoveredDeposit(capacity: capacity)) }
    for start in stride(from: 0, to: deposits.count, by: windowCount) {
      let window = deposits[start..<min(start + windowCount, deposits.count)]
      if jobs == 1 {
        workers[0].recover(deposits[start], into: slots[0])
      } else {
        let workers = workers
        let slots = slots
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: jobs) { job in
          while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < window.count else { return }
            workers[job].recover(window[start + index], into: slots[index])
          }
        }
      }
      for slot in slots.prefix(window.count) {
        defer { slot.reset() }
        if let error = slot.error { throw error }
        if slot.count > 0 {
          try slot.withKeys { keys throws(EscrowError) in try emit(slot.locators, keys) }
        }
        report.recovered += slot.report.recovered
        report.missing += slot.report.missing
        report.withoutQuorum += slot.report.withoutQuorum
        report.faults += slot.report.faults
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

/// How many deposits one job takes before all jobs' results are handed out.
private let depositsPerJobAndWindow = 8

/// A place for a worker, which cannot be copied. One thread at a time uses it.
private final class WorkerBox: @unchecked Sendable {
  private let body: (Digest, RecoveredDeposit) -> Void

  init(_ worker: consuming RecoveryWorker<some RecoverySource>) {
    let box = Box(worker)
    body = { box.worker.recover($0, into: $1) }
  }

  func recover(_ deposit: Digest, into output: RecoveredDeposit) {
    body(deposit, output)
  }

  private final class Box<Source: RecoverySource> {
    var worker: RecoveryWorker<Source>
    init(_ worker: consuming RecoveryWorker<Source>) { self.worker = worker }
  }
}
