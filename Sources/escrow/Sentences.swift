import CeremonyPlans
import EscrowStore
import KeyEscrow
import LibCrypto
import Mnemonics
import QRCode
import SecretMemory
import SecretSharing
import TransparencyLog

/// What each error of the library means for whoever runs a command: an exit code, and words.
extension EscrowError {
  var exitStatus: ExitStatus {
    switch self {
    case .malformed, .failedVerification, .note, .storage, .ceremony: .verificationFailed
    case .log(let error): error.exitStatus
    case .rosterRefused(.notSuccessor): .verificationFailed
    case .warrantRefused(.sealingKeyMissing): .keyUnavailable
    case .rosterRefused, .warrantRefused, .logRefused: .refused
    case .sessionRefused(.sealingKeyExpired): .refused
    case .sessionRefused, .file, .storeUnavailable: .internalFailure
    case .quorumNotReached: .quorumNotReached
    case .crypto(let error): error.exitStatus
    case .sharing(let error): error.exitStatus
    }
  }

  var sentence: String {
    switch self {
    case .malformed(let artifact, let reason): "this is no valid \(artifact.rawValue): \(reason)"
    case .rosterRefused(let refusal): refusal.sentence
    case .warrantRefused(let refusal): refusal.sentence
    case .sessionRefused(let refusal): refusal.sentence
    case .logRefused(let refusal): refusal.sentence
    case .quorumNotReached(let answered):
      answered.isEmpty
        ? "no holder has released yet; wait for the releases"
        : "the access policy is not satisfied by what is here, from \(Words.list(answered)); wait for more releases"
    case .failedVerification(let failure): failure.sentence
    case .ceremony(let fault): fault.sentence
    case .storage(let reason), .storeUnavailable(let reason), .file(let reason): reason
    case .crypto(let error): error.sentence
    case .sharing(let error): error.sentence
    case .note(let error): error.sentence
    case .log(let error): error.sentence
    }
  }
}

extension LogRefusal {
  var sentence: String {
    switch self {
    case .proofMissing:
      "the roster names a transparency log, and there is no proof that the warrant is in it;"
        + " `warrant log` makes W.tlog-proof, or give it with --log-proof"
    case .rosterWithoutLog: "the roster names no transparency log"
    case .otherRoster(let roster): "the entry belongs to another roster, \(roster)"
    case .witnessTimeAhead(let time, let now):
      "the warrant's proof is witnessed at \(time), and it is \(now): a clock is wrong, or a quorum of witnesses is"
    case .witnessTimeOutsideValidity(let time, let notBefore, let notAfter):
      "the warrant's proof is witnessed at \(time), and the warrant is in force from \(notBefore) to \(notAfter)"
    case .witnessTimeStale(let time, let now, let hours):
      "the warrant's proof is witnessed at \(time), more than the roster's \(hours) hours before \(now);"
        + " run `warrant log` again for a fresh one"
    case .revoked(let judge, let entry):
      "\(judge) revoked the warrant, in entry \(entry) of the log; this is final"
    case .stateOlderThanLog(let entry):
      "entry \(entry) of the log is an answer of this holder that it does not have: its directory is older than the log,"
        + " or its key is in other hands; restore the newest copy, or run `holder rebuild`"
    case .stillSealed(let until, let now):
      if let until {
        "the warrant's entry stays sealed until \(until); it is \(now)"
      } else {
        "the warrant does not say when its entry is to be unsealed"
      }
    }
  }
}

extension RosterRefusal {
  var sentence: String {
    switch self {
    case .tooManyHolders(let count):
      "\(count) holders are more than one note can carry signatures of; the most is 50"
    case .opensWithoutJudge(let holders):
      "the policy opens without a judge, by \(Words.list(holders)) alone; put a judge into every set"
    case .roleOpensAlone(let role, let holders):
      "the policy opens by the role \(role.rawValue) alone, by \(Words.list(holders));"
        + " ask for another role in every set"
    case .holderNotInPolicy(let holder): "the policy does not name \(holder), or not with this key"
    case .holderMissing(let holder):
      "the policy names \(holder), whose holder.json is not given; add --holder"
    case .duplicateKey(let places): "a key appears twice: \(places); every holder needs keys of its own"
    case .notSuccessor(let reason): "the roster does not follow its predecessor: \(reason)"
    case .invalidLimit(let limit): "the limits contradict themselves: \(limit)"
    case .logMissing: "a roster that is not for tests needs a transparency log; give --log, or --test"
    case .invalidLog(let reason): "the transparency log of the roster is not in order: \(reason)"
    }
  }
}

