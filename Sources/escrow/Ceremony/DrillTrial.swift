import KeyEscrow
import LibCrypto
import SecretSharing

/// Every way to put the answers to a test warrant together.
struct DrillTrial {
  private let store: DrillStore
  private let warrant: Warrant
  private let releases: [HolderID: Release]
  private let keyCount: Int
  private let digest: Digest

  /// - Parameter releases: a release file of every holder.
  init(
    store: DrillStore, warrant: Warrant, releases: [HolderID: [UInt8]]
  ) throws {
    var read: [HolderID: Release] = [:]
    var digests: Set<Digest> = []
    for (id, bytes) in releases {
      let release = try UnverifiedRelease(MemoryBytes(bytes)).verified(for: warrant)
      read[id] = release
      digests.formUnion(release.deposits)
    }
    guard let digest = digests.first, digests.count == 1 else {
      throw Failure.verification("the holders answered about different deposits")
    }
    self.store = store
    self.warrant = warrant
    self.releases = read
    self.digest = digest
    keyCount = Int(warrant.body.maximumKeys)
  }

  /// What every set came to.
  ///
  /// - Throws: 5 when an authorised set does not recover every key, or an unauthorised one anything: the roster is not
  ///   to be used then.
  func report(
    performed: Timestamp, by recipient: HolderID, with key: borrowing X25519PrivateKey
  ) throws -> DrillReport {
    let policy = store.roster.policy
    let authorised = policy.minimalAuthorizedSets(limit: DrillReport.maximumSets)
    let unauthorised = policy.maximalUnauthorizedSets(limit: DrillReport.maximumSets)
    for set in authorised { try requireRecovery(by: set, key) }
    for set in unauthorised { try requireFailure(of: set, key) }
    return DrillReport(
      roster: store.roster, performed: performed, recipient: recipient, deposit: digest,
      keys: UInt64(keyCount),
      recovered: authorised, refused: unauthorised)
  }

  private func requireRecovery(by set: [HolderID], _ key: borrowing X25519PrivateKey) throws {
    var count = 0
    let report = try recover(set, key) { count += $0.count / KeyBatch.keyByteCount }
    guard report.faults.isEmpty, report.missing == 0, count == keyCount else {
      let fault = report.faults.first.map { ": \($0.sentence)" } ?? ""
      throw Failure.verification(
        "\(Words.list(set)) are authorised and did not recover the test keys\(fault); do not use this roster")
    }
  }

  private func requireFailure(of set: [HolderID], _ key: borrowing X25519PrivateKey) throws {
    var count = 0
    do throws(EscrowError) {
      _ = try recover(set, key) { count += $0.count / KeyBatch.keyByteCount }
    } catch {
      guard case .quorumNotReached = error else { throw error }
      // Obedience and arithmetic: the code refuses, and no combination of their columns exists.
      if store.roster.matrix.reconstructionVector(for: Set(set)) == nil, count == 0 { return }
    }
    throw Failure.verification(
      "\(Words.list(set)) are not authorised and recovered \(count) test keys; do not use this roster")
  }

  private func recover(
    _ set: [HolderID], _ key: borrowing X25519PrivateKey, _ use: (Span<UInt8>) -> Void
  ) throws(EscrowError) -> RecoveryReport {
    try Recovery.recover(
      warrant: warrant, releases: set.compactMap { releases[$0] }, recipientKey: key, source: store.database
    ) { _, keys throws(EscrowError) in use(keys) }
  }
}
