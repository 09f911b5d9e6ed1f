import LibCrypto
import Testing
import TransparencyLog

@Suite struct CheckpointTests {
  /// The example of C2SP tlog-checkpoint.
  static let example = """
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    """

  let key: NoteVerifierKey
  let note: UnverifiedNote

  init() throws {
    let signer = try NoteSigner(name: "example.com/behind-the-sofa", key: Ed25519PrivateKey.generate())
    var note = try UnverifiedNote(text: Self.example)
    note.add(try signer.sign(Self.example))
    key = signer.verifierKey
    self.note = note
  }

  @Test func readsAndWritesTheSpecificationsExample() throws {
    let checkpoint = try Checkpoint(parsing: Self.example)
    #expect(checkpoint.origin == "example.com/behind-the-sofa")
    #expect(checkpoint.size == 20_852_163)
    #expect(checkpoint.root.hex == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62")
    #expect(checkpoint.extensions.isEmpty)
    #expect(checkpoint.text == Self.example)
    #expect(
      try Checkpoint(origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root) == checkpoint)
  }

  @Test func keepsExtensionLines() throws {
    let text = Self.example + "one\n— two\n"
    let checkpoint = try Checkpoint(parsing: text)
    #expect(checkpoint.extensions == ["one", "— two"])
    #expect(checkpoint.text == text)
    #expect(try checkpoint != Checkpoint(parsing: Self.example))
  }

  static let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

  @Test(arguments: [
    "", "\n", "o\n", "o\n1\n", "\n1\n\(root)\n", "o\n1\n\(root)", "o\n1\n\(root)\n\n", "o\n1\n\(root)\n\nx\n",
    "o\n\n\(root)\n", "o\n01\n\(root)\n", "o\n00\n\(root)\n", "o\n+1\n\(root)\n", "o\n-1\n\(root)\n",
    "o\n 1\n\(root)\n", "o\n1 \n\(root)\n", "o\n0x1\n\(root)\n", "o\n1e3\n\(root)\n", "o\n١\n\(root)\n",
    "o\n9223372036854775808\n\(root)\n", "o\n18446744073709551616\n\(root)\n",
    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",  // no padding
    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",  // unused bits set
    "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n",  // 31 bytes
    "o\n1\n\(root)\r\n", "o\r\n1\n\(root)\n", "o\t\n1\n\(root)\n",
  ])
  func refusesAnyOtherText(text: String) {
    #expect(throws: LogError.malformedCheckpoint) { try Checkpoint(parsing: text) }
  }

  @Test func sizesAreBounded() throws {
    let largest = try Checkpoint(parsing: "o\n9223372036854775807\n\(Self.root)\n")
    #expect(largest.size == MerkleTree.maximumSize)
    for origin in ["", "a\nb", "a\u{0}"] {
      #expect(throws: LogError.malformedCheckpoint) {
        try Checkpoint(origin: origin, size: 0, root: largest.root)
      }
    }
    #expect(throws: LogError.malformedCheckpoint) {
      try Checkpoint(origin: "o", size: MerkleTree.maximumSize + 1, root: largest.root)
    }
  }

  // MARK: Verification

  @Test func theLogsSignatureMakesItVerified() throws {
    let log = LogIdentity(key: key)
    let verified = try note.verifiedCheckpoint(of: log)
    #expect(verified.checkpoint.text == Self.example)
    #expect(verified.log == log)
    #expect(verified.note == note)
  }

  @Test func anotherOriginIsRefusedEvenUnderTheSameKey() {
    let other = LogIdentity(origin: "example.com/other", key: key)
    #expect(throws: LogError.wrongOrigin) { try note.verifiedCheckpoint(of: other) }
    #expect(throws: LogError.wrongOrigin) { try note.verifiedCheckpoint(by: []) }
  }

  @Test func anotherKeyIsRefused() throws {
    let stranger = try Ed25519PrivateKey.generate().publicKey
    let log = LogIdentity(key: try NoteVerifierKey(name: key.name, publicKey: stranger))
    #expect(throws: LogError.note(.unsigned)) { try note.verifiedCheckpoint(of: log) }
    // Beside the right one it does no harm.
    #expect(try note.verifiedCheckpoint(by: [log, LogIdentity(key: key)]).log.key == key)
  }

  @Test func aWrongSignatureIsFatal() throws {
    let altered = Self.example.replacing("20852163", with: "20852164")
    var forged = try UnverifiedNote(text: altered)
    for signature in note.signatures { forged.add(signature) }
    #expect(throws: LogError.note(.badSignature(name: key.name))) {
      try forged.verifiedCheckpoint(of: LogIdentity(key: key))
    }
  }

  @Test func aSignedTextThatIsNoCheckpointIsRefused() throws {
    let signer = try NoteSigner(name: "o", key: Ed25519PrivateKey.generate())
    var note = try UnverifiedNote(text: "o\n")
    note.add(try signer.sign("o\n"))
    #expect(throws: LogError.malformedCheckpoint) {
      try note.verifiedCheckpoint(of: LogIdentity(key: signer.verifierKey))
    }
  }

  // MARK: Extension

  @Test func extensionIsCheckedFromTheFirstSightOn() throws {
    let tree = try ReferenceTree(count: 12)
    func checkpoint(_ size: Int, origin: String = "o", root: Digest? = nil) throws -> Checkpoint {
      try Checkpoint(origin: origin, size: UInt64(size), root: root ?? tree.root(0..<size))
    }
    let proof = try tree.proof(5, 12)
    try checkpoint(12).verifyExtension(of: checkpoint(5), proof: proof)
    try checkpoint(5).verifyExtension(of: checkpoint(5), proof: [])
    try checkpoint(12).verifyExtension(of: checkpoint(0), proof: [])
    try checkpoint(0).verifyExtension(of: checkpoint(0), proof: [])

    #expect(throws: LogError.wrongOrigin) {
      try checkpoint(12).verifyExtension(of: checkpoint(5, origin: "p"), proof: proof)
    }
    func refused(_ new: Checkpoint, _ old: Checkpoint, _ proof: [Digest]) {
      #expect(throws: LogError.consistencyNotProven) { try new.verifyExtension(of: old, proof: proof) }
    }
    try refused(checkpoint(12), checkpoint(5), [])
    try refused(checkpoint(12), checkpoint(6), proof)
    try refused(checkpoint(5), checkpoint(12), proof)
    try refused(checkpoint(5, root: tree.root(1..<6)), checkpoint(5), [])
    try refused(checkpoint(12), checkpoint(0), proof)
    try refused(checkpoint(12), checkpoint(0, root: tree.root(0..<1)), [])
    try refused(checkpoint(0, root: tree.root(0..<1)), checkpoint(0), [])
    try refused(checkpoint(0), checkpoint(12), [])
  }
}
