public import LibCrypto
public import SecretSharing
public import TransparencyLog

/// Everything that KeyEscrow can fail with.
///
/// The cases follow the question that a person asks first: is the input unreadable, is the request refused, are
/// answers missing, or has somebody cheated?
public enum EscrowError: Error, Equatable, Sendable {
  /// The input does not parse, is not canonical, or has a version that this library does not know.
  case malformed(Artifact, reason: String)
  /// A roster's access policy or holders break a rule.
  case rosterRefused(RosterRefusal)
  /// A warrant does not allow what is asked.
  case warrantRefused(WarrantRefusal)
  /// The transparency log does not allow what is asked.
  case logRefused(LogRefusal)
  /// A deposit session cannot go on.
  case sessionRefused(SessionRefusal)
  /// The answers at hand come from holders who do not satisfy the access policy.
  case quorumNotReached(answered: [HolderID])
  /// Something that was signed, committed to or sealed does not verify.
  case failedVerification(VerificationFailure)
  /// The record of a ceremony does not hold together.
  case ceremony(CeremonyFault)
  /// The store is damaged, contradicts itself, or is another than it was.
  case storage(reason: String)
  /// The store cannot be used now: locked, full, not writable, or its disk fails. What it holds is not in doubt.
  case storeUnavailable(reason: String)
  /// A file that was being read or written failed.
  case file(reason: String)
  /// libcrypto failed, or refused its input.
  case crypto(CryptoError)
  /// The sharing mathematics refused its input.
  case sharing(SharingError)
  /// A signed note does not parse or does not verify.
  case note(NoteError)
  /// A log, a checkpoint of it, its witnesses, or a proof from it does not verify, or cannot be read.
  case log(LogError)
}

/// The kinds of text and binary that this library reads.
public enum Artifact: String, Sendable {
  case roster
  case holderRecord = "holder record"
  case session
  case sessionState = "session state"
  case head
  case receipt
  case intakeReceipt = "intake receipt"
  case deposit
  case keyLine = "key line"
  case warrant
  case release
  case refusal
  case extract
  case certificate
  case logEntry = "log entry"
  case logState = "log state"
  case warrantProof = "warrant proof"
  case ceremonyPlan = "ceremony plan"
  case ceremonyStep = "ceremony step"
  case transcript
  case drill = "drill report"
  case crossingPart = "part of a file"
}

/// Why a roster is refused.
public enum RosterRefusal: Error, Equatable, Sendable {
  /// These holders satisfy the policy although no judge is among them.
  case opensWithoutJudge([HolderID])
  /// One role satisfies the policy alone; `[HolderID]` are the holders that do it.
  case roleOpensAlone(Role, [HolderID])
  /// A holder is given whom the policy does not name.
  case holderNotInPolicy(HolderID)
  /// The policy names a holder who is not given.
  case holderMissing(HolderID)
  /// One key appears twice: `String` names the two places.
  case duplicateKey(String)
  /// More holders than one note has room for signatures.
  case tooManyHolders(Int)
  /// The roster does not follow the predecessor that was given.
  case notSuccessor(reason: String)
  /// A limit is zero, out of order, or asks for more judges than there are.
  case invalidLimit(String)
  /// The roster names no transparency log, and does not say that it is for tests.
  case logMissing
  /// What the roster says of its log or witnesses does not hold together.
  case invalidLog(String)
}

/// Why a warrant does not allow what is asked. The raw grounds of a refusal document are `RefusalGround`.
public enum WarrantRefusal: Error, Equatable, Sendable {
  /// The warrant names another roster.
  case otherRoster(Digest)
  /// The recipient holder, who signs first, has not signed.
  case recipientSignatureMissing(HolderID)
  /// No judge has signed.
  case unsigned
  /// The judges who signed complete no minimal authorised set (that contains `HolderID`, when one is given).
  case judgesMissing(for: HolderID?)
  /// More judges must sign for so many keys.
  case capNeedsJudges(keys: UInt64, needed: Int, signed: Int)
  /// The warrant is for test deposits only, or the roster or deposit is.
  case testFlag
  /// `now` is before the warrant's first second.
  case notYetValid(notBefore: Timestamp, now: Timestamp)
  /// `now` is after the warrant's last second.
  case expired(notAfter: Timestamp, now: Timestamp)
  /// More keys are in scope than the warrant allows.
  case overMaximumKeys(inScope: UInt64, maximum: UInt64)
  /// The warrant asks for more than the roster's limit of this name allows.
  case overRosterLimit(String)
  /// A record offered for release is not in the warrant's scope.
  case outOfScope(conversation: ConversationID, epoch: UInt64)
  /// Nothing in the store is in scope.
  case nothingInScope
  /// The holder no longer has the sealing key that the roster of a deposit names for it.
  case sealingKeyMissing(HolderID, roster: Digest)
  /// The holder is not on the roster.
  case unknownHolder(HolderID)
  /// The holder already gave a different answer to this warrant.
  case alreadyAnswered
  /// The recipient key already served another warrant.
  case recipientKeyReused
}

