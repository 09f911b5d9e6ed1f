import LibCrypto
import TransparencyLog

/// Witnesses `w0`, `w1`, … with keys that are made anew from the same seeds whenever they are needed.
struct WitnessFixture {
  static func signer(_ number: Int) throws -> NoteSigner {
    let seed = [UInt8](repeating: UInt8(100 + number), count: 32)
    let key = try Ed25519PrivateKey.fromSeed(seed.span)
    return try NoteSigner(name: "witness.example/w\(number)", key: key)
  }

  static func key(_ number: Int) throws -> CosignatureVerifierKey {
    let signer = try signer(number)
    return try CosignatureVerifierKey(name: signer.name, publicKey: signer.verifierKey.publicKey)
  }

  /// A policy for `log` whose witnesses are the first `count` and whose last lines are `rule`, in which they are
  /// named W0, W1, ….
  static func policy(log: LogIdentity, count: Int, _ rule: String) throws -> WitnessPolicy {
    let witnesses = try (0..<count).map { "witness W\($0) \(try key($0).vkey)\n" }.joined()
    return try parse("log \(log.key.vkey)\n\(witnesses)\(rule)\n")
  }

  static func parse(_ policy: String) throws -> WitnessPolicy {
    let bytes = Array(policy.utf8)
    return try WitnessPolicy(parsing: bytes.span)
  }

  /// The cosignature of `note` by witness `number` at `time`, made by a witness without a past.
  static func cosignature(
    _ number: Int, of note: UnverifiedNote, log: LogIdentity, at time: UInt64
  ) throws -> NoteSignature {
    let directory = try TemporaryDirectory()
    var witness = try Witness.open(at: directory.path, signer: signer(number), logs: [log])
    return try witness.cosign(note, from: 0, proof: [], at: time)
  }
}
