import LibCrypto
import Testing
import TransparencyLog

@Suite struct TransparencyProofTests {
  let fixture: LogFixture
  let log: LogIdentity
  let proof: TransparencyProof
  let policy: WitnessPolicy
  let entry = LogFixture.entry(41)

  /// The proof that entry 41 of 300 is in the log, cosigned by two witnesses of three.
  init() throws {
    fixture = try LogFixture()
    var note = try fixture.make(size: 300).note
    log = try fixture.identity()
    for (witness, time) in [(0, 1000), (2, 2000)] as [(Int, UInt64)] {
      note.add(try WitnessFixture.cosignature(witness, of: note, log: log, at: time))
    }
    let hashes = try fixture.reader().inclusionProof(of: 41)
    proof = try TransparencyProof(index: 41, hashes: hashes, checkpoint: note)
    policy = try WitnessFixture.policy(log: log, count: 3, "group G 2 W0 W1 W2\nquorum G")
  }

  private func parse(_ bytes: [UInt8]) throws -> TransparencyProof {
    try TransparencyProof(parsing: bytes.span)
  }

  private func verify(_ proof: TransparencyProof, _ entry: [UInt8]? = nil) throws -> LoggedEntry {
    let bytes = entry ?? self.entry
    return try proof.verified(entry: bytes.span, by: policy)
  }

  private func base64(_ digest: Digest) -> String { digest.withBytes { Base64.encode($0) } }

  @Test func isWrittenAsTheSpecificationSaysAndReadBack() throws {
    let note = String(decoding: proof.checkpoint.bytes, as: UTF8.self)
    let hashes = proof.hashes.map { base64($0) + "\n" }.joined()
    #expect(proof.hashes.count == 9)
    #expect(
      String(decoding: proof.bytes, as: UTF8.self) == "c2sp.org/tlog-proof@v1\nindex 41\n\(hashes)\n\(note)")
    #expect(try parse(proof.bytes) == proof)

