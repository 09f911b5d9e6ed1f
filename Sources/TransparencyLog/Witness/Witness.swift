public import LibCrypto

/// A witness: cosigns the checkpoints of logs that it knows, each only when it extends the last one.
///
///     <directory>/<SHA-256 of the origin, 64 hex digits>/checkpoint
///
/// It keeps the last cosigned checkpoint of every log, with the log's signature and its own, where C2SP
/// tlog-witness serves it. That file is on the medium before a cosignature leaves `cosign`, and replaced by one
/// rename: a killed witness has cosigned what the file says, or one checkpoint less than it says, never more. One
/// process at a time holds the directory's lock.
///
/// Source: C2SP tlog-witness ("add-checkpoint") and tlog-cosignature.
public struct Witness: ~Copyable, Sendable {
  /// The key that verifies its cosignatures.
  public let verifierKey: CosignatureVerifierKey

  /// The logs whose checkpoints it cosigns.
  public let logs: [LogIdentity]

  private let signer: NoteSigner
  private var files: LogFiles

  private init(
    verifierKey: CosignatureVerifierKey, logs: [LogIdentity], signer: consuming NoteSigner,
    files: consuming LogFiles
  ) {
    self.verifierKey = verifierKey
    self.logs = logs
    self.signer = signer
    self.files = files
  }

  /// The witness whose memory is `directory`, which is created unless it is there.
  ///
  /// - Parameters:
  ///   - signer: its name and key, which it shares with no log and no other witness.
  ///   - waiting: whether to wait for another process that uses the directory.
  /// - Throws: `locked` when another process uses the directory and `waiting` is false; `system`.
  public static func open(
    at directory: String, signer: consuming NoteSigner, logs: [LogIdentity], waiting: Bool = true
  ) throws(LogError) -> Witness {
    let publicKey = signer.verifierKey.publicKey
    let name = signer.name
    let key = try logNote { () throws(NoteError) in
      try CosignatureVerifierKey(name: name, publicKey: publicKey)
    }
    try FileSystem.createDurableDirectory(directory)
    let files = try LogFiles(LogDirectory(directory), waiting: waiting)
    try files.delete(LogFile.unnamed)
    return Witness(verifierKey: key, logs: logs, signer: signer, files: files)
  }

  /// The last checkpoint of the log `origin` that it cosigned; nil when it never did.
  ///
  /// - Throws: `corrupt` when its memory does not hold a checkpoint of that log with the log's signature and its
  ///   own; `system`.
  public func latest(origin: String) throws(LogError) -> VerifiedCheckpoint? {
    let path = try Self.path(origin: origin)
    guard let bytes = try files.directory.read(path, limit: UnverifiedNote.maximumByteCount) else {
      return nil
    }
    do {
      let note = try UnverifiedNote(parsing: bytes.span)
      let checkpoint = try note.verifiedCheckpoint(by: logs)
      guard ExactString(checkpoint.checkpoint.origin) == ExactString(origin),
        try verifierKey.time(of: note.signatures, for: note.text) != nil
      else { throw LogError.corrupt(path: path) }
      return checkpoint
    } catch { throw .corrupt(path: path) }
  }

  /// Cosigns the checkpoint `note` at `time`, having checked that a log it knows signed it and that it extends the
  /// last one it cosigned, which is of size `oldSize` (0 when it never cosigned one of this log).
  ///
  /// The same checkpoint may be cosigned again, at another time.
  ///
  /// - Parameters:
  ///   - proof: the consistency proof from `oldSize` (RFC 6962 section 2.1.2), empty when that is 0.
  ///   - time: the present, in seconds since 1970, below 2^63.
  /// - Throws: `malformedCheckpoint`, `wrongOrigin`, `note(.badSignature)`, `note(.unsigned)`; `outOfRange` when
  ///   `oldSize` is above the checkpoint's size or `time` too large; `staleRequest` when `oldSize` is not the last
  ///   size; `consistencyNotProven`; `corrupt`, `system`, `crypto`.
  public mutating func cosign(
    _ note: UnverifiedNote, from oldSize: UInt64, proof: [Digest], at time: UInt64
  ) throws(LogError) -> NoteSignature {
    let candidate = try note.verifiedCheckpoint(by: logs)
    let checkpoint = candidate.checkpoint
    guard oldSize <= checkpoint.size else { throw .outOfRange(oldSize, size: checkpoint.size) }
    guard time <= Cosignature.latestTime else { throw .outOfRange(time, size: Cosignature.latestTime) }
    let known = try latest(origin: checkpoint.origin)?.checkpoint
    guard oldSize == known?.size ?? 0 else { throw .staleRequest(latestSize: known?.size ?? 0) }
    let unseen = try Checkpoint(origin: checkpoint.origin, size: 0, root: TreeHasher.emptyRoot())
    try checkpoint.verifyExtension(of: known ?? unseen, proof: proof)
    return try remember(candidate, at: time)
  }

  /// Cosigns the checkpoint that `source` publishes at `time`, with a consistency proof made from its tiles.
  ///
  /// - Throws: as `cosign(_:from:proof:at:)`; `consistencyNotProven` also when `source` has become smaller;
  ///   `notALog`, `missing`, `corrupt`, `system`.
  public mutating func cosign(_ source: some TileSource, at time: UInt64) throws(LogError) -> NoteSignature {
    let note = try source.checkpoint()
    let candidate = try note.verifiedCheckpoint(by: logs)
    let known = try latest(origin: candidate.checkpoint.origin)?.checkpoint
    var proof: [Digest] = []
    if let known { proof = try LogReader(candidate, source: source).consistencyProof(from: known) }
    return try cosign(note, from: known?.size ?? 0, proof: proof, at: time)
  }

  /// Makes `candidate` the last checkpoint of its log, and then lets its cosignature out.
  private mutating func remember(
    _ candidate: VerifiedCheckpoint, at time: UInt64
  ) throws(LogError) -> NoteSignature {
    let text = candidate.note.text
    let cosignature = try logNote { () throws(NoteError) in
      try Cosignature(of: text, at: time, key: signer.key)
    }
    let signature = try logNote { () throws(NoteError) in
      try NoteSignature(name: verifierKey.name, keyID: verifierKey.keyID, signature: cosignature.bytes)
    }
    // Only the lines that were checked: who sends the rest could fill the memory with them.
    var note = try logNote { () throws(NoteError) in try UnverifiedNote(text: text) }
    for line in candidate.note.signatures where candidate.log.key.isNamed(by: line) { note.add(line) }
    note.add(signature)
    try files.put(note.bytes, at: try Self.path(origin: candidate.checkpoint.origin))
    try files.synchronize()
    return signature
  }

  private static func path(origin: String) throws(LogError) -> String {
    let digest = try logCrypto { () throws(CryptoError) in try SHA256.digest(Array(origin.utf8)) }
    return "\(digest.hex)/\(LogFile.checkpoint)"
  }
}
