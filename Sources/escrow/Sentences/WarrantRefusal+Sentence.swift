import KeyEscrow

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
      "\(inScope) keys are in scope, and the warrant allows \(maximum); its judge can name epochs, or allow more"
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
