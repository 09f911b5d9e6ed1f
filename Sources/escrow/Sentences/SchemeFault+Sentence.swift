import Mnemonics

extension SchemeFault {
  var sentence: String {
    switch self {
    case .groupCount(let count): "a backup has 1 to 16 groups, and not \(count)"
    case .groupThreshold(let threshold): "\(threshold) groups cannot be needed of those there are"
    case .memberCount(let count): "a group has 1 to 16 members, and not \(count)"
    case .memberThreshold(let threshold): "\(threshold) members cannot be needed of those there are"
    case .copies(let count):
      "1 of \(count) would give every member the same words, each enough alone; ask for 2, or for a group 1of1"
    }
  }
}
