import Mnemonics

extension MnemonicField {
  var sentence: String {
    switch self {
    case .identifier: "their identifiers differ, the first words"
    case .extendable: "some are extendable and some are not"
    case .iterationExponent: "their iteration exponents differ"
    case .groupThreshold: "they need different numbers of groups"
    case .groupCount: "they have different numbers of groups"
    case .memberThreshold(let group): "those of group \(group + 1) need different numbers of members"
    case .valueLength: "their lengths differ"
    }
  }
}
