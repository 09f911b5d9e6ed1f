import KeyEscrow
import LibCrypto
import TransparencyLog

/// A log that lies on this machine: what commands that write to it, and those that rely on it, share.
///
/// Every publication is cosigned by the log's local witness at once, when it has one.
struct LocalLog {
  let location: LogLocation

  /// The log in the directory `path`.
  init(_ path: String) throws(Failure) {
    location = try LogLocation(path)
  }

  // MARK: Reading

  /// The log's verifier key, as it lies beside it.
  func verifierKey() throws(Failure) -> NoteVerifierKey {
    guard Directory.holdsFile(location.verifierKeyPath) else {
      throw .usage("\(location.verifierKeyPath): is not there; give the log's verifier key with --vkey")
    }
    return try LogKeyFile.verifierKey(at: location.verifierKeyPath)
  }

  /// The log as it calls itself, under the verifier key that lies beside it.
  func identity() throws(Failure) -> LogIdentity {
    let key = try verifierKey()
    return try locating(location.path) {
      LogIdentity(origin: try Checkpoint(parsing: try location.directory.checkpoint().text).origin, key: key)
    }
  }

  /// The text of the policy that asks for the local witness's cosignature; nil without a local witness.
  func policyText() throws(Failure) -> [UInt8]? {
    guard Directory.holdsFile(location.policyPath) else { return nil }
    return try DocumentFile.read(location.policyPath, maximumByteCount: WitnessPolicy.maximumByteCount)
  }

  /// The log as it stands behind the checkpoint that it publishes, once `identity` signed that.
  func published(of identity: LogIdentity) throws(Failure) -> (VerifiedCheckpoint, LogReader<LogDirectory>) {
    try locating(location.path) {
      let checkpoint = try location.directory.checkpoint().verifiedCheckpoint(of: identity)
      return (checkpoint, LogReader(checkpoint, source: location.directory))
    }
  }

  /// The last checkpoint of `identity` that the local witness cosigned; nil when there is none.
  ///
  /// Nobody vouches for the cosignature: whoever relies on it checks it against a policy.
  func cosigned(of identity: LogIdentity) throws(Failure) -> VerifiedCheckpoint? {
    let witness = LogDirectory(location.witnessPath)
    return try locating(location.witnessPath) {
      let folder = try SHA256.digest(Array(identity.origin.utf8)).hex
      guard let bytes = try witness.read("\(folder)/checkpoint", limit: UnverifiedNote.maximumByteCount)
      else {
        return nil
      }
      return try UnverifiedNote(parsing: bytes.span).verifiedCheckpoint(of: identity)
    }
  }

  // MARK: Writing

  /// What became of an append.
  struct Publication {
    /// The indices of the entries.
    let indices: Range<UInt64>
    /// The checkpoint that holds them, signed by the log.
    let checkpoint: VerifiedCheckpoint
    /// The same with every signature there is: the log's, and the local witness's if there is one.
    let note: UnverifiedNote
    /// When the local witness cosigned, in seconds since 1970; nil without one.
    let cosigned: UInt64?
  }

  /// Appends `entry`; see below.
  func append(_ entry: [UInt8], key: String? = nil) throws(Failure) -> Publication {
    try append(key: key) { (log) throws(Failure) in
      do throws(LogError) { try log.append(entry.span) } catch { throw Failure(error, at: location.path) }
    }
  }

  /// Appends what `body` appends, publishes it under one checkpoint, and has the local witness cosign that.
  ///
  /// When this returns, the entries are in the log, also after a power cut. When `body` throws, or the process is
  /// killed before the checkpoint is published, none of them is.
  ///
  /// - Parameter key: the file of the log's key; `LOGDIR.keys/log.key` when nil.
  /// - Throws: 6 when the key cannot be used or is not the log's; 3 for an entry of more than 65,535 bytes; 64 when
  ///   there is no log; 5 when its files are not what its checkpoint says.
  func append(
    key: String? = nil, _ body: (inout TiledLog) throws(Failure) -> Void
  ) throws(Failure) -> Publication {
    var log = try open(key: key)
    let first = log.nextIndex
    try body(&log)
    // An interruption waits until what is being published is cosigned too.
    return try Interruption.protecting([]) { () throws(Failure) in
      let published: VerifiedCheckpoint
      do throws(LogError) { published = try log.publish() } catch { throw Failure(error, at: location.path) }
      let cosigned = try location.hasWitness ? cosign(published.log, after: first..<log.nextIndex) : nil
      // The log's lock is held until here: the witness sees every checkpoint, each before the next is published.
      return Publication(
        indices: first..<log.nextIndex, checkpoint: published, note: cosigned?.note ?? published.note,
        cosigned: cosigned?.time)
    }
  }

  private func cosign(
    _ log: LogIdentity, after indices: Range<UInt64>
  ) throws(Failure) -> (note: UnverifiedNote, time: UInt64) {
    do throws(Failure) { return try cosign(log) } catch {
      let done =
        indices.isEmpty
        ? "" : "entries \(indices.lowerBound) to \(indices.upperBound - 1) are in the log, but "
      throw Failure(error.status, "\(done)its witness did not cosign: \(error.sentence ?? "")")
    }
  }

  private func open(key: String?) throws(Failure) -> TiledLog {
    let path = key ?? location.keyPath
    guard try hasCheckpoint() else { throw Failure(LogError.notALog, at: location.path) }
    let signer = try LogKeyFile.read(path)
    do throws(LogError) { return try TiledLog.open(at: location.path, signer: signer) } catch {
      if case .note(.unsigned) = error {
        throw .keyUnavailable("\(path): is not the key of this log, whose checkpoint it did not sign")
      }
      throw Failure(error, at: location.path)
    }
  }

  private func hasCheckpoint() throws(Failure) -> Bool {
    do { _ = try location.directory.checkpoint() } catch LogError.notALog { return false } catch {
      throw Failure(error, at: location.path)
    }
    return true
  }

  /// Has the local witness cosign what the log publishes, and remember it.
  func cosign(_ log: LogIdentity) throws(Failure) -> (note: UnverifiedNote, time: UInt64) {
    var witness = try Witness.open(key: location.witnessKeyPath, memory: location.witnessPath, log: log)
    let time = try WitnessClock.now()
    return try locating(location.witnessPath) {
      _ = try witness.cosign(location.directory, at: time)
      guard let latest = try witness.latest(origin: log.origin) else {
        throw LogError.missing(path: location.witnessPath)
      }
      return (latest.note, time)
    }
  }

  // MARK: Proving

  /// The proof that entry `index` is in the log as `publication` left it, with every signature there is.
  func proof(
    of index: UInt64, in publication: Publication, extra: [UInt8] = []
  ) throws(Failure) -> TransparencyProof {
    try locating(location.path) {
      let reader = LogReader(publication.checkpoint, source: location.directory)
      return try TransparencyProof(
        index: index, hashes: try reader.inclusionProof(of: index), checkpoint: publication.note, extra: extra
      )
    }
  }
}

extension Witness {
  /// The witness of the key in the file `key`, with its memory.
  static func open(key: String, memory: String, log: LogIdentity) throws(Failure) -> Witness {
    let signer = try LogKeyFile.read(key)
    do throws(LogError) { return try open(at: memory, signer: signer, logs: [log]) } catch {
      throw Failure(error, at: memory)
    }
  }
}

/// The time that a witness writes.
enum WitnessClock {
  /// Now, in whole seconds since 1970.
  static func now() throws(Failure) -> UInt64 {
    UInt64(try Timestamp.now().secondsSince1970)
  }
}