extension WarrantRefusal {
  var sentence: String {
    switch self {
    case .sealingKeyMissing(let holder, let roster):
      "\(holder) has no sealing key of roster \(roster), under which this was deposited;"
        + " put that key beside the others as sealing-<anything>.pem"
    case .otherRoster(let roster): "the warrant is for another roster, \(roster)"
    case .recipientSignatureMissing(let holder):
      "the recipient, \(holder), has not signed; only its own `warrant draft` makes a warrant"
    case .unsigned: "no judge has signed the warrant; a judge runs `warrant sign`"
    case .judgesMissing(let holder):
      if let holder {
        "\(holder) may not answer: the judges who signed complete no authorised set with it"
      } else {
        "the judges who signed complete no authorised set; more judges must run `warrant sign`"
      }
    case .capNeedsJudges(let keys, let needed, let signed):
      "for \(keys) keys \(needed) judges must sign, and \(signed) did"
    case .testFlag: "test and real do not mix: warrant, roster and deposits must all be for tests, or none"
    case .notYetValid(let notBefore, let now): "the warrant is not in force before \(notBefore); it is \(now)"
    case .expired(let notAfter, let now): "the warrant expired at \(notAfter); it is \(now)"
    case .overMaximumKeys(let inScope, let maximum):
      "\(inScope) keys are in scope, and the warrant allows \(maximum)"
    case .overRosterLimit(let limit): "the warrant exceeds the roster's limit \(limit)"
    case .outOfScope(let conversation, let epoch):
      "conversation \(conversation) epoch \(epoch) is outside the warrant's scope"
    case .nothingInScope:
      "nothing that was deposited is in the warrant's scope: no such conversation, epoch or deposit time"
    case .unknownHolder(let holder): "\(holder) is not on the roster with this key, or may not do this"
    case .alreadyAnswered:
      "the holder already gave another answer to this warrant, and one warrant has one answer"
    case .recipientKeyReused:
      "the warrant's recipient key already served another warrant; draft it again with a new --recipient-key"
    }
  }
}

extension SessionRefusal {
  var sentence: String {
    switch self {
    case .expired(let notAfter): "the deposit session expired at \(notAfter)"
    case .sequenceExhausted: "the deposit session has used all its numbers"
    case .sealingKeyExpired(let holder):
      "the sealing key of \(holder) has expired; deposit under a roster with a new one"
    case .forked: "the saved session and the store are two histories"
    case .otherSession: "the saved session belongs to another roster or depositor"
    case .closed: "the deposit session is closed, since its state could not be saved"
    case .batchSize(let count): "a deposit cannot have \(count) keys; it has 1 to 4096"
    }
  }
}

extension VerificationFailure {
  var sentence: String {
    switch self {
    case .signatureMissing(let artifact, let signer): "the \(artifact.rawValue) is not signed by \(signer)"
    case .badSignature(let artifact, let signer):
      "the signature of \(signer) is wrong: the \(artifact.rawValue) was altered after it was signed"
    case .confirmation(let holder): "the session is not opened by the sealing key of \(holder)"
    case .sessionHolders: "the session was not opened under this roster"
    case .depositDigest(let sequence): "deposit \(sequence) of its session is not the one that was signed"
    case .tag(let position): "record \(position) is not of the conversation and epoch it is filed under"
    case .commitment(let position): "record \(position) commits to another key"
    case .shareDigest(let holder, let position): "the share of \(holder) in record \(position) is wrong"
    case .sealedColumn(let holder): "the column sealed to \(holder) does not open"
    case .notDeposited(let conversation, let epoch):
      "conversation \(conversation) epoch \(epoch) is not deposited"
    case .storeColumns(let deposit):
      "the store's columns of deposit \(deposit) are not the ones that holders signed"
    case .publicDigest(let holder): "\(holder) signed another public digest than the deposit's columns have"
    case .brokenChain(let sequence): "deposit \(sequence) does not follow the one before it"
    case .secondDigest(let sequence): "there is a second deposit numbered \(sequence)"
    case .chunk(let artifact, let index):
      index < 0
        ? "the \(artifact.rawValue)'s table of chunks was altered"
        : "chunk \(index) of the \(artifact.rawValue) was altered"
    case .otherWarrant(let holder): "the answer of \(holder) is to another warrant, roster or recipient key"
    case .recipientKey: "this recipient key is not the one that the warrant names"
    case .releaseDoesNotOpen(let holder): "the release of \(holder) does not open with the recipient key"
    case .certificateUnfounded: "the certificate does not show what it claims"
    case .warrantEntry: "the proof is of another warrant's entry in the log"
    case .logIndex(let holder):
      "the answer of \(holder) names another entry of the log than the warrant's proof"
    }
  }
}

