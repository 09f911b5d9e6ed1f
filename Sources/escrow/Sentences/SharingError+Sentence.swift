import SecretSharing

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
