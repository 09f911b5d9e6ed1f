import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// The demonstration's transparency log, with one witness beside it, as `escrow log init` makes them.
final class DemoLog {
  let log: LocalLog
  /// What the roster says of it.
  let rosterLog: RosterLog
  private var proofs: [Digest: UnverifiedWarrantProof] = [:]

  var identity: LogIdentity { rosterLog.identity }
  var source: LogDirectory { log.location.directory }

  init(in directory: DemoDirectory) throws {
    log = try LocalLog(directory.path(of: "log"))
    var report = Report()
    try NewLog(log.location).createWithWitness(origin: nil, report: &report, isQuiet: true)
    guard let policy = try log.policyText() else {
      throw Failure.internalFailure("the new log has no witness")
    }
    // Whoever runs the demonstration runs the witness too.
    rosterLog = try RosterLog(identity: try log.identity(), policy: policy, isUnwitnessed: true)
  }

  /// The proof of a warrant that was logged; nil before.
  func proof(of warrant: UnverifiedWarrant) -> UnverifiedWarrantProof? { proofs[warrant.digest] }

  /// Appends an entry, publishes and has the witness cosign.
  @discardableResult
  func append(_ entry: UnverifiedLogEntry) throws -> UInt64 {
    try log.append(entry.bytes).indices.lowerBound
  }

  /// Logs a warrant, sealed, unless it is logged already.
  @discardableResult
  func publish(_ warrant: UnverifiedWarrant, roster: Roster) throws -> UnverifiedWarrantProof {
    if let known = proofs[warrant.digest] { return known }
    let opening = try SealOpening.random()
    let entry = try UnverifiedLogEntry(
      try WarrantEntry(sealing: warrant, opening: opening, roster: roster, logged: try Timestamp.now()))
    let publication = try log.append(entry.bytes)
    let index = publication.indices.lowerBound
    let reader = LogReader(publication.checkpoint, source: source)
    let proof = try UnverifiedWarrantProof(
      entry, opening: opening, index: index, hashes: try reader.inclusionProof(of: index),
      checkpoint: publication.note)
    proofs[warrant.digest] = proof
    return proof
  }

  /// What an operator who wants to undo entry `index` shows instead: the same entries but for that one and all after it,
  /// and others in their place, in another directory and under the same key.
  func rewritten(before index: UInt64, at path: String) throws -> LogDirectory {
    let (checkpoint, reader) = try log.published(of: identity)
    var entries = reader.entries()
    var fork = try TiledLog.create(
      at: path, origin: identity.origin, signer: try LogKeyFile.read(log.location.keyPath))
    while let entry = try entries.next(), entry.index < index { try fork.append(entry.bytes.span) }
    let nothing = Array("nothing happened here".utf8)
    for _ in index...checkpoint.checkpoint.size { try fork.append(nothing.span) }
    try fork.publish()
    return LogDirectory(path)
  }
}
