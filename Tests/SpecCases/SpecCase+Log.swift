import LibCrypto
import TestSupport
import TransparencyLog

extension SpecCase {
  static var log: [String: Operation] {
    [
      "checkpoint": checkpoint, "witness-policy": witnessPolicy, "proof": proof, "inclusion": inclusion,
      "consistency": consistency,
    ]
  }

  private static func checkpoint(_ input: CaseInput) throws -> [String: Any] {
    let log = LogIdentity(
      origin: try input.string("origin"), key: try NoteVerifierKey(vkey: try input.string("key")))
    let note = try input.text("checkpoint")
    let checkpoint = try UnverifiedNote(parsing: note.span).verifiedCheckpoint(of: log).checkpoint
    return ["size": "\(checkpoint.size)", "root": checkpoint.root.hex]
  }

  private static func witnessPolicy(_ input: CaseInput) throws -> [String: Any] {
    let policy = try input.witnessPolicy()
    return ["logs": policy.logs.count, "witnesses": policy.witnesses.count]
  }

  private static func proof(_ input: CaseInput) throws -> [String: Any] {
    let policy = try input.witnessPolicy()
    let file = try input.text("proof")
    let proof = try TransparencyProof(parsing: file.span)
    let entry = try input.hex("entry")
    let logged = try proof.verified(entry: entry.span, by: policy)
    var result: [String: Any] = ["index": "\(logged.index)", "extra": hex(proof.extra)]
    if let time = logged.checkpoint.witnessTime { result["witnessTime"] = "\(time)" }
    return result
  }

  private static func number(_ input: CaseInput, _ name: String) throws -> UInt64 {
    guard let number = UInt64(try input.string(name)) else { throw CaseInput.Unusable(description: name) }
    return number
  }

  private static func digests(_ input: CaseInput, _ name: String) throws -> [Digest] {
    try input.strings(name).map {
      guard let digest = Digest(hex: $0) else { throw CaseInput.Unusable(description: name) }
      return digest
    }
  }

  private static func inclusion(_ input: CaseInput) throws -> [String: Any] {
    try MerkleTree.verifyInclusion(
      of: try input.digest("leaf"), at: try number(input, "index"), size: try number(input, "size"),
      root: try input.digest("root"), proof: try digests(input, "proof"))
    return [:]
  }

  private static func consistency(_ input: CaseInput) throws -> [String: Any] {
    try MerkleTree.verifyConsistency(
      from: try number(input, "older"), oldRoot: try input.digest("olderRoot"),
      to: try number(input, "newer"),
      root: try input.digest("newerRoot"), proof: try digests(input, "proof"))
    return [:]
  }
}
