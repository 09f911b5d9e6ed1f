import Foundation
import LibCrypto
import TransparencyLog

/// A log with a witness, as their files, made once for a process.
struct SampleLog: Sendable {
  /// A full tile and a partial one, at two levels.
  static let size: UInt64 = 259

  let logKey: NoteVerifierKey
  let policy: WitnessPolicy
  let policyText: [UInt8]
  let entries: [[UInt8]]
  /// By path under the log's directory, without the checkpoint.
  let files: [String: [UInt8]]
  let verified: VerifiedCheckpoint
  let checkpointNote: [UInt8]
  let checkpointText: [UInt8]
  /// The checkpoint with the witness's cosignature.
  let witnessed: [UInt8]
  /// Every text that the log's key signed.
  let signedTexts: Set<String>
  /// Of entry 3.
  let inclusionProof: [Digest]
  /// The same, as a file.
  let proof: [UInt8]

  static let shared = Result { try SampleLog() }

  static func get() throws -> SampleLog { try shared.get() }

  private init() throws {
    let directory = NSTemporaryDirectory() + "/sample-log-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let logSeed = [UInt8](repeating: 0x51, count: 32)
    let witnessSeed = [UInt8](repeating: 0x52, count: 32)
    let signer = try NoteSigner(name: "log.example/sample", key: Ed25519PrivateKey.fromSeed(logSeed.span))
    logKey = signer.verifierKey
    var log = try TiledLog.create(at: directory + "/log", origin: "log.example/sample", signer: signer)
    let emptyText = log.checkpoint.note.text
    var entries: [[UInt8]] = []
    for index in 0..<Self.size {
      let entry = Array("entry \(index)".utf8)
      _ = try log.append(entry.span)
      entries.append(entry)
    }
    verified = try log.publish()
    self.entries = entries
    var witness = try Witness.open(
      at: directory + "/witness",
      signer: NoteSigner(name: "witness.example", key: Ed25519PrivateKey.fromSeed(witnessSeed.span)),
      logs: [LogIdentity(key: logKey)])
    let note = verified.note
    var cosigned = note
    cosigned.add(try witness.cosign(note, from: 0, proof: [], at: 1_800_000_000))
    checkpointNote = note.bytes
    checkpointText = Array(note.text.utf8)
    witnessed = cosigned.bytes
    signedTexts = [note.text, emptyText]
    policyText = Array(
      """
      # a log, a witness, a quorum
      log \(logKey.vkey)
      witness w1 \(witness.verifierKey.vkey)
      group g1 1 w1
      quorum g1

      """.utf8)
    let text = policyText
    policy = try WitnessPolicy(parsing: text.span)
    let reader = LogReader(verified, source: LogDirectory(directory + "/log"))
    let hashes = try reader.inclusionProof(of: 3)
    proof = try TransparencyProof(index: 3, hashes: hashes, checkpoint: cosigned, extra: [1, 2, 3]).bytes
    inclusionProof = hashes
    var files: [String: [UInt8]] = [:]
    let names = FileManager.default.enumerator(atPath: directory + "/log/tile")
    while let name = names?.nextObject() as? String {
      guard let bytes = FileManager.default.contents(atPath: directory + "/log/tile/" + name), !bytes.isEmpty
      else {
        continue
      }
      files["tile/" + name] = Array(bytes)
    }
    self.files = files
  }
}
