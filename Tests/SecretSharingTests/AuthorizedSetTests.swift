import SecretSharing
import Testing

@Suite struct AuthorizedSetTests {
  @Test func everyAnswerEqualsTheTruthTable() throws {
    let policies = try Formulas.policies(upTo: 5)
    #expect(policies.count > 100)
    for policy in policies {
      let holds = Formulas.truthTable(policy)
      let full = holds.count - 1
      let bits = policy.holders.indices.map { 1 << $0 }
      let minimal = holds.indices.filter { set in
        holds[set] && bits.allSatisfy { set & $0 == 0 || !holds[set & ~$0] }
      }
      let maximal = holds.indices.filter { set in
        !holds[set] && bits.allSatisfy { set & $0 != 0 || holds[set | $0] }
      }
      for set in holds.indices {
        let members = Set(Formulas.members(set, of: policy))
        #expect(policy.isSatisfied(by: members) == holds[set])
        for (bit, holder) in zip(bits, policy.holders) {
          let expected = minimal.contains { $0 & bit != 0 && $0 & ~set == 0 }
          #expect(policy.hasMinimalAuthorizedSet(containing: holder, within: members) == expected)
        }
      }
      let sets = policy.minimalAuthorizedSets(limit: .max)
      #expect(Set(sets) == Set(minimal.map { Formulas.members($0, of: policy) }))
      #expect(sets.count == minimal.count && policy.minimalAuthorizedSetCount == minimal.count)
      let positions = sets.map { set in set.compactMap { policy.holders.firstIndex(of: $0) } }
      #expect(positions.allSatisfy { $0 == $0.sorted() })
      #expect(zip(positions, positions.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
      #expect(
        Set(policy.maximalUnauthorizedSets(limit: .max))
          == Set(maximal.map { Formulas.members($0, of: policy) }))
      #expect(policy.smallestAuthorizedSet.count == minimal.map(\.nonzeroBitCount).min())
      #expect(sets.contains(policy.smallestAuthorizedSet))
      #expect(
        policy.mandatoryHolders == zip(bits, policy.holders).filter { !holds[full & ~$0.0] }.map(\.1))
      #expect(
        policy.mandatoryRoles
          == Role.allCases.sorted().filter { role in
            !policy.isSatisfied(by: Set(policy.holders.filter { $0.role != role }))
          })
    }
  }

  @Test func limitsAndOrder() throws {
    let policy = try AccessPolicy(parsing: "thresh(2, or(judge:a, judge:b), provider, agency)")
    let texts = policy.minimalAuthorizedSets(limit: .max).map { $0.map(\.description).joined(separator: "+") }
    #expect(
      texts == [
        "judge:a+provider", "judge:a+agency", "judge:b+provider", "judge:b+agency", "provider+agency",
      ])
    for limit in 0...6 {
      #expect(policy.minimalAuthorizedSets(limit: limit).count == min(limit, 5))
    }
    #expect(policy.minimalAuthorizedSets(limit: -1).isEmpty)
    #expect(policy.maximalUnauthorizedSets(limit: 1).count == 1)
  }

  @Test func countsSaturateAndListsStayShort() throws {
    let list = (0..<255).map { "judge:\($0)" }.joined(separator: ",")
    let policy = try AccessPolicy(parsing: "thresh(128, \(list))")
    #expect(policy.minimalAuthorizedSetCount == .max)
    let sets = policy.minimalAuthorizedSets(limit: 10)
    #expect(sets.count == 10 && sets.allSatisfy { $0.count == 128 })
    #expect(sets[0] == Array(policy.holders.prefix(128)))
    #expect(policy.smallestAuthorizedSet == sets[0])
  }

  @Test func theMixOfTwoCountriesIsUnauthorised() throws {
    let policy = try AccessPolicy(parsing: "or(and(judge:fr, agency:fr), and(judge:de, agency:de))")
    let judgeFR = try HolderID(parsing: "judge:fr")
    let agencyDE = try HolderID(parsing: "agency:de")
    #expect(!policy.isSatisfied(by: [judgeFR, agencyDE]))
    #expect(
      !policy.hasMinimalAuthorizedSet(containing: agencyDE, within: [judgeFR, HolderID(.provider), agencyDE]))
    #expect(policy.mandatoryHolders.isEmpty)
    #expect(policy.mandatoryRoles == [.agency, .judge])
  }
}