extension PlanFileError {
  var exitStatus: ExitStatus {
    if case .refused(let error) = self { error.exitStatus } else { .verificationFailed }
  }

  var sentence: String {
    switch self {
    case .malformed(let sentence): sentence
    case .policy(let error, let place): "\(place) is wrong: \(error.sentence)"
    case .log(let error, let place): "\(place) is wrong: \(error.sentence)"
    case .refused(let error): error.sentence
    }
  }
}

extension CeremonyFault {
  var sentence: String {
    switch self {
    case .sequence(let after, let found):
      after == 0
        ? "it begins with step \(found), not with step 1"
        : "step \(after) is followed by step \(found): a step is missing, was added, or is out of place"
    case .statement(let step, let actor):
      "step \(step) is not what \(actor) signed: it was altered, or somebody else made it"
    case .follows(let step): "step \(step) was made after other steps than stand before it"
    case .chain(let step):
      "step \(step) does not continue the chain: it, or the step before it, was exchanged"
    case .unknownActor(let step, let actor): "step \(step) is by \(actor), whose key no step brought"
    case .misplaced(let step, let reason): "step \(step) does not belong there: \(reason)"
    case .incomplete(let reason): "the ceremony is not complete: \(reason)"
    case .attachment(let step, let name):
      name.isEmpty
        ? "step \(step) has not the attachments that were signed"
        : "the attachment \(name) of step \(step) is missing, or not the one that was signed"
    case .opening(let step, let name):
      "the text \(name) of step \(step) is not the one that was signed, or stands in a wrong place"
    case .contradiction(let step, let about): "step \(step) contradicts an earlier step about \(about)"
    }
  }
}

extension SharingError {
  var exitStatus: ExitStatus {
    switch self {
    case .expected, .unknownRole, .invalidLabel, .duplicateHolder, .thresholdOutOfRange, .emptyGate, .tooDeep,
      .textTooLong, .tooManyRows, .tooManyColumns, .trailingText:
      .usage
    default: .internalFailure
    }
  }

  var sentence: String {
    func at(_ position: Int?) -> String { position.map { " at byte \($0)" } ?? "" }
    return switch self {
    case .expected(let what, let position): "the policy needs \(what.rawValue) at byte \(position)"
    case .unknownRole(let position):
      "a holder is judge, provider or agency, or one of them with a label: something else stands at byte \(position)"
    case .invalidLabel(let position):
      "a label is 1 to 64 of a-z, 0-9, . and -: something else stands at byte \(position)"
    case .duplicateHolder(let holder, let position): "the policy names \(holder) twice\(at(position))"
    case .thresholdOutOfRange(let threshold, let children, let position):
      "a threshold of \(threshold) does not fit \(children) children\(at(position))"
    case .emptyGate(let position): "the policy has a gate without children\(at(position))"
    case .tooDeep(let position):
      "the policy is nested deeper than \(AccessPolicy.maximumDepth) gates\(at(position))"
    case .textTooLong(let count):
      "the policy has \(count) bytes; at most \(AccessPolicy.maximumTextByteCount) are read"
    case .tooManyRows(let position): "the policy names more than 255 holders\(at(position))"
    case .tooManyColumns(let position): "the policy needs more than 255 matrix columns\(at(position))"
    case .trailingText(let position): "the policy ends at byte \(position), and text follows"
    default: "sharing failed: \(self)"
    }
  }
}

