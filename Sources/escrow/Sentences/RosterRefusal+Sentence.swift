import KeyEscrow
import SecretSharing

extension RosterRefusal {
  var sentence: String {
    switch self {
    case .tooManyHolders(let count):
      "\(count) holders are more than one note can carry signatures of; the most is 50"
    case .opensWithoutJudge(let holders):
      "the policy opens without a judge, by \(Words.list(holders)) alone; put a judge into every set"
    case .roleOpensAlone(let role, let holders):
      "the policy opens by the role \(role.rawValue) alone, by \(Words.list(holders));"
        + " ask for another role in every set"
    case .holderNotInPolicy(let holder): "the policy does not name \(holder), or not with this key"
    case .holderMissing(let holder):
      "the policy names \(holder), whose holder.json is not given; add --holder"
    case .duplicateKey(let places): "a key appears twice: \(places); every holder needs keys of its own"
    case .notSuccessor(let reason): "the roster does not follow its predecessor: \(reason)"
    case .invalidLimit(let limit): "the limits contradict themselves: \(limit)"
    case .logMissing: "a roster that is not for tests needs a transparency log; give --log, or --test"
    case .invalidLog(let reason): "the transparency log of the roster is not in order: \(reason)"
    }
  }
}
