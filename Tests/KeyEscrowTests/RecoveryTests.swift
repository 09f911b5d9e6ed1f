import LibCrypto
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Recovery: nothing unverified comes out, and whoever cheats is named")
struct RecoveryTests {
  /// Three records in one deposit, and a warrant for them.
  struct Scene {
    let escrow: Escrow
    let keys: [TestKey]
    let deposit: Digest
    let warrant: UnverifiedWarrant

    init(_ policy: String = "and(judge, or(provider, agency))") throws {
      escrow = try Escrow(policy)
      keys = try TestKey.run(3, conversation: conversation(1))
      deposit = try escrow.deposit(keys).deposits[0].deposit.digest
      let judges = escrow.policy.holders.filter { $0.role == .judge }.map(\.description)
      warrant = try escrow.warrant(try escrow.body([conversation(1)]), judges: judges)
    }

    func release(_ name: String, _ rogue: RogueRelease? = nil) throws -> Release {
      guard let rogue else { return try escrow.release(warrant, by: name) }
      return try escrow.rogueRelease(warrant, by: name, rogue)
    }

    /// A fault of this deposit.
    func fault(_ culprit: RecoveryFault.Culprit, _ failure: VerificationFailure) -> RecoveryFault {
      RecoveryFault(culprit: culprit, deposit: deposit, failure: failure)
    }
  }

  // MARK: before anything is opened

