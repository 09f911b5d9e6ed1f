import LibCrypto
import Testing
import TransparencyLog

@Suite struct WitnessTests {
  let fixture: LogFixture
  let memory: TemporaryDirectory
  let log: LogIdentity

  init() throws {
    fixture = try LogFixture()
    memory = try TemporaryDirectory()
    log = try fixture.identity()
  }

  private func open() throws -> Witness {
    try Witness.open(at: memory.path, signer: WitnessFixture.signer(0), logs: [log], waiting: false)
  }

  /// The size that the witness remembers.
  private func rememberedSize() throws -> UInt64? {
    try open().latest(origin: fixture.origin)?.checkpoint.size
  }

  @Test func followsALogAndRemembersWhereItServesIt() throws {
    var log = try fixture.create()
    #expect(try rememberedSize() == nil)
    for size in [0, 1, 5, 300, 600] {
      try fixture.append(Int(log.nextIndex)..<size, to: &log)
      var witness = try open()
      let line = try witness.cosign(fixture.source, at: UInt64(1000 + size))
      let latest = try witness.latest(origin: fixture.origin)
      let remembered = try #require(latest)
      let published = log.checkpoint
      #expect(remembered.checkpoint == published.checkpoint)
      #expect(remembered.note.signatures == published.note.signatures + [line])
      let name = try SHA256.digest(Array(fixture.origin.utf8)).hex + "/checkpoint"
      #expect(try memory.contents() == [name: remembered.note.bytes])
    }
    #expect(try rememberedSize() == 600)
  }

  @Test func cosignsTheSameCheckpointAgain() throws {
    let note = try fixture.make(size: 3).note
    var witness = try open()
    let first = try witness.cosign(note, from: 0, proof: [], at: 1)
    let second = try witness.cosign(note, from: 3, proof: [], at: 1)
    let third = try witness.cosign(note, from: 3, proof: [], at: 2)
    #expect(first == second)
    #expect(first != third)
  }

