import TransparencyLog

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