  @Test("Another recipient key opens nothing")
  func recipientKey() throws {
    let scene = try Scene()
    let releases = [try scene.release("judge"), try scene.release("agency")]
    let warrant = try scene.warrant.verifiedForRecovery(by: scene.escrow.roster)
    let other = try X25519PrivateKey.generate()
    #expect(throws: EscrowError.failedVerification(.recipientKey)) {
      _ = try Recovery.recover(
        warrant: warrant, releases: releases, recipientKey: other, source: scene.escrow.store
      ) { _, _ in Issue.record("a key came out") }
    }
  }

  @Test("Each holder answers once, and this warrant")
  func answers() throws {
    let scene = try Scene()
    let judge = try scene.release("judge")
    let agency = try scene.release("agency")
    #expect(throws: EscrowError.failedVerification(.otherWarrant(judge.body.holder))) {
      try scene.escrow.recover(scene.warrant, [judge, agency, judge])
    }
    let another = try scene.escrow.warrant(try scene.escrow.body([conversation(1)]))
    let foreign = try scene.escrow.release(another, by: "agency")
    #expect(throws: EscrowError.failedVerification(.otherWarrant(agency.body.holder))) {
      try scene.escrow.recover(scene.warrant, [judge, foreign])
    }
    #expect(throws: EscrowError.quorumNotReached(answered: [agency.body.holder])) {
      try scene.escrow.recover(scene.warrant, [agency])
    }
    #expect(throws: EscrowError.quorumNotReached(answered: [])) {
      try scene.escrow.recover(scene.warrant, [])
    }
  }

  // MARK: what carriers and holders can do

  @Test("A chunk altered on its way names its release, and an extra release makes up for it")
  func tamperedChunk() throws {
    let scene = try Scene()
    var bytes = try scene.escrow.releaseBytes(scene.warrant, by: "provider")
    bytes[bytes.count - 1] ^= 1
    let tampered = try scene.escrow.verifiedRelease(scene.warrant, bytes)
    let fault = scene.fault(.holder(tampered.body.holder), .chunk(.release, index: 0))
    let judge = try scene.release("judge")
    let alone = try scene.escrow.recover(scene.warrant, [judge, tampered])
    #expect(alone.keys == [])
    #expect(alone.report.faults == [fault])
    #expect(alone.report.missing == 3)
    #expect(alone.report.withoutQuorum == [scene.deposit])
    let helped = try scene.escrow.recover(scene.warrant, [judge, tampered, try scene.release("agency")])
    #expect(helped.keys == scene.keys)
    #expect(helped.report.faults == [fault])
    #expect(helped.report.missing == 0)
    #expect(helped.report.recovered == 3)
  }

  @Test("A holder that signs a wrong share is named, and routed around")
  func wrongShare() throws {
    let scene = try Scene()
    let provider = try scene.escrow.id("provider")
    let rogue = try scene.release("provider", RogueRelease(alter: { $0.shares[32 + 7] ^= 0x40 }))
    let judge = try scene.release("judge")
    let fault = scene.fault(.holder(provider), .shareDigest(provider, position: 1))
    // Without an extra release that record alone is missing.
    let alone = try scene.escrow.recover(scene.warrant, [judge, rogue])
    #expect(alone.keys == [scene.keys[0], scene.keys[2]])
    #expect(alone.report.faults == [fault])
    #expect(alone.report.missing == 1)
    #expect(alone.report.recovered == 2)
    #expect(alone.report.withoutQuorum == [scene.deposit])
    let agency = try scene.release("agency")
    for releases in [[judge, rogue, agency], [rogue, agency, judge], [agency, judge, rogue]] {
      let helped = try scene.escrow.recover(scene.warrant, releases)
      #expect(helped.keys == scene.keys)
      #expect(helped.report.missing == 0)
      // Named if its share was used, which it need not have been.
      #expect(helped.report.faults == [] || helped.report.faults == [fault])
    }
    #expect(try scene.escrow.recover(scene.warrant, [judge, rogue, agency]).report.faults == [fault])
  }

  @Test("Every share wrong, and everybody's")
  func allWrong() throws {
    let scene = try Scene()
    let rogue = RogueRelease(alter: { $0.shares = $0.shares.map { $0 ^ 1 } })
    let releases = [try scene.release("judge", rogue), try scene.release("agency", rogue)]
    let result = try scene.escrow.recover(scene.warrant, releases)
    #expect(result.keys == [])
    #expect(result.report.missing == 3)
    #expect(
      Set(result.report.faults)
        == Set(
          try ["judge", "agency"].flatMap { name in
            let id = try scene.escrow.id(name)
            return (0..<3).map { scene.fault(.holder(id), .shareDigest(id, position: $0)) }
          }))
  }

  @Test("An encapsulation that is no point is its holder's fault, and the others' releases are used")
  func zeroEncapsulation() throws {
    let scene = try Scene()
    let rogue = try scene.release(
      "provider", RogueRelease(encapsulation: [UInt8](repeating: 0, count: 32)))
    let fault = RecoveryFault(
      culprit: .holder(rogue.body.holder), deposit: nil, failure: .releaseDoesNotOpen(rogue.body.holder))
    let judge = try scene.release("judge")
    let result = try scene.escrow.recover(scene.warrant, [rogue, judge, try scene.release("agency")])
    #expect(result.keys == scene.keys)
    #expect(result.report.faults == [fault])
    let alone = try scene.escrow.recover(scene.warrant, [rogue, judge])
    #expect(alone.keys == [])
    #expect(alone.report.faults == [fault])
    #expect(alone.report.missing == 3)
  }

  @Test("A record out of scope does not come out, although an authorised set released it")
  func outOfScope() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(3, conversation: conversation(1))
    let deposit = try escrow.deposit(keys).deposits[0].deposit
    let narrow = try escrow.warrant(try escrow.body([conversation(1)], epochs: 0...1))
    let wide = try escrow.warrant(try escrow.body([conversation(1)]))
    // Cheating software gives the shares of the wide warrant under the narrow one.
    let verified = try wide.verifiedForRecovery(by: escrow.roster)
    func excess(_ name: String) throws -> RogueRelease {
      let opener = try ReleaseOpener(
        try escrow.release(wide, by: name), warrant: verified, recipientKey: escrow.recipientKey.key)
      var sha = try SHA256()
      let chunk = try opener.read(0, using: &sha)
      var shares = [UInt8](repeating: 0, count: 96)
      var output = shares.mutableSpan
      try opener.open(chunk, index: 0, into: &output)
      let all = shares
      return RogueRelease(alter: {
        $0.records = keys.enumerated().map { ScopedRecord(position: UInt32($0), locator: $1.locator) }
        $0.shares = all
      })
    }
    let cheating = try ["judge", "provider"].map { name in
      try escrow.rogueRelease(narrow, by: name, try excess(name))
    }
    let result = try escrow.recover(narrow, cheating)
    #expect(result.keys == [])
    #expect(
      result.report.faults
        == cheating.map {
          RecoveryFault(
            culprit: .holder($0.body.holder), deposit: deposit.digest, failure: .otherWarrant($0.body.holder))
        })
    // Beside honest answers the excess is named, and what is in scope comes out.
    let honest = try ["judge", "agency"].map { try escrow.release(narrow, by: $0) }
    let helped = try escrow.recover(narrow, [cheating[1]] + honest)
    #expect(helped.keys == Array(keys[..<2]))
    #expect(helped.report.faults.map(\.culprit) == [.holder(cheating[1].body.holder)])
  }

  @Test("A holder that files a record under another conversation or position is named")
  func relabelled() throws {
    let scene = try Scene()
    let provider = try scene.escrow.id("provider")
    let honest = [try scene.release("judge"), try scene.release("agency")]
    let cases: [(RogueRelease, VerificationFailure)] = [
      (
        RogueRelease(alter: {
          $0.records[2] = ScopedRecord(
            position: 2, locator: RecordLocator(conversation: conversation(1), epoch: 9))
        }), .tag(position: 0)
      ),
      (
        RogueRelease(alter: { $0.records.swapAt(0, 1) }), .chunk(.release, index: 0)
      ),
      (
        RogueRelease(alter: {
          $0.records[2] = ScopedRecord(position: 3, locator: $0.records[2].locator)
        }), .chunk(.release, index: 0)
      ),
    ]
    for (rogue, failure) in cases {
      let releases = [try scene.release("provider", rogue)] + honest
      let result = try scene.escrow.recover(scene.warrant, releases)
      #expect(result.keys == scene.keys)
      #expect(result.report.faults == [scene.fault(.holder(provider), failure)])
    }
  }

  @Test("A holder that names another roster for a deposit is named, and its word is not taken")
  func wrongRoster() throws {
    let first = try Escrow("and(judge, provider, agency)")
    let escrow = try Escrow(
      succeeding: first, policy: try AccessPolicy(parsing: "and(judge, or(provider, agency))"))
    let keys = try TestKey.run(2, conversation: conversation(1))
    let deposit = try escrow.deposit(keys).deposits[0].deposit.digest
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let rogue = try escrow.rogueRelease(
      warrant, by: "provider", RogueRelease(alter: { $0.depositRoster = first.roster.id }))
    let honest = try ["judge", "agency"].map { try escrow.release(warrant, by: $0) }
    let result = try escrow.recover(warrant, [rogue] + honest)
    #expect(result.keys == keys)
    #expect(
      result.report.faults == [
        RecoveryFault(
          culprit: .holder(rogue.body.holder), deposit: deposit, failure: .otherWarrant(rogue.body.holder))
      ])
  }

  @Test("A holder that signs another public digest is named when an authorised set agrees with the store")
  func wrongPublicDigest() throws {
    let scene = try Scene("and(thresh(2, judge:a, judge:b, judge:c), or(provider, agency))")
    let wrong = try SHA256.digest([1])
    let rogue = try scene.release("judge:a", RogueRelease(alter: { $0.publicDigest = wrong }))
    let honest = try ["judge:b", "judge:c", "agency"].map { try scene.release($0) }
    let result = try scene.escrow.recover(scene.warrant, [rogue] + honest)
    #expect(result.keys == scene.keys)
    #expect(
      result.report.faults == [scene.fault(.holder(rogue.body.holder), .publicDigest(rogue.body.holder))])
    // With no authorised set on either side nobody is accused.
    let split = try scene.escrow.recover(scene.warrant, [rogue, honest[0], honest[2]])
    #expect(split.keys == [])
    #expect(split.report.faults == [scene.fault(.disputed, .storeColumns(deposit: scene.deposit))])
    #expect(split.report.missing == 3)
  }

  // MARK: what a store can do

  @Test("A store that alters public columns is named")
  func storeColumns() throws {
    let scene = try Scene()
    let releases = [try scene.release("judge"), try scene.release("agency")]
    let wrong = try SHA256.digest([1])
    let alterations: [@Sendable (inout RecoveryView) -> Void] = [
      { $0.tags[0] ^= 1 }, { $0.commitments[95] ^= 1 }, { $0.shareColumnDigests[1] = wrong },
      { $0.tags.removeLast() }, { $0.commitments += [0] }, { $0.shareColumnDigests.removeLast() },
      { view in
        let header = view.header
        view.header = DepositHeader(
          suite: header.suite, isTest: header.isTest, rows: header.rows, count: header.count, sequence: 1,
          time: header.time, session: header.session, previous: header.previous)
      },
      { view in
        let header = view.header
        view.header = DepositHeader(
          suite: header.suite, isTest: header.isTest, rows: header.rows, count: header.count,
          sequence: header.sequence, time: header.time, session: header.previous.flipped,
          previous: header.previous)
      },
      { view in
        let header = view.header
        view.header = DepositHeader(
          suite: header.suite, isTest: !header.isTest, rows: header.rows, count: header.count,
          sequence: header.sequence,
          time: header.time, session: header.session, previous: header.previous)
      },
    ]
    for alter in alterations {
      let source = LyingRecoverySource(store: scene.escrow.store, alter: alter)
      let result = try scene.escrow.recover(scene.warrant, releases, from: source)
      #expect(result.keys == [])
      #expect(result.report.faults == [scene.fault(.store, .storeColumns(deposit: scene.deposit))])
      #expect(result.report.missing == 3)
    }
  }

  @Test("A store that lost a deposit is named, and the others' keys come out")
  func storeMissing() throws {
    let scene = try Scene()
    let more = try TestKey.run(2, conversation: conversation(1), from: 10)
    try scene.escrow.deposit(more)
    let releases = [try scene.release("judge"), try scene.release("agency")]
    let source = LyingRecoverySource(store: scene.escrow.store, missing: [scene.deposit])
    let result = try scene.escrow.recover(scene.warrant, releases, from: source)
    #expect(result.keys == more)
    #expect(result.report.faults == [scene.fault(.store, .storeColumns(deposit: scene.deposit))])
    #expect(result.report.missing == 3)
  }

  @Test("A store that alters share digests cannot shift the blame onto a holder")
  func storeShareDigests() throws {
    let scene = try Scene()
    let rogue = try scene.release("provider", RogueRelease(alter: { $0.shares[0] ^= 1 }))
    let judge = try scene.release("judge")
    let alterations: [@Sendable (inout [UInt8]) -> Void] = [{ $0[0] ^= 1 }, { $0.removeLast() }]
    for alter in alterations {
      let source = LyingRecoverySource(store: scene.escrow.store, alterShareDigests: alter)
      let result = try scene.escrow.recover(scene.warrant, [judge, rogue], from: source)
      #expect(result.keys == Array(scene.keys[1...]))
      #expect(result.report.faults == [scene.fault(.store, .storeColumns(deposit: scene.deposit))])
      #expect(result.report.missing == 1)
    }
  }

  @Test("A store that gives one holder false digests of the others' columns is named")
  func storeCiphertextDigests() throws {
    let scene = try Scene()
    let wrong = try SHA256.digest([1])
    // The store also files the deposit under the digest that follows, or the judge would notice.
    let deposit = try #require(scene.escrow.store.deposits.first { $0.deposit.digest == scene.deposit })
      .deposit
    var ciphertexts = try DepositLink(deposit).ciphertexts
    ciphertexts[2] = wrong
    var sha = try SHA256()
    let filed = try ColumnDigests.depositDigest(
      publicDigest: deposit.publicDigest, ciphertexts: ciphertexts, using: &sha)
    let misled = try scene.escrow.verifiedRelease(
      scene.warrant,
      try scene.escrow.releaseBytes(
        scene.warrant, by: "judge",
        from: LyingSource(
          store: scene.escrow.store,
          alter: { view in
            view.ciphertextDigests[2] = wrong
            view.digest = filed
          })))
    let agency = try scene.release("agency")
    let invented = try #require(misled.reader.entries.first?.subject)
    #expect(invented != scene.deposit)
    let result = try scene.escrow.recover(scene.warrant, [misled, agency])
    #expect(result.keys == [])
    #expect(
      result.report.faults == [
        RecoveryFault(culprit: .store, deposit: invented, failure: .storeColumns(deposit: invented))
      ])
    #expect(result.report.withoutQuorum == [scene.deposit])
  }

  @Test("A store that fails stops the recovery")
  func storeFails() throws {
    struct Failing: RecoverySource {
      func session(_ id: Digest) throws(EscrowError) -> UnverifiedSession? { nil }
      func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
        throw .storage(reason: "disk I/O error")
      }
      func shareDigests(_ digest: Digest, row: Int) throws(EscrowError) -> [UInt8]? { nil }
    }
    let scene = try Scene()
    let releases = [try scene.release("judge"), try scene.release("agency")]
    for jobs in [1, 2] {
      #expect(throws: EscrowError.storage(reason: "disk I/O error")) {
        try scene.escrow.recover(scene.warrant, releases, from: Failing(), jobs: jobs)
      }
    }
  }

  @Test("A store that hid records from some holders: what an authorised set released comes out")
  func hiddenRecords() throws {
    let scene = try Scene()
    func release(_ name: String, hiding hidden: UInt32) throws -> Release {
      try scene.escrow.verifiedRelease(
        scene.warrant,
        try scene.escrow.releaseBytes(
          scene.warrant, by: name,
          from: LyingSource(
            store: scene.escrow.store, alter: { $0.records.removeAll { $0.position == hidden } })))
    }
    // Record 2 hidden from the judge: gone. Record 0 from the agency, 1 from the provider: the other one has it.
    let releases = [
      try release("judge", hiding: 2), try release("agency", hiding: 0), try release("provider", hiding: 1),
    ]
    let result = try scene.escrow.recover(scene.warrant, releases)
    #expect(result.keys == Array(scene.keys[..<2]))
    #expect(result.report.missing == 1)
    #expect(result.report.withoutQuorum == [scene.deposit])
    #expect(result.report.faults == [])
    // Hidden from one of two, whose lists then differ in length.
    let shorter = try scene.escrow.recover(scene.warrant, [releases[1], try scene.release("judge")])
    #expect(shorter.keys == Array(scene.keys[1...]))
    #expect(shorter.report.missing == 1)
    // A whole deposit hidden from one.
    let hidden = RogueRelease(includes: { $0 != scene.deposit })
    let more = try TestKey.run(2, conversation: conversation(1), from: 10)
    try scene.escrow.deposit(more)
    let partial = try scene.escrow.recover(
      scene.warrant, [try scene.release("judge", hidden), try scene.release("agency")])
    #expect(partial.keys == more)
    #expect(partial.report.missing == 3)
    #expect(partial.report.withoutQuorum == [scene.deposit])
  }

  // MARK: what a depositor can do

  /// A scene whose depositor altered its deposit.
  private static func rogueScene(
    _ alter: (inout DepositParts) throws -> Void
  ) throws -> (escrow: Escrow, keys: [TestKey], deposit: Digest, warrant: UnverifiedWarrant) {
    let escrow = try Escrow()
    let keys = try TestKey.run(3, conversation: conversation(1))
    var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
    let listed = try rogue.deposit(keys, alter: alter)
    try escrow.store.accept(try rogue.submission([listed]), roster: escrow.roster)
    return (escrow, keys, listed.deposit.digest, try escrow.warrant(try escrow.body([conversation(1)])))
  }

  @Test("A commitment to another key is disputed, nobody's provable doing, and the other records come out")
  func wrongCommitment() throws {
    let (escrow, keys, deposit, warrant) = try Self.rogueScene { $0.commitments[32] ^= 1 }
    let releases = try ["judge", "provider", "agency"].map { try escrow.release(warrant, by: $0) }
    for releases in [releases, Array(releases[..<2])] {
      let result = try escrow.recover(warrant, releases)
      #expect(result.keys == [keys[0], keys[2]])
      #expect(result.report.missing == 1)
      #expect(
        result.report.faults == [
          RecoveryFault(culprit: .disputed, deposit: deposit, failure: .commitment(position: 1))
        ])
    }
  }

  @Test("A share dealt wrong and digested as dealt: the sets that do without it still give the key")
  func badDealing() throws {
    let (escrow, keys, deposit, warrant) = try Self.rogueScene { parts in
      parts.shares[1][40] ^= 1
      try parts.digestShares()
    }
    let judge = try escrow.release(warrant, by: "judge")
    let provider = try escrow.release(warrant, by: "provider")
    let agency = try escrow.release(warrant, by: "agency")
    for releases in [[judge, provider, agency], [agency, provider, judge], [judge, agency]] {
      #expect(try escrow.recover(warrant, releases).keys == keys)
    }
    let result = try escrow.recover(warrant, [judge, provider])
    #expect(result.keys == [keys[0], keys[2]])
    #expect(
      result.report.faults == [
        RecoveryFault(culprit: .disputed, deposit: deposit, failure: .commitment(position: 1))
      ])
  }

  // MARK: order and threads

  @Test("The result is the same for any number of threads, and all that comes out is right")
  func jobs() throws {
    let escrow = try Escrow()
    let keys = try TestKey.run(60, conversation: conversation(1))
    try escrow.deposit(keys, batch: 3)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let deposits = escrow.store.deposits.map(\.deposit.digest)
    // Every third deposit has a wrong share of the provider's, every fifth is missing in the store, and one release
    // lacks the last.
    let rogue = RogueRelease(
      alter: { chunk in
        if deposits.firstIndex(of: chunk.deposit).map({ $0 % 3 == 0 }) == true { chunk.shares[32] ^= 1 }
      }, includes: { $0 != deposits.last })
    let releases = [
      try escrow.rogueRelease(warrant, by: "provider", rogue), try escrow.release(warrant, by: "judge"),
    ]
    let lost = Set(deposits.indices.filter { $0 % 5 == 1 }.map { deposits[$0] })
    let source = LyingRecoverySource(store: escrow.store, missing: lost)
    let expected = deposits.indices.dropLast().filter { !lost.contains(deposits[$0]) }.flatMap { number in
      (0..<3).filter { number % 3 != 0 || $0 != 1 }.map { keys[3 * number + $0] }
    }
    let one = try escrow.recover(warrant, releases, from: source, jobs: 1)
    #expect(one.keys == expected)
    #expect(one.report.recovered == UInt64(expected.count))
    #expect(one.report.missing == UInt64(60 - expected.count))
    for jobs in [2, 5, 64, 1000, 0, -1] {
      let many = try escrow.recover(warrant, releases, from: source, jobs: jobs)
      #expect(many.keys == one.keys)
      #expect(many.report == one.report)
    }
    let helped = try escrow.recover(
      warrant, releases + [try escrow.release(warrant, by: "agency")], jobs: 5)
    #expect(helped.keys == keys)
  }

  @Test("What the receiver of keys throws stops the recovery")
  func emitThrows() throws {
    let escrow = try Escrow()
    try escrow.deposit(try TestKey.run(6, conversation: conversation(1)), batch: 2)
    let warrant = try escrow.warrant(try escrow.body([conversation(1)]))
    let verified = try warrant.verifiedForRecovery(by: escrow.roster)
    let releases = try ["judge", "agency"].map { try escrow.release(warrant, by: $0) }
    for jobs in [1, 3] {
      var calls = 0
      #expect(throws: EscrowError.file(reason: "no space left on device")) {
        _ = try Recovery.recover(
          warrant: verified, releases: releases, recipientKey: escrow.recipientKey.key, source: escrow.store,
          jobs: jobs
        ) { _, _ throws(EscrowError) in
          calls += 1
          throw .file(reason: "no space left on device")
        }
      }
      #expect(calls == 1)
    }
  }

  @Test("A record list that is none is refused")
  func recordLists() {
    let locator = RecordLocator.pack([RecordLocator(conversation: conversation(1), epoch: 0)])
    func list(_ positions: [UInt32], _ count: Int) -> RecordList? {
      let packed = positions.flatMap { DepositParts.bigEndian($0) + locator }
      return RecordList(packed.span, depositCount: count)
    }
    #expect(list([0, 1, 4095], 4096)?.positions == [0, 1, 4095])
    #expect(list([0, 0], 2) == nil)
    #expect(list([1, 0], 2) == nil)
    #expect(list([2], 2) == nil)
    #expect(list([.max], 4096) == nil)
  }
}

extension Digest {
  /// This digest with one bit changed.
  fileprivate var flipped: Digest {
    var bytes = bytes
    bytes[0] ^= 1
    return replaced(by: bytes)
  }
}
