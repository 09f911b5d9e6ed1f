import KeyEscrow

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
