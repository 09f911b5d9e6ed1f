public import LibCrypto
public import TransparencyLog

/// What must be public before a holder answers a warrant, verified: the warrant is in the log, witnesses saw it there,
/// lately and while it was in force, and nobody who may has revoked it.
///
/// A holder's shares leave only through `Releaser`, which takes a `ReleaseAuthorization`, which holds one of these. Its
/// initializer is private to this file, and the two functions that make one are below: one verifies all of the above,
/// the other refuses every roster that names a log. So there is no way around the log that the compiler would accept.
public struct PublicProof: Hashable, Sendable {
  /// How far ahead of the holder's clock witness time may be, in seconds.
  public static let maximumSecondsAhead: Int64 = 300

  /// SHA-256 of the warrant's text.
  public let warrant: Digest
  /// The index of the warrant's entry; nil under a test roster without a log.
  public let logIndex: UInt64?
  /// Witness time; nil when the roster needs no witness, or has no log.
  public let witnessTime: Timestamp?
  /// The size up to which the log was read for a revocation; nil under a test roster without a log.
  public let logSize: UInt64?
  /// What was verified, as answers state it: `logged`, `witnessed`, `not-revoked`, or nothing.
  public let checked: [String]

  private init(
    warrant: Digest, logIndex: UInt64?, witnessTime: Timestamp?, logSize: UInt64?, checked: [String]
  ) {
    self.warrant = warrant
    self.logIndex = logIndex
    self.witnessTime = witnessTime
    self.logSize = logSize
    self.checked = checked
  }

  /// Under a roster without a log, which is a test roster, there is nothing to prove.
  ///
  /// - Throws: `.logRefused(.proofMissing)` under any other.
  public static func notAsked(for warrant: WarrantInForce) throws(EscrowError) -> PublicProof {
    guard warrant.warrant.roster.body.log == nil else { throw .logRefused(.proofMissing) }
    return PublicProof(
      warrant: warrant.digest, logIndex: nil, witnessTime: nil, logSize: nil, checked: [])
  }

  /// Verifies, in this order, that
  ///
  /// 1. `proof` is the warrant's: entry, log, quorum of witnesses and inclusion (`UnverifiedWarrantProof.verified`);
  /// 2. witness time is not more than 5 minutes ahead of `now`, lies within the warrant's validity, and is not longer
  ///    ago than the roster allows;
  /// 3. the log's checkpoint of now extends the one that `memory` has, and the one of the proof;
  /// 4. no entry of the log is a revocation of the warrant by a judge of its roster: those from the warrant's to the last
  ///    are read, and whatever else `memory` has not seen; every entry read is verified against the root of the
  ///    checkpoint of now;
  /// 5. every answer of this holder in the log is one that it has, and none of them answers this warrant otherwise.
  ///
  /// - Parameters:
  ///   - log: where the log is read; nothing in it is believed.
  ///   - memory: what the holder remembers of the log, which takes in what was read. The caller stores it durably
  ///     before it answers, also when this throws: what was seen stays seen.
  ///   - answers: digests of the texts of all answers that the holder has given and kept.
  /// - Throws: `.logRefused`, `.failedVerification(.warrantEntry)`, `.log`; `.warrantRefused(.alreadyAnswered)`.
  public static func verify(
    _ proof: UnverifiedWarrantProof, of warrant: WarrantInForce, in log: some TileSource,
    by holder: HolderRecord, memory: inout HolderMemory, answers: Set<Digest>,
    now: Timestamp
  ) throws(EscrowError) -> PublicProof {
    let roster = warrant.warrant.roster
    let logged = try proof.verified(for: warrant.warrant)
    guard let rosterLog = roster.body.log, rosterLog.identity == memory.log else {
      throw .log(.wrongOrigin)
    }
    if let time = logged.witnessTime { try check(time, of: warrant.body, log: rosterLog, now: now) }

    let reader = try LogFollower(roster: roster, holder: holder, answers: answers, isRebuilding: false)
      .follow(log, memory: &memory, from: logged.index)
    let proved = logged.logged.checkpoint.checkpoint
    do { _ = try reader.consistencyProof(from: proved) } catch { throw .log(error) }
    try requireUnrevoked(warrant.warrant, at: logged.index, memory: memory, reader: reader)
    try memory.requireNoLostAnswer(to: logged.index)
    return PublicProof(
      warrant: warrant.digest, logIndex: logged.index, witnessTime: logged.witnessTime,
      logSize: reader.checkpoint.size,
      checked: ["logged"] + (logged.witnessTime == nil ? [] : ["witnessed"]) + ["not-revoked"])
  }

  private static func check(
    _ time: Timestamp, of body: WarrantBody, log: RosterLog, now: Timestamp
  ) throws(EscrowError) {
    guard time <= now.adding(seconds: maximumSecondsAhead) else {
      throw .logRefused(.witnessTimeAhead(time, now: now))
    }
    guard body.notBefore <= time, time <= body.notAfter else {
      throw .logRefused(
        .witnessTimeOutsideValidity(time, notBefore: body.notBefore, notAfter: body.notAfter))
    }
    let hours = log.maximumWitnessAgeHours
    guard now <= time.adding(seconds: Int64(hours) * 3600) else {
      throw .logRefused(.witnessTimeStale(time, now: now, maximumHours: hours))
    }
  }

  // A revocation counts when it names the warrant or its entry, and a judge of the warrant's roster signed it.
  private static func requireUnrevoked(
    _ warrant: Warrant, at index: UInt64, memory: HolderMemory, reader: LogReader<some TileSource>
  ) throws(EscrowError) {
    for found in memory.revocations where found.warrant == warrant.digest || found.warrantIndex == index {
      let bytes: [UInt8]
      do { bytes = try reader.entry(at: found.entry) } catch { throw .log(error) }
      let entry = try UnverifiedLogEntry(parsing: bytes.span)
      guard case .revocation(let body) = entry.body, body.roster == warrant.roster.id,
        (try? entry.verified(by: warrant.roster)) != nil
      else { continue }
      throw .logRefused(.revoked(by: body.judge, entry: found.entry))
    }
  }
}
