import EscrowStore

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
