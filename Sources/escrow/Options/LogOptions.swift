import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

/// Which log is trusted, and by which key.
struct LogTrustOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The log's verifier key, <name>+<id>+<base64>, or a file that holds it; LOGDIR.keys/log.vkey.",
      valueName: "VKEY"))
  var vkey: String?

  @Option(help: ArgumentHelp("The log's origin; whatever its signed checkpoint says.", valueName: "O"))
  var origin: String?

  @Option(help: ArgumentHelp("The witness policy whose quorum must be reached.", valueName: "F"))
  var policy: String?

  /// The key that was given.
  func key() throws(Failure) -> NoteVerifierKey? {
    guard let vkey else { return nil }
    return try NoteVerifierKey.given(vkey)
  }

  /// The log in `log`, as it calls itself in its checkpoint.
  func identity(of log: LocalLog) throws(Failure) -> LogIdentity {
    let key = if let given = try key() { given } else { try log.verifierKey() }
    return try identity(key, named: log.location.path, in: { try log.location.directory.checkpoint() })
  }

  /// The log that signed `checkpoint`, which lies in the file `name`.
  func identity(of checkpoint: UnverifiedNote, in name: String) throws(Failure) -> LogIdentity {
    guard let key = try key() else { throw .usage("give the log's verifier key with --vkey") }
    return try identity(key, named: name, in: { checkpoint })
  }

  private func identity(
    _ key: NoteVerifierKey, named name: String, in checkpoint: () throws -> UnverifiedNote
  ) throws(Failure) -> LogIdentity {
    let claimed = try locating(name) { try Checkpoint(parsing: checkpoint().text).origin }
    if let origin, Array(origin.utf8) != Array(claimed.utf8) {
      throw .verification("\(name): this is the checkpoint of \(claimed), not of \(origin)")
    }
    return LogIdentity(origin: claimed, key: key)
  }

  /// The policy that was given.
  func policyGiven() throws(Failure) -> WitnessPolicy? {
    guard let policy else { return nil }
    let bytes = try DocumentFile.read(policy, maximumByteCount: WitnessPolicy.maximumByteCount)
    return try locating(DocumentFile.name(of: policy)) { try WitnessPolicy(parsing: bytes.span) }
  }

  /// The policy that was given, for the log of the key that was given, if one was; without a policy no witness is
  /// asked for.
  func policy(for checkpoint: UnverifiedNote, in name: String) throws(Failure) -> WitnessPolicy {
    let given = try policyGiven()
    if let given, vkey == nil { return given }
    let log = try identity(of: checkpoint, in: name)
    guard let given else { return try WitnessPolicy.nobody(for: log) }
    return given.trusting(log)
  }
}

extension NoteVerifierKey {
  /// The key that is `argument`, or lies in the file of that name.
  static func given(_ argument: String) throws(Failure) -> NoteVerifierKey {
    if let key = try? NoteVerifierKey(vkey: argument) { return key }
    return try LogKeyFile.verifierKey(at: argument)
  }
}

extension WitnessPolicy {
  /// `log`, and no witness.
  static func nobody(for log: LogIdentity) throws(Failure) -> WitnessPolicy {
    do { return try WitnessPolicy(parsing: Array("quorum none\n".utf8).span).trusting(log) } catch {
      throw Failure(error)
    }
  }
}

/// Notes with cosignatures that came from witnesses elsewhere.
struct CosignatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A cosigned checkpoint, or the signature lines a witness answered; repeat.", valueName: "F"))
  var cosigned: [String] = []
}

/// Words for what logs hold.
enum LogText {
  static func time(_ seconds: UInt64) -> Timestamp? {
    Int64(exactly: seconds).flatMap { Timestamp(secondsSince1970: $0) }
  }
}

extension Report {
  /// What a checkpoint says.
  mutating func add(_ checkpoint: Checkpoint) {
    add("origin", checkpoint.origin)
    add("size", checkpoint.size)
    add("root", checkpoint.root.hex)
  }

  /// A moment in seconds since 1970, which may lie outside the years that documents can name.
  mutating func add(_ name: String, seconds: UInt64) {
    if let time = LogText.time(seconds) {
      add(name, time)
    } else {
      add(name, "\(seconds) seconds after 1970")
    }
  }
}
