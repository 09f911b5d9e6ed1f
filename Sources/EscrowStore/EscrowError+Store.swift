import KeyEscrow

extension EscrowError {
  /// Restates what a store's work failed with; a precise error of KeyEscrow stays what it is.
  init(ofStore error: any Error) {
    if let error = error as? EscrowError {
      self = error
      return
    }
    let error = StoreError(restating: error)
    switch error {
    case .notFound, .alreadyExists, .readOnly, .busy, .full, .inputOutput:
      self = .storeUnavailable(reason: error.description)
    case .notAStore, .newerSchema, .corrupt, .otherKey, .other:
      self = .storage(reason: error.description)
    }
  }
}