extension LogError {
  var exitStatus: ExitStatus {
    switch self {
    case .note(let error): error.exitStatus
    case .crypto(let error): error.exitStatus
    case .malformedCheckpoint, .malformedProof, .malformedRequest, .malformedPolicy, .inclusionNotProven,
      .consistencyNotProven, .wrongOrigin, .quorumNotReached, .missing, .corrupt:
      .verificationFailed
    case .entryTooLarge, .full, .staleRequest: .refused
    case .outOfRange, .alreadyExists, .notALog: .usage
    case .system(_, _, let code): SystemError(number: code).exitStatus
    case .locked, .interrupted: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .note(let error): error.sentence
    case .crypto(let error): error.sentence
    case .malformedCheckpoint: "this is no valid checkpoint: origin, size and root, one a line"
    case .malformedProof: "this is no valid tlog-proof file"
    case .malformedRequest: "this is no valid proof of consistency: `old`, hashes, and a checkpoint"
    case .malformedPolicy(let line):
      line > 0
        ? "this is no valid witness policy: see line \(line)" : "this witness policy has no quorum line"
    case .outOfRange(let index, let size): "\(index) is not within the log's \(size) entries"
    case .inclusionNotProven: "what is here is not in the tree that the checkpoint commits to"
    case .consistencyNotProven:
      "the newer checkpoint does not extend the older one: the log rewrote its history or shows another one"
    case .wrongOrigin: "this is the checkpoint of another log"
    case .quorumNotReached: "too few witnesses cosigned this checkpoint for the policy's quorum"
    case .entryTooLarge(let count): "an entry has \(count) bytes, and a log takes at most 65535"
    case .full: "the log is full"
    case .alreadyExists: "there is a log here already, or what is left of one"
    case .notALog: "there is no log here; `log init` makes one"
    case .locked: "another process is writing to it"
    case .interrupted: "an earlier write failed; run the command again"
    case .missing(let path): "the log's file \(path) is missing"
    case .corrupt(let path): "the log's file \(path) is not what its checkpoint commits to"
    case .staleRequest(let size): "the witness has cosigned size \(size); prove from there"
    case .system(let operation, let path, let code):
      "\(path): \(operation) failed: \(SystemError(number: code).text)"
    }
  }
}

extension NoteError {
  var exitStatus: ExitStatus {
    if case .crypto(let error) = self { return error.exitStatus }
    return .verificationFailed
  }

  var sentence: String {
    if case .crypto(let error) = self { return error.sentence }
    return "this is no valid note: \(self)"
  }
}

extension CryptoError {
  var exitStatus: ExitStatus {
    switch self {
    case .authenticationFailed: .verificationFailed
    case .malformedPEM, .wrongPassphrase: .keyUnavailable
    case .invalidKey: .verificationFailed
    default: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .libcrypto(let operation, let reasons):
      "libcrypto failed in \(operation): \(reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; "))"
    case .randomnessUnavailable: "the system gives no randomness; nothing was made"
    case .authenticationFailed: "something sealed does not open: it was altered, or the key is another"
    case .invalidKey: "a key is not valid for its algorithm"
    case .invalidLength(let expected, let actual): "\(actual) bytes stand where \(expected) belong"
    case .malformedPEM: "this holds no PKCS#8 private key"
    case .wrongPassphrase: "the passphrase is wrong or missing"
    case .messageLimitReached: "too many messages under one key"
    case .exportOnly: "this context seals nothing"
    case .secretMemory(let error): error.sentence
    }
  }
}

extension SecretMemoryError {
  var sentence: String {
    switch self {
    case .outOfMemory(let count): "the system gives no memory for \(count) secret bytes"
    case .invalidCount(let count): "\(count) is no number of bytes"
    }
  }
}

extension MnemonicError {
  var exitStatus: ExitStatus {
    switch self {
    case .invalidScheme, .invalidIterationExponent: .usage
    case .invalidPassphrase: .keyUnavailable
    case .sharing, .secretMemory: .internalFailure
    case .crypto(let error): error.exitStatus
    default: .verificationFailed
    }
  }

