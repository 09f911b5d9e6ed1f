import CeremonyPlans

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