  /// Expects that the witness refuses, and that it remembers what it did before.
  private func refused(
    _ error: LogError, _ note: UnverifiedNote, from size: UInt64, _ proof: [Digest], at time: UInt64 = 7,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try memory.contents()
    #expect(throws: error, sourceLocation: sourceLocation) {
      var witness = try open()
      _ = try witness.cosign(note, from: size, proof: proof, at: time)
    }
    #expect(try memory.contents() == before, sourceLocation: sourceLocation)
  }

  private func cosign(_ note: UnverifiedNote, from size: UInt64, _ proof: [Digest], at time: UInt64 = 7)
    throws
  {
    var witness = try open()
    _ = try witness.cosign(note, from: size, proof: proof, at: time)
  }

  @Test func everyRuleOfAddCheckpointIsKept() throws {
    var tiled = try fixture.create()
    let empty = tiled.checkpoint.note
    try fixture.append(0..<5, to: &tiled)
    let five = tiled.checkpoint
    try fixture.append(5..<9, to: &tiled)
    let nine = tiled.checkpoint.note
    let proof = try fixture.reader().consistencyProof(from: five.checkpoint)

    try refused(.staleRequest(latestSize: 0), five.note, from: 3, [])
    try refused(.consistencyNotProven, five.note, from: 0, proof)
    try cosign(empty, from: 0, [])
    try cosign(five.note, from: 0, [])
    try refused(.outOfRange(9, size: 5), five.note, from: 9, [])
    try refused(.staleRequest(latestSize: 5), nine, from: 0, [])
    try refused(.staleRequest(latestSize: 5), nine, from: 4, proof)
    try refused(.staleRequest(latestSize: 5), empty, from: 0, [])
    try refused(.consistencyNotProven, nine, from: 5, [])
    try refused(.consistencyNotProven, nine, from: 5, proof.dropLast())
    try refused(.consistencyNotProven, five.note, from: 5, proof)
    try cosign(nine, from: 5, proof)
    try refused(.outOfRange(9, size: 5), five.note, from: 9, [])
    try refused(.staleRequest(latestSize: 9), five.note, from: 5, [])

    let latest = UInt64(Int64.max)
    try refused(.outOfRange(latest + 1, size: latest), nine, from: 9, [], at: latest + 1)
    try cosign(nine, from: 9, [], at: latest)
  }

  @Test func onlyKnownLogsAreCosigned() throws {
    let note = try fixture.make(size: 3).note
    var altered = try UnverifiedNote(text: note.text.replacing("\n3\n", with: "\n4\n"))
    for line in note.signatures { altered.add(line) }
    try refused(.note(.badSignature(name: fixture.origin)), altered, from: 0, [])
    try refused(.note(.unsigned), UnverifiedNote(text: note.text), from: 0, [])
    let stranger = try NoteSigner(name: "stranger.example", key: Ed25519PrivateKey.generate())
    let foreign = try Checkpoint(origin: "stranger.example", size: 0, root: TreeHasher.emptyRoot())
    var foreignNote = try UnverifiedNote(text: foreign.text)
    foreignNote.add(try stranger.sign(foreign.text))
    try refused(.wrongOrigin, foreignNote, from: 0, [])
  }

  /// The same key signs two histories: the second is refused, whichever way it is offered.
  @Test func aRewrittenHistoryIsNotCosigned() throws {
    try fixture.make(size: 300)
    do {
      var witness = try open()
      _ = try witness.cosign(fixture.source, at: 1)
    }
    func refused(_ source: LogDirectory) {
      #expect(throws: LogError.consistencyNotProven) {
        var witness = try open()
        _ = try witness.cosign(source, at: 2)
      }
    }
    for range in [1..<301, 1..<501, 1..<101] {
      let fork = try LogFixture()
      var log = try fork.create()
      try fork.append(range, to: &log)
      refused(fork.source)
    }
    // A log that starts as the old one did is an extension of it; the old one is then a rollback.
    let same = try LogFixture()
    try same.make(size: 301)
    do {
      var witness = try open()
      _ = try witness.cosign(same.source, at: 2)
    }
    refused(fixture.source)
    #expect(try rememberedSize() == 301)
  }

  @Test func strangersLinesAreNotKept() throws {
    var note = try fixture.make(size: 3).note
    let lines = note.signatures
    note.add(try NoteSignature(name: "spam", keyID: 1, signature: [UInt8](repeating: 0, count: 5000)))
    var witness = try open()
    let line = try witness.cosign(note, from: 0, proof: [], at: 1)
    let remembered = try witness.latest(origin: fixture.origin)
    #expect(remembered?.note.signatures == lines + [line])
  }

  @Test func anAlteredMemoryStopsTheWitness() throws {
    try fixture.make(size: 3)
    do {
      var witness = try open()
      _ = try witness.cosign(fixture.source, at: 1)
    }
    let files = try memory.files()
    let name = try #require(files.first)
    let original = try memory.read(name)
    // Also: what the log signed, and the witness did not.
    var versions = [[], Array("x\n".utf8), try fixture.directory.read("log/checkpoint"), original.dropLast()]
    for position in original.indices {
      var altered = original
      altered[position] ^= 1
      versions.append(altered)
    }
    for bytes in versions {
      try memory.write(bytes, to: name)
      #expect(throws: LogError.corrupt(path: name)) { try rememberedSize() }
      #expect(throws: LogError.corrupt(path: name)) {
        var witness = try open()
        _ = try witness.cosign(fixture.source, at: 2)
      }
    }
    try memory.write(original, to: name)
    #expect(try rememberedSize() == 3)
  }

  @Test func oneProcessAtATime() throws {
    let witness = try open()
    #expect(throws: LogError.locked) { _ = try open() }
    _ = consume witness
    _ = try open()
  }
}
