import KeyEscrow
import LibCrypto
import SecretSharing
import Testing

@Suite("The whole flow, from keys to keys")
struct FlowTests {
  static let policies = [
    "and(judge, or(provider, agency))",
    "thresh(3, judge, provider, agency)",
    "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, thresh(2, agency:a, agency:b, agency:c)))",
    "or(and(judge:fr, agency:fr), and(judge:de, agency:de))",
  ]

  @Test("Every minimal authorised set recovers bit-identical keys", arguments: policies)
  func everyMinimalSetRecovers(policy: String) throws {
    let escrow = try Escrow(policy)
    let keys =
      try TestKey.run(5, conversation: conversation(1)) + TestKey.run(3, conversation: conversation(2))
    try escrow.deposit(keys, batch: 3)
    let recipient = escrow.policy.holders.first { $0.role == .agency }?.description ?? ""
    let judges = escrow.policy.holders.filter { $0.role == .judge }.map(\.description)
    let warrant = try escrow.warrant(
      try escrow.body([conversation(1), conversation(2)], recipient: recipient), judges: judges)
    let releases = try Dictionary(
      uniqueKeysWithValues: escrow.policy.holders.map {
        ($0, try escrow.release(warrant, by: $0.description))
      })
    for set in escrow.policy.minimalAuthorizedSets(limit: 100) {
      for jobs in [1, 2] {
        let result = try escrow.recover(warrant, set.compactMap { releases[$0] }, jobs: jobs)
        #expect(result.keys.sorted() == keys.sorted())
        #expect(result.report.recovered == 8)
        #expect(result.report.faults == [])
        #expect(result.report.missing == 0)
      }
    }
  }

  @Test("No unauthorised set opens anything", arguments: policies)
  func unauthorisedSetsFail(policy: String) throws {
    let escrow = try Escrow(policy)
    try escrow.deposit(try TestKey.run(2, conversation: conversation(1)))
    let recipient = escrow.policy.holders.first { $0.role == .agency }?.description ?? ""
    let judges = escrow.policy.holders.filter { $0.role == .judge }.map(\.description)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)], recipient: recipient), judges: judges)
    let releases = try escrow.policy.holders.map { try escrow.release(warrant, by: $0.description) }
    let holders = escrow.policy.holders
    for mask in 0..<(1 << holders.count) {
      let set = holders.indices.filter { mask >> $0 & 1 == 1 }
      let ids = set.map { holders[$0] }
      guard !escrow.policy.isSatisfied(by: Set(ids)) else { continue }
      #expect(throws: EscrowError.quorumNotReached(answered: ids.sorted())) {
        try escrow.recover(warrant, set.map { releases[$0] })
      }
    }
  }

  @Test("A deposit of one key and one of 4,096", arguments: [1, 4096])
  func sizes(count: Int) throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(count, conversation: conversation(7))
    try escrow.deposit(keys, batch: 4096)
    let warrant = try escrow.warrant(try escrow.body([conversation(7)]))
    let releases = [try escrow.release(warrant, by: "judge"), try escrow.release(warrant, by: "agency")]
    #expect(try escrow.recover(warrant, releases).keys == keys)
  }

  @Test("Keys of any shape come back")
  func keyShapes() throws {
    let escrow = try Escrow()
    let shapes: [[UInt8]] = [
      [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xFF, count: 32),
      [0] + [UInt8](repeating: 9, count: 31),
      [UInt8](repeating: 7, count: 31) + [0],
    ]
    let keys = shapes.enumerated().map {
      TestKey(locator: RecordLocator(conversation: conversation(3), epoch: UInt64($0)), key: $1)
    }
    try escrow.deposit(keys)
    let warrant = try escrow.warrant(try escrow.body([conversation(3)]))
    let releases = [try escrow.release(warrant, by: "judge"), try escrow.release(warrant, by: "provider")]
    #expect(try escrow.recover(warrant, releases).keys == keys)
  }

  @Test("A release from an extract is as good as one from the store")
  func extracts() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(10, conversation: conversation(4))
    try escrow.deposit(keys + (try TestKey.run(10, conversation: conversation(5))), batch: 4)
    try escrow.deposit(try TestKey.run(2, conversation: conversation(4), from: 100))
    let warrant = try escrow.warrant(try escrow.body([conversation(4)], epochs: 2...100))
    let storeKey = try Ed25519PrivateKey.generate()
    var releases: [Release] = []
    for name in ["judge", "provider"] {
      let spool = MemorySpool()
      let front = try Extract.write(
        for: warrant, holder: try escrow.id(name), roster: escrow.roster, from: escrow.store, spool: spool,
        signedBy: storeKey, now: Escrow.start)
      let extract = try ExtractFile(MemoryBytes(front + spool.bytes))
      releases.append(
        try escrow.verifiedRelease(warrant, try escrow.releaseBytes(warrant, by: name, from: extract)))
    }
    let result = try escrow.recover(warrant, releases)
    #expect(result.keys.count == 9)
    #expect(Set(result.keys).isSuperset(of: keys[2...]))
  }
}
