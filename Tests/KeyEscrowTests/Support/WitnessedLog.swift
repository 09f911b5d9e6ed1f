import Foundation
import LibCrypto
import TransparencyLog

@testable import KeyEscrow

/// A log on disk with its witnesses, for tests: removed with the value.
///
/// Keys follow from `seed`: two logs of one seed are the same log to everybody who knows its key, and need not hold the
/// same entries.
final class WitnessedLog {
  static let origin = "log.example/test"

  let folder: URL
  let seed: String
  let source: LogDirectory
  private let log: LogBox
  private let witnesses: [WitnessBox]
  let identity: LogIdentity

  private final class LogBox {
    var log: TiledLog
    init(_ log: consuming TiledLog) { self.log = log }
  }

  private final class WitnessBox {
    let key: CosignatureVerifierKey
    var witness: Witness
    init(_ witness: consuming Witness) {
      key = witness.verifierKey
      self.witness = witness
    }
  }

  init(seed: String = UUID().uuidString, witnesses count: Int = 1, origin: String = origin) throws {
    self.seed = seed
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    source = LogDirectory(folder.appendingPathComponent("log").path)
    let log = try TiledLog.create(
      at: source.path, origin: origin, signer: try Self.signer("log.example/test", seed: seed))
    let identity = log.identity
    self.identity = identity
    self.log = LogBox(log)
    var witnesses: [WitnessBox] = []
    for number in 0..<count {
      let signer = try Self.signer("witness.example/w\(number)", seed: seed)
      witnesses.append(
        WitnessBox(
          try Witness.open(at: folder.path + "/witness\(number)", signer: signer, logs: [identity])))
    }
    self.witnesses = witnesses
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func signer(_ name: String, seed: String) throws -> NoteSigner {
    let bytes = try SHA256.digest(Array("\(seed) \(name)".utf8)).bytes
    return try NoteSigner(name: name, key: try Ed25519PrivateKey.fromSeed(bytes.span))
  }

  /// The lines of a policy that asks for `threshold` of the witnesses.
  func policy(threshold: Int? = nil) -> [UInt8] {
    var lines = ["log \(identity.key.vkey)"]
    for (number, box) in witnesses.enumerated() { lines.append("witness w\(number) \(box.key.vkey)") }
    guard !witnesses.isEmpty else {
      return Array((lines + ["quorum none", ""]).joined(separator: "\n").utf8)
    }
    let names = witnesses.indices.map { "w\($0)" }.joined(separator: " ")
    lines += ["group all \(threshold ?? witnesses.count) \(names)", "quorum all", ""]
    return Array(lines.joined(separator: "\n").utf8)
  }

  func rosterLog(threshold: Int? = nil, hours: UInt64 = 24, isUnwitnessed: Bool = false) throws -> RosterLog {
    try RosterLog(
      identity: identity, policy: policy(threshold: threshold), maximumWitnessAgeHours: hours,
      isUnwitnessed: isUnwitnessed)
  }

  /// Appends an entry, and publishes.
  @discardableResult
  func append(_ entry: [UInt8]) throws -> UInt64 {
    let index = try log.log.append(entry.span)
    try log.log.publish()
    return index
  }

  @discardableResult
  func append(_ entry: UnverifiedLogEntry) throws -> UInt64 { try append(entry.bytes) }

  /// The checkpoint of now, cosigned at these times by the witnesses of these numbers.
  func cosigned(at times: [Int: Timestamp]) throws -> UnverifiedNote {
    var note = try source.checkpoint()
    for (number, time) in times.sorted(by: { $0.key < $1.key }) {
      note.add(try witnesses[number].witness.cosign(source, at: UInt64(time.secondsSince1970)))
    }
    return note
  }

  /// The same by every witness.
  func cosigned(at time: Timestamp) throws -> UnverifiedNote {
    try cosigned(at: Dictionary(uniqueKeysWithValues: witnesses.indices.map { ($0, time) }))
  }

  /// The proof that `entry`, which is in the log at `index`, is there under `checkpoint`.
  func proof(
    of entry: UnverifiedLogEntry, opening: SealOpening, at index: UInt64, under checkpoint: UnverifiedNote
  ) throws -> UnverifiedWarrantProof {
    let reader = LogReader(try checkpoint.verifiedCheckpoint(of: identity), source: source)
    return try UnverifiedWarrantProof(
      entry, opening: opening, index: index, hashes: try reader.inclusionProof(of: index),
      checkpoint: checkpoint)
  }

  /// Logs `warrant`, has every witness cosign at `time`, and proves it.
  func publish(
    _ warrant: UnverifiedWarrant, roster: Roster, at time: Timestamp = Escrow.start
  ) throws -> UnverifiedWarrantProof {
    let opening = try SealOpening.random()
    let entry = try UnverifiedLogEntry(
      try WarrantEntry(sealing: warrant, opening: opening, roster: roster, logged: time))
    let index = try append(entry)
    return try proof(of: entry, opening: opening, at: index, under: try cosigned(at: time))
  }
}

extension Escrow {
  /// The warrant's proof, after it was logged if it was not: nil without a log.
  func proof(of warrant: UnverifiedWarrant, at time: Timestamp = Escrow.start) throws
    -> UnverifiedWarrantProof?
  {
    guard let log else { return nil }
    if let known = proofs[warrant.digest] { return known }
    let proof = try log.publish(warrant, roster: roster, at: time)
    proofs[warrant.digest] = proof
    return proof
  }

  /// Lets `name` answer `warrant`, with whatever proof the roster asks for.
  func authorization(
    _ warrant: UnverifiedWarrant, for name: String, now: Timestamp
  ) throws -> ReleaseAuthorization {
    let inForce = try warrant.verified(by: roster, now: now)
    guard let log, let proof = try proof(of: warrant) else {
      return try inForce.authorization(for: try id(name))
    }
    var memory = HolderMemory(of: log.identity)
    let shown = try PublicProof.verify(
      proof, of: inForce, in: log.source, by: try holder(name).holder.record, memory: &memory, answers: [],
      now: now)
    return try inForce.authorization(for: try id(name), proof: shown)
  }

  /// The warrant, verified to read answers to it.
  func verifiedForRecovery(_ warrant: UnverifiedWarrant) throws -> Warrant {
    try warrant.verifiedForRecovery(by: roster, proof: try proof(of: warrant))
  }
}
