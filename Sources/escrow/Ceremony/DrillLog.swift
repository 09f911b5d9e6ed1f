import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// A drill under a roster that names a log: nothing is answered here that is not logged, as in earnest.
///
/// Each test warrant and its proof stay in the evidence directory, because the proof alone opens the sealed entry. The
/// answers stay among their holders' answers, and everybody reads in the log that they were given.
final class DrillLog {
  private let log: LocalLog
  private let identity: LogIdentity
  private let key: String?
  private let evidence: String
  private var proofs: [Digest: UnverifiedWarrantProof] = [:]
  private var count = 0

  /// The log in the directory `path`, which must be the one that `roster` names.
  ///
  /// - Parameters:
  ///   - key: the file of the log's key; the one beside the log when nil.
  ///   - evidence: where warrants and proofs stay: a directory that is made.
  init(_ path: String, key: String?, evidence: String, named: RosterLog) throws(Failure) {
    log = try LocalLog(path)
    identity = named.identity
    _ = try log.published(of: named.identity)
    self.key = key
    self.evidence = evidence
    guard try Directory.create(evidence) else {
      throw .usage("\(evidence): is already there; name a new directory")
    }
  }

  /// Puts a warrant into the log, sealed, and keeps its proof.
  ///
  /// - Returns: the warrant, verified with its proof.
  func publish(_ warrant: UnverifiedWarrant, roster: Roster) throws -> Warrant {
    count += 1
    let path = "\(evidence)/warrant-\(count)"
    try OutputFile.write(warrant.bytes, to: path)
    let logged = try WarrantLogging(log: log, identity: identity, path: "\(path).tlog-proof", key: key).run(
      warrant, verified: try warrant.verifiedForRecovery(by: roster), roster: roster, cosigned: [])
    proofs[warrant.digest] = logged.proof
    do throws(EscrowError) { return try warrant.verifiedForRecovery(by: roster, proof: logged.proof) } catch {
      guard case .log(.quorumNotReached) = error else { throw Failure(error, at: path) }
      throw Failure(
        .quorumNotReached,
        "\(path): is logged, but the witness beside the log is not the quorum that the roster asks for; drill such a"
          + " roster with warrant draft --test, warrant log --cosigned, release and recover")
    }
  }

  /// One holder's release, as the bytes of its file, which is kept among its answers and told to the log.
  func release(
    _ warrant: UnverifiedWarrant, by holder: borrowing Holder, in directory: HolderDirectory,
    from store: DrillStore
  ) throws -> [UInt8] {
    guard let proof = proofs[warrant.digest] else {
      throw Failure.internalFailure("a test warrant was not logged")
    }
    let now = try Timestamp.now()
    let inForce = try warrant.verified(by: store.roster, now: now)
    let archive = try AnswerArchive(directory)
    let shown = try archive.publicProof(
      proof, of: inForce, in: log.location.path, by: holder.record, now: now)
    let authorization = try inForce.authorization(for: holder.id, proof: shown)
    try archive.release(
      authorization, by: holder, from: store.database, name: "the drill's store", beside: nil)
    let stored = archive.releasePath(warrant.digest)
    let bytes = try DocumentFile.read(stored, maximumByteCount: 1 << 24)
    let release = try locating(stored) { try UnverifiedRelease(MemoryBytes(bytes)) }
    try tell(.answer(try AnswerEntry(release: release, of: warrant.body, digest: warrant.digest)), by: holder)
    return bytes
  }

  /// Tells the log what the recipient recovered.
  func tell(_ body: LogEntryBody, by holder: borrowing Holder) throws {
    _ = try log.append(try UnverifiedLogEntry(body, signedBy: holder).bytes, key: key)
  }

  /// Checks that `holder` does not answer `warrant`, which is signed but not in the log, when it is shown
  /// the proof of another.
  ///
  /// - Throws: 5 when it would.
  func requireRefusal(
    of warrant: UnverifiedWarrant, by holder: HolderRecord, in directory: HolderDirectory, roster: Roster
  ) throws {
    let now = try Timestamp.now()
    let inForce = try warrant.verified(by: roster, now: now)
    let archive = try AnswerArchive(directory)
    guard let other = proofs.values.first else { return }
    do throws(Failure) {
      _ = try archive.publicProof(other, of: inForce, in: log.location.path, by: holder, now: now)
    } catch {
      guard error.status == .verificationFailed else { throw error }
      return
    }
    throw Failure.verification(
      "\(holder.id) would answer a warrant that is not in the log; do not use this build")
  }
}
