public import SecretSharing

/// The rules that every roster's access policy must keep, whoever signs it (`Spec/documents.md`, Roster).
public enum RosterRules {
  /// Refuses a policy that opens without a judge, or by one role alone.
  ///
  /// Both questions are asked of the formula itself. It is monotone, so the largest set without a judge (everyone
  /// else) opens it exactly if some set without a judge does, and likewise for each role; the refusal names a
  /// smallest such set.
  public static func check(_ policy: AccessPolicy) throws(RosterRefusal) {
    for role in Role.allCases {
      let alone = policy.holders.filter { $0.role == role }
      if let opening = smallestOpeningSet(policy, among: alone) { throw .roleOpensAlone(role, opening) }
    }
    let withoutJudge = policy.holders.filter { $0.role != .judge }
    if let opening = smallestOpeningSet(policy, among: withoutJudge) { throw .opensWithoutJudge(opening) }
  }

  // Leaves out one holder after the other as long as the rest still opens: what remains is minimal.
  private static func smallestOpeningSet(_ policy: AccessPolicy, among holders: [HolderID]) -> [HolderID]? {
    guard policy.isSatisfied(by: Set(holders)) else { return nil }
    var remaining = holders
    for holder in holders {
      let fewer = remaining.filter { $0 != holder }
      if policy.isSatisfied(by: Set(fewer)) { remaining = fewer }
    }
    return remaining
  }
}
