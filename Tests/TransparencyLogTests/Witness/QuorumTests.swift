import LibCrypto
import Testing
import TransparencyLog

@Suite struct QuorumTests {
  let keys: [CosignatureVerifierKey]

  init() throws {
    keys = try (0..<6).map(WitnessFixture.key)
  }

  /// Whether the witnesses in `set` satisfy `quorum`: the definition of C2SP tlog-policy, read aloud.
  private func isSatisfied(_ quorum: Quorum, by set: Set<CosignatureVerifierKey>) -> Bool {
    switch quorum {
    case .nobody: true
    case .witness(let key): set.contains(key)
    case .group(let threshold, let members):
      members.filter { isSatisfied($0, by: set) }.count >= threshold
    }
  }

  private var quorums: [Quorum] {
    let leaves = keys.map(Quorum.witness)
    var result: [Quorum] = [leaves[0]]
    for threshold in 1...6 { result.append(.group(threshold: threshold, members: leaves)) }
    for (left, right, outer) in [(1, 1, 1), (1, 2, 2), (2, 2, 1), (2, 2, 2), (3, 1, 2), (3, 3, 1)] {
      let halves = [
        Quorum.group(threshold: left, members: Array(leaves[..<3])),
        Quorum.group(threshold: right, members: Array(leaves[3...])),
      ]
      result.append(.group(threshold: outer, members: halves))
    }
    let inner = Quorum.group(threshold: 2, members: Array(leaves[..<3]))
    result.append(
      .group(threshold: 2, members: [inner, leaves[3], .group(threshold: 1, members: [leaves[4]])]))
    return result
  }

  /// Every way in which six witnesses cosign at three times or not at all.
  @Test func theTimeIsTheLargestThatTheDefinitionAllows() {
    let candidates: [UInt64?] = [nil, 10, 20, 30]
    for quorum in quorums {
      for code in 0..<4096 {
        var times: [CosignatureVerifierKey: UInt64] = [:]
        for (index, key) in keys.enumerated() { times[key] = candidates[code >> (2 * index) & 3] }
        let largest = [30, 20, 10].first { (time: UInt64) in
          isSatisfied(quorum, by: Set(times.filter { $0.value >= time }.keys))
        }
        let expected = largest.map { Quorum.Outcome.reached(time: $0) } ?? .notReached
        #expect(quorum.outcome(at: times) == expected)
      }
    }
  }

  @Test func aLoneWitnessDoesNotMoveTheTime() {
    let two = Quorum.group(threshold: 2, members: keys[..<3].map(Quorum.witness))
    #expect(two.outcome(at: [keys[0]: .max, keys[1]: 50, keys[2]: 40]) == .reached(time: 50))
    #expect(two.outcome(at: [keys[0]: 0, keys[1]: 50, keys[2]: 40]) == .reached(time: 40))
  }

  @Test func aQuorumOfNobodyNeedsNothing() {
    #expect(Quorum.nobody.outcome(at: [:]) == .notNeeded)
    #expect(Quorum.nobody.outcome(at: [keys[0]: 5]) == .notNeeded)
    #expect(Quorum.witness(keys[0]).outcome(at: [:]) == .notReached)
  }
}
