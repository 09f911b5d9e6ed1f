import LibCrypto
import SecretMemory
import SecretSharing
import Testing

@testable import KeyEscrow

@Suite("Certificates: founded accusations hold, and nobody is framed")
struct BlameTests {
  static let unfounded = EscrowError.failedVerification(.certificateUnfounded)

  /// Three deposits of one rogue session, the first of which may be altered, under one signed head.
  struct Scene {
    let escrow: Escrow
    let keys: [TestKey]
    let session: UnverifiedSession
    let deposits: [Deposit]
    let head: UnverifiedHead

    init(
      alter: (inout DepositParts) throws -> Void = { _ in }, alterSealed: (inout [[UInt8]]) -> Void = { _ in }
    ) throws {
      escrow = try Escrow()
      keys = try TestKey.run(3, conversation: conversation(1))
      var rogue = try RogueSession(roster: escrow.roster, depositor: escrow.depositor)
      var listed = [try rogue.deposit(keys, alter: alter, alterSealed: alterSealed)]
      for epoch in UInt64(10)...11 {
        listed.append(try rogue.deposit([try TestKey.random(conversation: conversation(1), epoch: epoch)]))
      }
      session = rogue.session
      deposits = listed.map(\.deposit)
      head = try rogue.submission(listed).head
    }

    func evidence(_ number: Int = 0, later: [Int]? = nil) throws -> DepositEvidence {
      DepositEvidence(
        session: session, deposit: deposits[number],
        later: try (later ?? Array(deposits.indices.dropFirst(number + 1))).map {
          try DepositLink(deposits[$0])
        },
        head: head)
    }
  }

  static func publicPart(
    _ evidence: DepositEvidence, _ position: Int, _ key: TestKey, _ roster: Roster
  ) throws -> Blame {
    try BlameCertificate.checkPublicPart(
      evidence, position: position, locator: key.locator, uniformKey: key.key.span, roster: roster)
  }

  // MARK: evidence