    let extra = try TransparencyProof(
      index: 41, hashes: proof.hashes, checkpoint: proof.checkpoint, extra: Array("salt".utf8))
    let text = String(decoding: extra.bytes, as: UTF8.self)
    #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 41\n"))
    #expect(try parse(extra.bytes) == extra)
    #expect(extra != proof)
  }

  @Test func verifiesTheEntryOffline() throws {
    let logged = try verify(parse(proof.bytes))
    #expect(logged.index == 41)
    #expect(logged.leaf == (try ReferenceTree.leaf(entry)))
    #expect(logged.checkpoint.witnessTime == 1000)
    #expect(logged.checkpoint.checkpoint.size == 300)
  }

  @Test func aTreeOfOneEntryNeedsNoHashes() throws {
    let one = try LogFixture()
    let note = try one.make(size: 1).note
    let proof = try TransparencyProof(index: 0, hashes: [], checkpoint: note)
    let read = try parse(proof.bytes)
    let policy = try WitnessFixture.policy(log: one.identity(), count: 0, "quorum none")
    let entry = LogFixture.entry(0)
    let logged = try read.verified(entry: entry.span, by: policy)
    #expect(logged.checkpoint.witnessTime == nil)
  }

  @Test func everyPartIsChecked() throws {
    #expect(throws: LogError.inclusionNotProven) { try verify(proof, LogFixture.entry(42)) }
    #expect(throws: LogError.inclusionNotProven) { try verify(proof, []) }
    for index in [0, 40, 42, 299, 300, UInt64(Int64.max) - 1] as [UInt64] {
      let moved = try TransparencyProof(index: index, hashes: proof.hashes, checkpoint: proof.checkpoint)
      #expect(throws: LogError.inclusionNotProven) { try verify(moved) }
    }
    let short = try TransparencyProof(
      index: 41, hashes: proof.hashes.dropLast(), checkpoint: proof.checkpoint)
    #expect(throws: LogError.inclusionNotProven) { try verify(short) }

    /// The proof with these lines of its checkpoint alone.
    func keeping(_ lines: some Sequence<NoteSignature>) throws -> TransparencyProof {
      var note = try UnverifiedNote(text: proof.checkpoint.text)
      for line in lines { note.add(line) }
      return try TransparencyProof(index: 41, hashes: proof.hashes, checkpoint: note)
    }
    let lines = proof.checkpoint.signatures
    #expect(throws: LogError.quorumNotReached) { try verify(keeping(lines.dropLast())) }
    #expect(throws: LogError.note(.unsigned)) { try verify(keeping(lines.dropFirst())) }

    let stranger = LogIdentity(
      key: try NoteVerifierKey(name: "other.example", publicKey: log.key.publicKey))
    let others = try WitnessFixture.policy(log: stranger, count: 3, "group G 2 W0 W1 W2\nquorum G")
    #expect(throws: LogError.wrongOrigin) { try proof.verified(entry: entry.span, by: others) }
  }

  @Test func refusesWhatIsNoProof() throws {
    let text = String(decoding: proof.bytes, as: UTF8.self)
    let hash = base64(proof.hashes[0])
    let index = "index 41\n"
    for altered in [
      "", "\n\n", " " + text, text.replacing("\n", with: "\r\n"), text.replacing("@v1", with: "@v2"),
      text.replacing("c2sp.org/tlog-proof@v1\n", with: ""),
      text.replacing(index, with: ""), text.replacing(index, with: "index\n"),
      text.replacing(index, with: "index 041\n"), text.replacing(index, with: "index -1\n"),
      text.replacing(index, with: "Index 41\n"), text.replacing(index, with: index + index),
      text.replacing(index, with: "index 9223372036854775807\n"),
      text.replacing(index, with: index + "extra c2FsdA==\n"),
      text.replacing(index, with: "extra\n" + index), text.replacing(index, with: "extra \n" + index),
      text.replacing(index, with: "extra c2FsdB==\n" + index),
      text.replacing(index, with: "extra c2FsdA==\nextra c2FsdA==\n" + index),
      text.replacing(hash, with: String(hash.dropLast(4))), text.replacing(hash, with: hash + "AAAA"),
      text.replacing(index, with: index + String(repeating: hash + "\n", count: 55)),
    ] {
      let bytes = Array(altered.utf8)
      #expect(throws: LogError.malformedProof, "\(altered.prefix(80))") {
        try TransparencyProof(parsing: bytes.span)
      }
    }
    let most = text.replacing(index, with: index + String(repeating: hash + "\n", count: 54))
    #expect(try parse(Array(most.utf8)).hashes.count == TransparencyProof.maximumHashCount)
    // The checkpoint ends the file, so what stands there must be a note.
    let noNote = Array(text.prefix { $0 != "—" }.utf8)
    #expect(throws: LogError.note(.malformed(.noSignatureLine))) { try parse(noNote) }
    // And a checkpoint, whoever signed it.
    let signatures = proof.checkpoint.bytes.dropFirst(proof.checkpoint.text.utf8.count)
    let note = Array("another text\n".utf8) + signatures
    let noCheckpoint = try UnverifiedNote(parsing: note.span)
    let head = Array((text.split(separator: "\n\n", maxSplits: 1)[0] + "\n\n").utf8)
    #expect(throws: LogError.malformedCheckpoint) { try parse(head + note) }
    #expect(throws: LogError.malformedCheckpoint) {
      try TransparencyProof(index: 41, hashes: proof.hashes, checkpoint: noCheckpoint)
    }
  }

  @Test func sizesAreBoundedOnBothSides() throws {
    let room = TransparencyProof.maximumByteCount - proof.bytes.count - "extra \n".utf8.count
    let extra = [UInt8](repeating: 0, count: room / 4 * 3)
    let largest = try TransparencyProof(
      index: 41, hashes: proof.hashes, checkpoint: proof.checkpoint, extra: extra)
    #expect(try parse(largest.bytes) == largest)
    #expect(throws: LogError.malformedProof) {
      try TransparencyProof(
        index: 41, hashes: proof.hashes, checkpoint: proof.checkpoint, extra: extra + [0, 0, 0])
    }
    #expect(throws: LogError.malformedProof) { try parse(largest.bytes + [UInt8](repeating: 10, count: 8)) }
    #expect(throws: LogError.malformedProof) {
      try TransparencyProof(
        index: 0, hashes: Array(repeating: proof.hashes[0], count: 64), checkpoint: proof.checkpoint)
    }
    #expect(throws: LogError.malformedProof) {
      try TransparencyProof(index: MerkleTree.maximumSize, hashes: [], checkpoint: proof.checkpoint)
    }
    #expect(throws: LogError.malformedProof) {
      try TransparencyProof(index: 0, hashes: [], checkpoint: UnverifiedNote(text: "x\n"))
    }
  }

  @Test func noTruncationVerifies() throws {
    let bytes = proof.bytes
    for length in bytes.indices {
      #expect(throws: LogError.self, "prefix of \(length) bytes") {
        try verify(parse(Array(bytes[..<length])))
      }
    }
  }

  @Test func noFlippedBitVerifies() throws {
    let bytes = proof.bytes
    for position in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[position] ^= 1 << UInt8(bit)
        #expect(throws: LogError.self, "bit \(bit) of byte \(position)") { try verify(parse(flipped)) }
      }
    }
  }
}
