import SecretSharing

/// Every formula over a number of holders, up to the order of a gate's children and up to their names; gates have at
/// least two children, since a gate with one says nothing.
enum Formulas {
  /// A formula without names.
  indirect enum Shape {
    case leaf
    case gate(threshold: Int, children: [Shape])
  }

  static func shapes(leaves: Int) -> [Shape] {
    var all: [[Shape]] = [[], [.leaf]]
    for count in 2...max(leaves, 2) {
      all.append(
        children(of: count, sizesUpTo: count - 1, from: all).filter { $0.count >= 2 }
          .flatMap { children in
            (1...children.count).map { Shape.gate(threshold: $0, children: children) }
          })
    }
    return all[leaves]
  }

  /// Multisets of formulas with `count` leaves together, each of at most `largest`: the sizes descend, and formulas of
  /// one size stand in the order of their list.
  private static func children(
    of count: Int, sizesUpTo largest: Int, notBefore first: Int = 0, from all: [[Shape]]
  ) -> [[Shape]] {
    if count == 0 { return [[]] }
    var result: [[Shape]] = []
    for size in 1...max(1, min(largest, count)) where size <= largest {
      for index in (size == largest ? first : 0)..<all[size].count {
        for rest in children(of: count - size, sizesUpTo: size, notBefore: index, from: all) {
          result.append([all[size][index]] + rest)
        }
      }
    }
    return result
  }

  /// The policies with 1 to `maximum` holders, whose roles alternate.
  static func policies(upTo maximum: Int) throws -> [AccessPolicy] {
    try (1...maximum).flatMap { count in
      try shapes(leaves: count).map { shape in
        var leaf = 0
        return try AccessPolicy(try named(shape, &leaf))
      }
    }
  }

  private static func named(_ shape: Shape, _ leaf: inout Int) throws -> AccessPolicy.Node {
    switch shape {
    case .leaf:
      defer { leaf += 1 }
      return .holder(try HolderID(Role.allCases[leaf % 3], label: "\(leaf)"))
    case .gate(let threshold, let children):
      return .gate(threshold: threshold, children: try children.map { try named($0, &leaf) })
    }
  }

  /// Whether a set of leaf numbers, a bit each, satisfies the formula; written without the code under test.
  static func holds(_ node: AccessPolicy.Node, _ set: Int, _ leaf: inout Int) -> Bool {
    switch node {
    case .holder:
      defer { leaf += 1 }
      return set >> leaf & 1 == 1
    case .gate(let threshold, let children):
      var count = 0
      for child in children where holds(child, set, &leaf) { count += 1 }
      return count >= threshold
    }
  }

  /// For every set of holders, a bit each, whether it is authorised.
  static func truthTable(_ policy: AccessPolicy) -> [Bool] {
    (0..<(1 << policy.holders.count)).map { set in
      var leaf = 0
      return holds(policy.root, set, &leaf)
    }
  }

  static func members(_ set: Int, of policy: AccessPolicy) -> [HolderID] {
    policy.holders.indices.filter { set >> $0 & 1 == 1 }.map { policy.holders[$0] }
  }
}
