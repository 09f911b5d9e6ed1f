import KeyEscrow

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