  var sentence: String {
    switch self {
    case .unknownWord(let position): "word \(position + 1) is not in the word list of SLIP-39"
    case .invalidWordCount(let count): "no mnemonic has \(count) words; a holder's keys have 59"
    case .invalidChecksum: "the checksum does not fit: a word is wrong, or two are swapped"
    case .invalidPadding: "this is no valid mnemonic: its padding is not zero"
    case .groupThresholdAboveCount(let threshold, let count):
      "this is no valid mnemonic: it asks for \(threshold) groups of \(count)"
    case .emptySet: "there is no mnemonic here"
    case .mismatch(let field): "the mnemonics are not of one backup: \(field.sentence)"
    case .duplicateMember(let group, let member):
      "share \(member + 1) of group \(group + 1) is here twice; give each once"
    case .insufficientGroups(let needed, let present):
      "\(needed) groups are needed and mnemonics of \(present) are here; find more sheets"
    case .insufficientMembers(let group, let needed, let present):
      "group \(group + 1) needs \(needed) mnemonics and \(present) are here; find more sheets"
    case .invalidDigest(let group):
      group.map {
        "the mnemonics of group \($0 + 1) do not belong together: one is forged, or of another backup"
      }
        ?? "the groups do not belong together: one is forged, or of another backup"
    case .inconsistentShare(let group, let member):
      member.map { "share \($0 + 1) of group \(group + 1) contradicts the others" }
        ?? "group \(group + 1) contradicts the others"
    case .invalidSecretLength(let count):
      "a secret of \(count) bytes cannot be split; it has 16 to 1024, an even number"
    case .invalidScheme(let fault): fault.sentence
    case .invalidPassphrase:
      "a backup's passphrase is printable ASCII: letters, digits, spaces and the usual signs"
    case .invalidIterationExponent(let exponent): "the iteration exponent is 0 to 15, and not \(exponent)"
    case .sharing(let error): error.sentence
    case .crypto(let error): error.sentence
    case .secretMemory(let error): error.sentence
    }
  }
}

extension MnemonicField {
  var sentence: String {
    switch self {
    case .identifier: "their identifiers differ, the first words"
    case .extendable: "some are extendable and some are not"
    case .iterationExponent: "their iteration exponents differ"
    case .groupThreshold: "they need different numbers of groups"
    case .groupCount: "they have different numbers of groups"
    case .memberThreshold(let group): "those of group \(group + 1) need different numbers of members"
    case .valueLength: "their lengths differ"
    }
  }
}

extension SchemeFault {
  var sentence: String {
    switch self {
    case .groupCount(let count): "a backup has 1 to 16 groups, and not \(count)"
    case .groupThreshold(let threshold): "\(threshold) groups cannot be needed of those there are"
    case .memberCount(let count): "a group has 1 to 16 members, and not \(count)"
    case .memberThreshold(let threshold): "\(threshold) members cannot be needed of those there are"
    case .copies(let count):
      "1 of \(count) would give every member the same words, each enough alone; ask for 2, or for a group 1of1"
    }
  }
}

extension QRCodeError {
  var exitStatus: ExitStatus {
    switch self {
    case .doesNotFit, .invalidScale: .usage
    case .library, .secretMemory: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .doesNotFit(let count, let maximum):
      count == 0
        ? "there is nothing to show"
        : "\(count) bytes do not fit into one QR code, which holds at most \(maximum)"
    case .invalidScale(let scale): "a module has 1 to 64 pixels, and not \(scale)"
    case .library(let reason): "the QR code could not be made: \(reason)"
    case .secretMemory(let error): error.sentence
    }
  }
}

/// Small pieces of sentences.
enum Words {
  static func list(_ holders: some Sequence<HolderID>) -> String {
    holders.map(\.description).joined(separator: ", ")
  }
}

extension StoreError {
  var exitStatus: ExitStatus {
    switch self {
    case .notFound, .alreadyExists: .usage
    case .notAStore, .newerSchema, .corrupt, .other: .verificationFailed
    case .otherKey: .keyUnavailable
    case .readOnly, .busy, .full, .inputOutput: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .notFound: "there is no store here; `deposit` makes one"
    case .notAStore: "this file is not a store"
    default: description
    }
  }
}
