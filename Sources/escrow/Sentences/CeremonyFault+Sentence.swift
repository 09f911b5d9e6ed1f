import KeyEscrow

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
