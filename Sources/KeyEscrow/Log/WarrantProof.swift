public import LibCrypto
public import TransparencyLog

/// What a warrant's `.tlog-proof` file holds: the proof that an entry is in a log, and what connects the entry with the
/// warrant. Unchecked.
///
/// The `extra` of the file (C2SP tlog-proof) is the opening, 32 bytes, followed by the bytes of the entry.
public struct UnverifiedWarrantProof: Hashable, Sendable {
  /// What seals the entry.
  public let opening: SealOpening
  /// The entry.
  public let entry: UnverifiedLogEntry
  /// The proof, with index, hashes and checkpoint.
  public let proof: TransparencyProof

  /// Reads a `.tlog-proof` file.
  ///
  /// - Throws: `.log` when it is no such file; `.malformed(.warrantProof)` when its extra data are not an opening and
  ///   a warrant's entry.
  public init(parsing bytes: Span<UInt8>) throws(EscrowError) {
    do { proof = try TransparencyProof(parsing: bytes) } catch { throw .log(error) }
    guard proof.extra.count > SealOpening.byteCount,
      let opening = SealOpening(bytes: Array(proof.extra.prefix(SealOpening.byteCount)))
    else { throw .malformed(.warrantProof, reason: "it carries no opening and no entry") }
    self.opening = opening
    let entry = Array(proof.extra.dropFirst(SealOpening.byteCount))
    self.entry = try UnverifiedLogEntry(parsing: entry.span)
    guard case .warrant = self.entry.body else {
      throw .malformed(.warrantProof, reason: "its entry is not a warrant's")
    }
  }

  /// The proof that `entry`, sealed by `opening`, has `index` in the tree of `checkpoint`.
  public init(
    _ entry: UnverifiedLogEntry, opening: SealOpening, index: UInt64, hashes: [Digest],
    checkpoint: UnverifiedNote
  ) throws(EscrowError) {
    guard case .warrant = entry.body else {
      throw .malformed(.warrantProof, reason: "its entry is not a warrant's")
    }
    self.entry = entry
    self.opening = opening
    do {
      proof = try TransparencyProof(
        index: index, hashes: hashes, checkpoint: checkpoint, extra: opening.bytes + entry.bytes)
    } catch { throw .log(error) }
  }

  /// The bytes of the file.
  public var bytes: [UInt8] { proof.bytes }

  /// The proof, if it is about `warrant`: the entry is the warrant's under the opening; the log that the warrant's
  /// roster names signed the checkpoint; the quorum of the roster's witnesses cosigned it; and the entry is in its
  /// tree. Nothing is said about time, or about what the log holds besides.
  ///
  /// - Throws: `.logRefused(.rosterWithoutLog)`; `.failedVerification(.warrantEntry)`; `.log`: `.wrongOrigin`,
  ///   `.note(.badSignature)`, `.note(.unsigned)`, `.quorumNotReached`, `.inclusionNotProven`.
  public func verified(for warrant: Warrant) throws(EscrowError) -> LoggedWarrant {
    guard let log = warrant.roster.body.log else { throw .logRefused(.rosterWithoutLog) }
    guard case .warrant(let body) = entry.body, try body.isEntry(of: warrant, opening: opening) else {
      throw .failedVerification(.warrantEntry)
    }
    do {
      let leaf = entry.bytes
      return LoggedWarrant(
        warrant: warrant.digest, entry: body, opening: opening,
        logged: try proof.verified(entry: leaf.span, by: log.policy))
    } catch { throw .log(error) }
  }
}

/// A warrant of which it was proved that it is in its roster's log, under a checkpoint that the quorum of the roster's
/// witnesses cosigned. Only `UnverifiedWarrantProof.verified` makes one.
///
/// It is what recovery and readers of answers need. To answer takes a `PublicProof`, which also looks at the time and
/// at what the log holds since.
public struct LoggedWarrant: Hashable, Sendable {
  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The entry.
  public let entry: WarrantEntry
  /// What seals it.
  public let opening: SealOpening
  /// The entry's place, and the witnessed checkpoint.
  public let logged: LoggedEntry

  fileprivate init(warrant: Digest, entry: WarrantEntry, opening: SealOpening, logged: LoggedEntry) {
    self.warrant = warrant
    self.entry = entry
    self.opening = opening
    self.logged = logged
  }

  /// The entry's index in the log.
  public var index: UInt64 { logged.index }

  /// The latest time that a quorum of witnesses vouches for; nil when the roster needs no witness.
  public var witnessTime: Timestamp? {
    logged.checkpoint.witnessTime.map { seconds in
      // A time beyond the year 9999 is ahead of every clock, whatever it is.
      Timestamp(secondsSince1970: Int64(clamping: seconds)) ?? Timestamp.end
    }
  }
}
