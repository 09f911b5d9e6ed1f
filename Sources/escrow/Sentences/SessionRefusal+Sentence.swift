import KeyEscrow

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