/// Why a deposit session cannot go on.
public enum SessionRefusal: Error, Equatable, Sendable {
  /// The session is older than it may be.
  case expired(notAfter: Timestamp)
  /// All 65,536 sequence numbers are used or burned.
  case sequenceExhausted
  /// A holder's sealing key has expired.
  case sealingKeyExpired(HolderID)
  /// The saved state and what the store holds are two different histories.
  case forked
  /// The saved state belongs to another roster or depositor.
  case otherSession
  /// The session is closed because saving its state failed.
  case closed
  /// A batch has no record, or more than a deposit can hold.
  case batchSize(Int)
}

/// What did not verify, and who is to blame as far as it can be told.
public enum VerificationFailure: Error, Hashable, Sendable {
  /// A document lacks a signature that it must carry.
  case signatureMissing(Artifact, signer: String)
  /// A document carries a wrong signature in a known key's name.
  case badSignature(Artifact, signer: String)
  /// A holder's key does not open its encapsulation to what the session header confirms.
  case confirmation(HolderID)
  /// The session's holders are not the roster's.
  case sessionHolders
  /// A deposit's bytes do not have the digest that is signed or chained.
  case depositDigest(sequence: UInt64)
  /// A record's tag is not the tag of the conversation and epoch it is stored under.
  case tag(position: Int)
  /// A record's commitment is not the commitment to its key.
  case commitment(position: Int)
  /// A record's share digest is not the digest of the share.
  case shareDigest(HolderID, position: Int)
  /// A holder's column does not open under its key.
  case sealedColumn(HolderID)
  /// No deposit holds this conversation and epoch.
  case notDeposited(conversation: ConversationID, epoch: UInt64)
  /// The store gave columns that do not hash to the public digest that the holders signed.
  case storeColumns(deposit: Digest)
  /// A holder signed another public digest for a deposit than its columns have.
  case publicDigest(HolderID)
  /// A deposit's chain is broken: it does not follow the last one stored.
  case brokenChain(sequence: UInt64)
  /// A second, different deposit for one sequence number of a session.
  case secondDigest(sequence: UInt64)
  /// A file's chunk does not have the digest that its note signs.
  case chunk(Artifact, index: Int)
  /// A release answers another warrant.
  case otherWarrant(HolderID)
  /// The recipient key is not the one the warrant names.
  case recipientKey
  /// A release does not open with the recipient's key.
  case releaseDoesNotOpen(HolderID)
  /// The certificate does not show what it claims.
  case certificateUnfounded
  /// A proof's entry is not that of the warrant it is given for.
  case warrantEntry
  /// A release names another entry of the log than the proof of its warrant does, or none, or one where there is no
  /// log.
  case logIndex(HolderID)
}

extension EscrowError {
  /// Restates an error of this module or of the modules below it.
  init(restating error: any Error) {
    switch error {
    case let error as EscrowError: self = error
    case let error as CryptoError: self = .crypto(error)
    case let error as SharingError: self = .sharing(error)
    case let error as NoteError: self = .note(error)
    case let error as LogError: self = .log(error)
    default: self = .file(reason: "\(error)")
    }
  }

  /// Runs `body`, and restates what the lower modules throw as this module's error.
  static func wrapping<Result: ~Copyable>(_ body: () throws(CryptoError) -> Result) throws(EscrowError)
    -> Result
  {
    do { return try body() } catch { throw .crypto(error) }
  }
}
