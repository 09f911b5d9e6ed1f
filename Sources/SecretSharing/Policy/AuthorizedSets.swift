/// Questions about who may do what. Every holder stands once in the formula, so children of a gate have no holder
/// in common, and each question has an exact answer from its children's answers.
extension AccessPolicy {
  /// Whether `present` together may reconstruct. Holders that the policy does not name count for nothing.
  public func isSatisfied(by present: Set<HolderID>) -> Bool { root.isSatisfied(by: present.contains) }

  /// How many minimal authorised sets there are; `Int.max` stands for at least that many.
  public var minimalAuthorizedSetCount: Int { root.minimalSetCount }

  /// The first `limit` minimal authorised sets: those that lose their authority with any of their holders.
  ///
  /// Holders stand in leaf order, and sets in the lexicographic order of their leaf numbers.
  public func minimalAuthorizedSets(limit: Int) -> [[HolderID]] { root.minimalSets(limit: limit) }

  /// The first `limit` maximal unauthorised sets: those that gain authority with any holder more.
  ///
  /// A set is unauthorised when the others satisfy the dual formula, so these are the complements of the dual's
  /// minimal sets, in the order of those. Holders stand in leaf order.
  public func maximalUnauthorizedSets(limit: Int) -> [[HolderID]] {
    root.dual.minimalSets(limit: limit).map { missing in
      let missing = Set(missing)
      return holders.filter { !missing.contains($0) }
    }
  }

  /// The fewest holders that may reconstruct, in leaf order: the coalition to fear. Of equals, the first child.
  public var smallestAuthorizedSet: [HolderID] { root.smallestSet }

  /// The holders that are in every authorised set, in leaf order.
  public var mandatoryHolders: [HolderID] {
    holders.filter { holder in !root.isSatisfied { $0 != holder } }
  }

  /// The roles that have a holder in every authorised set, by name.
  public var mandatoryRoles: [Role] {
    Role.allCases.filter { role in !root.isSatisfied { $0.role != role } }.sorted()
  }

  /// Whether some minimal authorised set contains `holder` and lies within `allowed`.
  ///
  /// Along the path from the root to the holder, every gate must have `threshold - 1` other children that `allowed`
  /// satisfies; the holder is then needed.
  public func hasMinimalAuthorizedSet(containing holder: HolderID, within allowed: Set<HolderID>) -> Bool {
    allowed.contains(holder) && root.needs(holder, among: allowed) == true
  }
}

extension AccessPolicy.Node {
  func isSatisfied(by isPresent: (HolderID) -> Bool) -> Bool {
    switch self {
    case .holder(let holder): return isPresent(holder)
    case .gate(let threshold, let children):
      var satisfied = 0
      for child in children where child.isSatisfied(by: isPresent) { satisfied += 1 }
      return satisfied >= threshold
    }
  }

  /// The formula that holds for a set exactly when this one does not hold for the set's complement.
  fileprivate var dual: AccessPolicy.Node {
    switch self {
    case .holder: return self
    case .gate(let threshold, let children):
      return .gate(threshold: children.count - threshold + 1, children: children.map(\.dual))
    }
  }

  /// The threshold-th elementary symmetric polynomial in the children's counts.
  fileprivate var minimalSetCount: Int {
    switch self {
    case .holder: return 1
    case .gate(let threshold, let children):
      var ways = [1] + [Int](repeating: 0, count: threshold)
      for child in children {
        let count = child.minimalSetCount
        for chosen in stride(from: threshold, to: 0, by: -1) {
          let (product, overflowed) = ways[chosen - 1].multipliedReportingOverflow(by: count)
          let (sum, overflowedAgain) = ways[chosen].addingReportingOverflow(overflowed ? .max : product)
          ways[chosen] = overflowedAgain ? .max : sum
        }
      }
      return ways[threshold]
    }
  }

  fileprivate var smallestSet: [HolderID] {
    switch self {
    case .holder(let holder): return [holder]
    case .gate(let threshold, let children):
      let sets = children.map(\.smallestSet)
      return AccessPolicy.fewest(threshold, of: sets.map(\.count)).flatMap { sets[$0] }
    }
  }

  /// Nil when `holder` is not below this node.
  fileprivate func needs(_ holder: HolderID, among allowed: Set<HolderID>) -> Bool? {
    switch self {
    case .holder(let leaf): return leaf == holder ? true : nil
    case .gate(let threshold, let children):
      for (index, child) in children.enumerated() {
        guard let needed = child.needs(holder, among: allowed) else { continue }
        var others = 0
        for (other, sibling) in children.enumerated() where other != index {
          if sibling.isSatisfied(by: allowed.contains) { others += 1 }
        }
        return needed && others >= threshold - 1
      }
      return nil
    }
  }

  fileprivate func minimalSets(limit: Int) -> [[HolderID]] {
    guard limit > 0 else { return [] }
    var sets: [[HolderID]] = []
    var chosen: [HolderID] = []
    _ = visitMinimalSets(&chosen) { set in
      sets.append(set)
      return sets.count < limit
    }
    return sets
  }

  /// Calls `then` with `chosen` and each minimal set of this node appended in turn, until it returns false.
  private func visitMinimalSets(_ chosen: inout [HolderID], then: (inout [HolderID]) -> Bool) -> Bool {
    switch self {
    case .holder(let holder):
      chosen.append(holder)
      defer { chosen.removeLast() }
      return then(&chosen)
    case .gate(let threshold, let children):
      return Self.visit(threshold, of: children[...], &chosen, then: then)
    }
  }

  /// Every choice of `count` children begins with one that leaves enough to its right: no visit is in vain.
  private static func visit(
    _ count: Int, of children: ArraySlice<AccessPolicy.Node>, _ chosen: inout [HolderID],
    then: (inout [HolderID]) -> Bool
  ) -> Bool {
    guard count > 0 else { return then(&chosen) }
    for index in children.indices.dropLast(count - 1) {
      let goesOn = children[index].visitMinimalSets(&chosen) { chosen in
        visit(count - 1, of: children[(index + 1)...], &chosen, then: then)
      }
      guard goesOn else { return false }
    }
    return true
  }
}

extension AccessPolicy {
  /// The indices of the `count` smallest of `sizes`, ascending; of equals, the first.
  static func fewest(_ count: Int, of sizes: [Int]) -> [Int] {
    let bySize = sizes.indices.sorted { (sizes[$0], $0) < (sizes[$1], $1) }
    return bySize.prefix(count).sorted()
  }
}
