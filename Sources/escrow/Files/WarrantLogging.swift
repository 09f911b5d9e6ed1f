import KeyEscrow
import LibCrypto
import TransparencyLog

/// Puts a warrant into a log, once, and proves it.
///
/// The opening of a sealed entry must never be lost: nobody could unseal the entry. So opening and entry are durable in
/// `<proof>.pending` before the log has the entry, and a run that was killed is finished by the next one.
struct WarrantLogging {
  let log: LocalLog
  let identity: LogIdentity
  /// Where the proof is, or will be.
  let path: String
  /// The file of the log's key.
  let key: String?

  private var pendingPath: String { "\(path).pending" }

  /// What the log has of the warrant, and what proves it.
  struct Logged {
    let proof: UnverifiedWarrantProof
    /// Whether the entry was in the log before.
    let isRenewed: Bool
  }

  /// The proof of `warrant`, with whatever witnesses cosigned: in the files `cosigned` too.
  ///
  /// A warrant whose proof is at `path` already is not logged again: its proof is renewed, under a checkpoint of now.
  func run(
    _ warrant: UnverifiedWarrant, verified: Warrant, roster: Roster, cosigned: [String]
  ) throws(Failure) -> Logged {
    var known: UnverifiedWarrantProof?
    if Directory.holdsAnything(path) {
      let bytes = try DocumentFile.read(path, maximumByteCount: TransparencyProof.maximumByteCount)
      known = try locating(path) { try UnverifiedWarrantProof(parsing: bytes.span) }
    }
    let opening: SealOpening
    let entry: UnverifiedLogEntry
    if let known {
      (opening, entry) = (known.opening, known.entry)
    } else {
      (opening, entry) = try pending(warrant, roster: roster)
    }
    guard try locating(path, { try entry.isEntry(of: verified, opening: opening) }) else {
      throw Failure(EscrowError.failedVerification(.warrantEntry), at: known == nil ? pendingPath : path)
    }
    let index: UInt64
    let publication: LocalLog.Publication
    let found = if let known { known.proof.index } else { try self.index(of: entry) }
    if let found {
      index = found
      publication = try log.append(key: key) { _ throws(Failure) in }
      try requireEntry(entry, at: index, in: publication)
    } else {
      publication = try log.append(entry.bytes, key: key)
      index = publication.indices.lowerBound
    }
    let proof = try prove(entry, opening, at: index, in: publication, cosigned: cosigned)
    try save(proof, replacing: known != nil)
    return Logged(proof: proof, isRenewed: known != nil)
  }

  private func prove(
    _ entry: UnverifiedLogEntry, _ opening: SealOpening, at index: UInt64,
    in publication: LocalLog.Publication,
    cosigned: [String]
  ) throws(Failure) -> UnverifiedWarrantProof {
    let base = try CosignedCheckpoint.checkpoint(of: cosigned, by: identity) ?? publication.checkpoint
    var collected = CosignedCheckpoint(base)
    if let known = try log.cosigned(of: identity) { collected.add(signaturesOf: known) }
    try collected.add(cosigned, of: identity)
    return try locating(log.location.path) {
      let source = log.location.directory
      // A cosigned checkpoint came from elsewhere: the log must still extend it.
      _ = try LogReader(publication.checkpoint, source: source).consistencyProof(from: base.checkpoint)
      return try UnverifiedWarrantProof(
        entry, opening: opening, index: index,
        hashes: try LogReader(base, source: source).inclusionProof(of: index), checkpoint: collected.note)
    }
  }

  private func save(_ proof: UnverifiedWarrantProof, replacing: Bool) throws(Failure) {
    if replacing {
      let file = try OutputFile.replacement(of: path, access: .shared)
      try file.write(proof.bytes.span)
      try file.commitReplacing()
    } else {
      try OutputFile.write(proof.bytes, to: path)
    }
    OutputFile.remove(pendingPath)
  }

  // What a killed run was about to log, or something new, made durable.
  private func pending(
    _ warrant: UnverifiedWarrant, roster: Roster
  ) throws(Failure) -> (SealOpening, UnverifiedLogEntry) {
    if Directory.holdsAnything(pendingPath) {
      let bytes = try DocumentFile.read(pendingPath)
      return try locating(pendingPath) {
        let (head, rest) = (bytes.prefix(SealOpening.byteCount), bytes.dropFirst(SealOpening.byteCount))
        guard let opening = SealOpening(bytes: Array(head)) else {
          throw EscrowError.malformed(.logEntry, reason: "it ends inside its opening")
        }
        return (opening, try UnverifiedLogEntry(parsing: Array(rest).span))
      }
    }
    let now = try Timestamp.now()
    let made = try locating(DocumentFile.name(of: path)) {
      let opening = try SealOpening.random()
      let entry = try WarrantEntry(sealing: warrant, opening: opening, roster: roster, logged: now)
      return (opening, try UnverifiedLogEntry(entry))
    }
    try OutputFile.write(made.0.bytes + made.1.bytes, to: pendingPath, access: .owner)
    return made
  }

  // Where the log has the entry: a killed run may have appended it.
  private func index(of entry: UnverifiedLogEntry) throws(Failure) -> UInt64? {
    let (_, reader) = try log.published(of: identity)
    return try locating(log.location.path) {
      var hasher = try TreeHasher()
      return try reader.firstIndex(of: try hasher.leaf(entry.bytes.span))
    }
  }

  private func requireEntry(
    _ entry: UnverifiedLogEntry, at index: UInt64, in publication: LocalLog.Publication
  ) throws(Failure) {
    let found = try locating(log.location.path) {
      try LogReader(publication.checkpoint, source: log.location.directory).entry(at: index)
    }
    guard found == entry.bytes else {
      throw .verification(
        "\(path): is the proof of an entry that \(log.location.path) does not have at \(index)")
    }
  }
}
