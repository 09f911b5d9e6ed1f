package import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// The failure classes that implementations share (`Spec/vectors/README.md`, Failure classes).
package enum FailureClass {
  /// The class of what an operation threw; nil when it is no answer to a case: libcrypto failed, or the case is wrong.
  package static func of(_ error: any Error) -> String? {
    switch error {
    case let error as EscrowError: of(error)
    case let error as SharingError: of(error)
    case let error as NoteError: of(error)
    case let error as LogError: of(error)
    default: nil
    }
  }

  private static func of(_ error: EscrowError) -> String? {
    switch error {
    case .malformed: "malformed"
    case .rosterRefused(let refusal): of(refusal)
    case .warrantRefused(let refusal): of(refusal)
    case .logRefused(let refusal): of(refusal)
    case .sessionRefused(let refusal): of(refusal)
    case .quorumNotReached: "quorum"
    case .failedVerification(let failure): of(failure)
    case .storage: "store"
    case .storeUnavailable, .file, .ceremony: nil
    case .crypto(let error): error == .authenticationFailed ? "does-not-open" : nil
    case .sharing(let error): of(error)
    case .note(let error): of(error)
    case .log(let error): of(error)
    }
  }

  private static func of(_ refusal: LogRefusal) -> String {
    switch refusal {
    case .proofMissing: "proof-missing"
    case .rosterWithoutLog: "no-log"
    case .otherRoster: "other-roster"
    case .witnessTimeAhead: "witness-ahead"
    case .witnessTimeOutsideValidity: "witness-outside"
    case .witnessTimeStale: "witness-stale"
    case .revoked: "revoked"
    case .stateOlderThanLog: "state-older"
    case .stillSealed: "still-sealed"
    }
  }

  private static func of(_ refusal: RosterRefusal) -> String {
    switch refusal {
    case .opensWithoutJudge, .roleOpensAlone: "policy-rule"
    case .holderNotInPolicy, .holderMissing, .tooManyHolders: "malformed"
    case .duplicateKey: "duplicate-key"
    case .notSuccessor: "not-successor"
    case .invalidLimit: "limits"
    case .logMissing: "log-missing"
    case .invalidLog: "invalid-log"
    }
  }

  private static func of(_ refusal: WarrantRefusal) -> String {
    switch refusal {
    case .otherRoster: "other-roster"
    case .recipientSignatureMissing: "recipient-unsigned"
    case .unsigned: "no-judge"
    case .judgesMissing: "judges-missing"
    case .capNeedsJudges: "cap"
    case .testFlag: "test-flag"
    case .notYetValid: "not-yet-valid"
    case .expired: "expired"
    case .overMaximumKeys: "over-maximum"
    case .overRosterLimit: "over-limit"
    case .outOfScope: "out-of-scope"
    case .nothingInScope: "nothing-in-scope"
    case .sealingKeyMissing: "sealing-key-missing"
    case .unknownHolder: "unknown-holder"
    case .alreadyAnswered: "already-answered"
    case .recipientKeyReused: "key-reused"
    }
  }

  private static func of(_ refusal: SessionRefusal) -> String {
    switch refusal {
    case .expired: "expired"
    case .sequenceExhausted: "sequence-exhausted"
    case .sealingKeyExpired: "sealing-key-expired"
    case .forked: "forked"
    case .otherSession: "other-session"
    case .closed: "closed"
    case .batchSize: "batch-size"
    }
  }

  /// The class of what a recovery's report names.
  package static func of(_ failure: VerificationFailure) -> String {
    switch failure {
    case .signatureMissing: "unsigned"
    case .badSignature: "signature"
    case .confirmation: "confirmation"
    case .sessionHolders: "session-roster"
    case .depositDigest: "digest"
    case .tag: "tag"
    case .commitment: "commitment"
    case .shareDigest: "share-digest"
    case .sealedColumn: "sealed-column"
    case .notDeposited: "not-deposited"
    case .storeColumns: "store-columns"
    case .publicDigest: "public-digest"
    case .brokenChain, .secondDigest: "chain"
    case .chunk: "chunk"
    case .otherWarrant: "other-warrant"
    case .recipientKey: "recipient-key"
    case .releaseDoesNotOpen: "does-not-open"
    case .certificateUnfounded: "unfounded"
    case .warrantEntry: "warrant-entry"
    case .logIndex: "log-index"
    }
  }

  private static func of(_ error: SharingError) -> String? {
    switch error {
    case .unauthorized: "quorum"
    case .outOfMemory, .secretMemory, .crypto: nil
    case .lengthMismatch, .emptySecret, .overlappingColumns, .missingColumn, .unknownHolder, .duplicateShare,
      .invalidThreshold, .zeroAbscissa, .duplicateAbscissa, .shareCountOutOfRange:
      "shares"
    case .expected, .unknownRole, .invalidLabel, .duplicateHolder, .thresholdOutOfRange, .emptyGate, .tooDeep,
      .textTooLong, .tooManyRows, .tooManyColumns, .trailingText:
      "policy"
    }
  }

  private static func of(_ error: NoteError) -> String? {
    switch error {
    case .badSignature: "signature"
    case .unsigned: "unsigned"
    case .crypto: nil
    case .malformed, .invalidName, .invalidKey, .ambiguousKeys: "malformed"
    }
  }

  private static func of(_ error: LogError) -> String? {
    switch error {
    case .note(let error): of(error)
    case .malformedCheckpoint, .malformedProof, .malformedPolicy, .malformedRequest: "malformed"
    case .inclusionNotProven, .outOfRange: "not-included"
    case .consistencyNotProven: "not-consistent"
    case .wrongOrigin: "other-log"
    case .quorumNotReached: "quorum"
    case .crypto, .entryTooLarge, .full, .alreadyExists, .notALog, .locked, .interrupted, .missing, .corrupt,
      .staleRequest, .system:
      nil
    }
  }
}