  @Test("Evidence leads from the deposit to the signed head, link by link")
  func evidence() throws {
    let scene = try Scene(alter: { $0.shareDigests[0][0] ^= 1 })
    let key = scene.keys[0]
    func blame(_ evidence: DepositEvidence, roster: Roster? = nil) throws -> Blame {
      try Self.publicPart(evidence, 0, key, roster ?? scene.escrow.roster)
    }
    let judge = try scene.escrow.id("judge")
    #expect(
      try blame(scene.evidence()) == .depositorPublicPart(.shareDigest(judge, position: 0)))
    #expect(throws: EscrowError.failedVerification(.brokenChain(sequence: 2))) {
      try blame(scene.evidence(later: [2]))
    }
    #expect(throws: EscrowError.failedVerification(.brokenChain(sequence: 2))) {
      try blame(scene.evidence(later: [2, 1]))
    }
    #expect(throws: EscrowError.failedVerification(.depositDigest(sequence: 2))) {
      try blame(scene.evidence(later: [1]))
    }
    #expect(throws: EscrowError.failedVerification(.depositDigest(sequence: 2))) {
      try blame(scene.evidence(later: []))
    }
    // A head that the depositor did not sign, or for another number.
    let stranger = Escrow.DepositorBox(try Depositor.generate())
    let links = try [1, 2].map { try DepositLink(scene.deposits[$0]) }
    let forged = try UnverifiedHead(scene.head.head, signedBy: stranger.depositor)
    #expect(throws: EscrowError.failedVerification(.signatureMissing(.head, signer: "depositor"))) {
      try blame(
        DepositEvidence(session: scene.session, deposit: scene.deposits[0], later: links, head: forged))
    }
    let misnumbered = try UnverifiedHead(
      Head(session: scene.session.id, sequence: 3, deposit: scene.deposits[2].digest),
      signedBy: scene.escrow.depositor.depositor)
    #expect(throws: EscrowError.failedVerification(.depositDigest(sequence: 3))) {
      try blame(
        DepositEvidence(session: scene.session, deposit: scene.deposits[0], later: links, head: misnumbered))
    }
    // A deposit that the accuser altered is not the one in the chain.
    let honest = try Scene()
    var part = honest.deposits[0].publicPart.shareDigests
    part[0][0] ^= 1
    let deposit = honest.deposits[0]
    let framed = try Deposit(
      header: deposit.header, tags: deposit.publicPart.tags, commitments: deposit.publicPart.commitments,
      shareDigests: part, sealedColumns: deposit.sealedColumns)
    #expect(throws: EscrowError.failedVerification(.brokenChain(sequence: 1))) {
      try Self.publicPart(
        DepositEvidence(
          session: honest.session, deposit: framed, later: try honest.evidence().links, head: honest.head),
        0, honest.keys[0], honest.escrow.roster)
    }
    // Nor is a deposit of another session evidence, or a session of another roster.
    #expect(throws: Self.unfounded) {
      try blame(
        DepositEvidence(session: scene.session, deposit: deposit, later: links, head: scene.head))
    }
    #expect(throws: EscrowError.failedVerification(.sessionHolders)) {
      try blame(scene.evidence(), roster: honest.escrow.roster)
    }
  }

  // MARK: the member's

  @Test("A member convicts a depositor of a wrong share digest of its own key, and of nothing else")
  func member() throws {
    let scene = try Scene(alter: { $0.shareDigests[2][16] ^= 1 })
    let evidence = try scene.evidence()
    func blame(_ position: Int, _ locator: RecordLocator, _ key: [UInt8]) throws -> Blame {
      try Self.publicPart(evidence, position, TestKey(locator: locator, key: key), scene.escrow.roster)
    }
    let keys = scene.keys
    let agency = try scene.escrow.id("agency")
    #expect(
      try blame(1, keys[1].locator, keys[1].key) == .depositorPublicPart(.shareDigest(agency, position: 1)))
    // Right records, another's records, invented keys and pseudonyms.
    #expect(throws: Self.unfounded) { try blame(0, keys[0].locator, keys[0].key) }
    #expect(throws: Self.unfounded) { try blame(1, keys[0].locator, keys[0].key) }
    #expect(throws: Self.unfounded) { try blame(1, keys[1].locator, [UInt8](repeating: 7, count: 32)) }
    #expect(throws: Self.unfounded) {
      try blame(1, RecordLocator(conversation: conversation(2), epoch: 1), keys[1].key)
    }
    let reason = "its header does not fit its session"
    for position in [-1, 3, Int.max, Int.min] {
      #expect(throws: EscrowError.malformed(.deposit, reason: reason)) {
        try blame(position, keys[1].locator, keys[1].key)
      }
    }
    for count in [0, 31, 33] {
      #expect(throws: EscrowError.self) {
        try blame(1, keys[1].locator, [UInt8](repeating: 7, count: count))
      }
    }
  }

  @Test("A wrong tag or commitment convicts nobody: anyone can invent a key")
  func memberUnprovable() throws {
    for alter in [{ (parts: inout DepositParts) in parts.tags[0] ^= 1 }, { $0.commitments[0] ^= 1 }] {
      let scene = try Scene(alter: alter)
      let evidence = try scene.evidence()
      #expect(throws: Self.unfounded) {
        try Self.publicPart(evidence, 0, scene.keys[0], scene.escrow.roster)
      }
    }
  }

  // MARK: the holder's

  static func column(_ scene: Scene, _ holder: String, secretOf other: String? = nil) throws -> Blame {
    let session = try scene.session.verified(roster: scene.escrow.roster)
    let box = try scene.escrow.holder(other ?? holder)
    let secret = try BlameCertificate.discloseExporterSecret(of: session, by: box.holder)
    return try BlameCertificate.checkColumn(
      try scene.evidence(), holder: try scene.escrow.id(holder), exporterSecret: secret,
      roster: scene.escrow.roster)
  }

  @Test("A holder convicts a depositor of a column that does not open, or holds another share")
  func holder() throws {
    let garbled = try Scene(alterSealed: { $0[1][5] ^= 1 })
    let provider = try garbled.escrow.id("provider")
    #expect(try Self.column(garbled, "provider") == .depositorColumn(.sealedColumn(provider)))
    #expect(throws: Self.unfounded) { try Self.column(garbled, "judge") }
    let wrong = try Scene(alter: { $0.shares[1][64] ^= 1 })
    #expect(try Self.column(wrong, "provider") == .depositorColumn(.shareDigest(provider, position: 2)))
    #expect(throws: Self.unfounded) { try Self.column(wrong, "agency") }
    // The secret, from which all its shares of the session follow, is disclosed on that ground only.
    func disclose(_ name: String) throws {
      let box = try wrong.escrow.holder(name)
      _ = try BlameCertificate.discloseExporterSecret(
        against: try wrong.evidence(), by: box.holder, roster: wrong.escrow.roster)
    }
    try disclose("provider")
    #expect(throws: Self.unfounded) { try disclose("agency") }
  }

  @Test("A holder cannot frame a depositor with another secret: the session's confirmation tells")
  func holderFrames() throws {
    let scene = try Scene()
    let judge = try scene.escrow.id("judge")
    #expect(throws: Self.unfounded) { try Self.column(scene, "judge") }
    // Under an invented secret the good column would not open, as under any key that AES-GCM did not seal with.
    let invented = try SystemRandom().secret(32)
    #expect(throws: EscrowError.failedVerification(.confirmation(judge))) {
      try BlameCertificate.checkColumn(
        try scene.evidence(), holder: judge, exporterSecret: invented, roster: scene.escrow.roster)
    }
    #expect(throws: EscrowError.failedVerification(.confirmation(judge))) {
      try Self.column(scene, "judge", secretOf: "agency")
    }
    let stranger = try HolderID(parsing: "judge:x")
    #expect(throws: EscrowError.warrantRefused(.unknownHolder(stranger))) {
      try BlameCertificate.checkColumn(
        try scene.evidence(), holder: stranger, exporterSecret: invented, roster: scene.escrow.roster)
    }
    // Whoever has no key of the session's roster has nothing to disclose.
    let other = try Escrow().holder("judge")
    let session = try scene.session.verified(roster: scene.escrow.roster)
    #expect(
      throws: EscrowError.warrantRefused(.sealingKeyMissing(judge, roster: scene.escrow.roster.id))
    ) { _ = try BlameCertificate.discloseExporterSecret(of: session, by: other.holder) }
  }

  // MARK: the recipient's

  static func release(
    _ scene: RecoveryTests.Scene, _ release: Release, publicPart: PublicPart? = nil,
    warrant: UnverifiedWarrant? = nil, key: Escrow.KeyBox? = nil
  ) throws -> Blame {
    try BlameCertificate.checkRelease(
      release, warrant: try (warrant ?? scene.warrant).verifiedForRecovery(by: scene.escrow.roster),
      recipientKey: (key ?? scene.escrow.recipientKey).key,
      publicPart: publicPart ?? scene.escrow.store.deposits[0].deposit.publicPart)
  }

  @Test("A recipient convicts a holder of a wrong share, and of a release that does not open")
  func recipient() throws {
    let scene = try RecoveryTests.Scene()
    let agency = try scene.escrow.id("agency")
    let wrong = try scene.release("agency", RogueRelease(alter: { $0.shares[64] ^= 1 }))
    #expect(try Self.release(scene, wrong) == .holderRelease(agency, .shareDigest(agency, position: 2)))
    for rogue in [
      RogueRelease(sealedAs: "provider"), RogueRelease(alterSealed: { $0[0] ^= 1 }),
      RogueRelease(encapsulation: [UInt8](repeating: 0, count: 32)),
    ] {
      let closed = try scene.release("agency", rogue)
      #expect(try Self.release(scene, closed) == .holderRelease(agency, .releaseDoesNotOpen(agency)))
    }
  }

  @Test("A recipient cannot frame a holder")
  func recipientFrames() throws {
    let scene = try RecoveryTests.Scene()
    let good = try scene.release("agency")
    #expect(throws: Self.unfounded) { try Self.release(scene, good) }
    // With another key, another public part, or for another warrant.
    let other = Escrow.KeyBox(try X25519PrivateKey.generate())
    #expect(throws: EscrowError.failedVerification(.recipientKey)) {
      try Self.release(scene, good, key: other)
    }
    let part = scene.escrow.store.deposits[0].deposit.publicPart
    var digests = part.shareDigests
    digests[2][0] ^= 1
    let framed = PublicPart(
      header: part.header, tags: part.tags, commitments: part.commitments, shareDigests: digests)
    #expect(throws: Self.unfounded) { try Self.release(scene, good, publicPart: framed) }
    let another = try scene.escrow.warrant(try scene.escrow.body([conversation(1)]))
    #expect(throws: Self.unfounded) { try Self.release(scene, good, warrant: another) }
    // Nor does a chunk altered after the holder signed it convict the holder.
    var bytes = try scene.escrow.releaseBytes(scene.warrant, by: "agency")
    bytes[bytes.count - 1] ^= 1
    let carried = try scene.escrow.verifiedRelease(scene.warrant, bytes)
    #expect(throws: EscrowError.malformed(.release, reason: "chunk 0 is not the one its holder signed")) {
      try Self.release(scene, carried)
    }
    // The shares of two holders differ, and each is judged by its own row.
    #expect(throws: Self.unfounded) { try Self.release(scene, try scene.release("judge")) }
  }
}
