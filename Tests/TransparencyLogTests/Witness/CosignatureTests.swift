import LibCrypto
import Testing
import TransparencyLog

@Suite struct CosignatureTests {
  let fixture: LogFixture
  let note: UnverifiedNote
  let log: LogIdentity

  init() throws {
    fixture = try LogFixture()
    note = try fixture.make(size: 3).note
    log = try fixture.identity()
  }

  @Test func theSignedMessageIsTheSpecifications() throws {
    let line = try WitnessFixture.cosignature(0, of: note, log: log, at: 1_679_315_147)
    let key = try WitnessFixture.key(0)
    #expect(line.name == key.name)
    #expect(line.keyID == key.keyID)
    #expect(line.signature.count == 72)
    #expect(Array(line.signature[..<8]) == [0, 0, 0, 0, 0x64, 0x18, 0x50, 0xCB])

    let message = Array("cosignature/v1\ntime 1679315147\n\(note.text)".utf8)
    let signature = Array(line.signature[8...])
    let isValid = try key.publicKey.isValid(signature: signature.span, for: message.span)
    #expect(isValid)
    let digest = try SHA256.digest(Array(key.name.utf8) + [0x0A, 0x04] + key.publicKey.bytes)
    #expect(line.keyID == digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
  }

  @Test func keysAreReadAndWrittenAndTheirTypesKeptApart() throws {
    let key = try WitnessFixture.key(0)
    #expect(try CosignatureVerifierKey(vkey: key.vkey) == key)
    #expect(key.description == key.vkey)
    let note = try NoteVerifierKey(name: key.name, publicKey: key.publicKey)
    #expect(note.keyID != key.keyID)
    #expect(throws: NoteError.invalidKey) { try NoteVerifierKey(vkey: key.vkey) }
    #expect(throws: NoteError.invalidKey) { try CosignatureVerifierKey(vkey: note.vkey) }
    #expect(throws: NoteError.invalidName) {
      try CosignatureVerifierKey(name: "a b", publicKey: key.publicKey)
    }
  }

  private func witnessed(_ lines: [NoteSignature], _ rule: String = "quorum W0") throws -> WitnessedCheckpoint
  {
    var note = note
    for line in lines { note.add(line) }
    let read = try UnverifiedNote(parsing: note.bytes.span)
    return try read.witnessedCheckpoint(by: WitnessFixture.policy(log: log, count: 2, rule))
  }

  @Test func aCosignedCheckpointIsWitnessed() throws {
    let line = try WitnessFixture.cosignature(0, of: note, log: log, at: 1000)
    let checkpoint = try witnessed([line])
    #expect(checkpoint.witnessTime == 1000)
    #expect(checkpoint.times == [try WitnessFixture.key(0): 1000])
    #expect(checkpoint.checkpoint.size == 3)
    #expect(checkpoint.signed.log == log)
  }

  @Test func theLatestOfSeveralCosignaturesOfAWitnessCounts() throws {
    let lines = try [1000, 3000, 2000].map { try WitnessFixture.cosignature(0, of: note, log: log, at: $0) }
    #expect(try witnessed(lines).witnessTime == 3000)
  }

  @Test func withoutTheQuorumItIsNot() throws {
    let other = try WitnessFixture.cosignature(1, of: note, log: log, at: 1000)
    let unknown = try WitnessFixture.cosignature(5, of: note, log: log, at: 1000)
    for lines in [[], [other], [unknown], [other, unknown]] {
      #expect(throws: LogError.quorumNotReached) { try witnessed(lines) }
    }
    let unneeded = try witnessed([other, unknown], "quorum none")
    #expect(unneeded.witnessTime == nil)
    #expect(unneeded.times == [try WitnessFixture.key(1): 1000])
  }

  @Test func aWrongCosignatureOfAKnownWitnessIsFatal() throws {
    let right = try WitnessFixture.cosignature(0, of: note, log: log, at: 1000)
    let key = try WitnessFixture.key(1)
    let another = try LogFixture()
    let elsewhere = try WitnessFixture.cosignature(
      1, of: another.make(size: 4).note, log: another.identity(), at: 1000)
    func line(_ signature: [UInt8]) throws -> NoteSignature {
      try NoteSignature(name: key.name, keyID: key.keyID, signature: signature)
    }
    let valid = try WitnessFixture.cosignature(1, of: note, log: log, at: 1000).signature
    var wrong = [
      elsewhere, try line(Array(valid.dropLast())), try line(valid + [0]), try line([1]),
      // The bare signature, as of type 0x01.
      try line(Array(valid[8...])),
    ]
    // Every byte of the time and of the signature counts; the first bit of the time makes it 2^63 or more.
    for position in valid.indices {
      for bit in [1, 0x80] as [UInt8] {
        var flipped = valid
        flipped[position] ^= bit
        wrong.append(try line(flipped))
      }
    }
    for line in wrong {
      // The quorum is W0 alone, and reached: still the note is refused.
      #expect(throws: LogError.note(.badSignature(name: key.name))) { try witnessed([right, line]) }
    }
  }

  @Test func aCosignatureIsNoSignatureOfTheLog() throws {
    // One key in both parts, which nobody should do: the key ids and the messages still differ.
    let signer = try fixture.signer()
    let directory = try TemporaryDirectory()
    var witness = try Witness.open(at: directory.path, signer: fixture.signer(), logs: [log])
    let cosignature = try witness.cosign(note, from: 0, proof: [], at: 1)
    var cosigned = try UnverifiedNote(text: note.text)
    cosigned.add(cosignature)
    #expect(throws: LogError.note(.unsigned)) { try cosigned.verifiedCheckpoint(of: log) }
    let relabelled = try NoteSignature(
      name: signer.name, keyID: signer.verifierKey.keyID, signature: Array(cosignature.signature[8...]))
    var forged = try UnverifiedNote(text: note.text)
    forged.add(relabelled)
    #expect(throws: LogError.note(.badSignature(name: fixture.origin))) {
      try forged.verifiedCheckpoint(of: log)
    }
  }
}
