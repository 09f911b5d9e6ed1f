import Foundation
import LibCrypto
import SecretMemory
import TestSupport
import Testing
import TransparencyLog

/// Go's `golang.org/x/mod/sumdb/note` and `tlog` read what we write, and we read what they write.
@Suite(.enabled(if: GoProgram.path != nil, "Scripts/interop-go builds Go's side and runs these"))
struct GoInteropTests {
  let fixture: LogFixture
  let directory: TemporaryDirectory

  init() throws {
    fixture = try LogFixture()
    directory = try TemporaryDirectory()
    try writeKey(of: try fixture.signer(), to: "key")
  }

  private func writeKey(of signer: borrowing NoteSigner, to name: String) throws {
    let text = try signer.text()
    try directory.write(text.withBytes { span in span.indices.map { span[$0] } } + [10], to: name)
  }

  private func path(_ name: String) -> String { "\(directory.path)/\(name)" }

  // MARK: Notes

  @Test(arguments: ["text\n", "\n", "trois\n\njuges: é\u{301}\n", "— a AAAAAAA=\n", "x\n\n— a AAAAAAA=\n\n"])
  func notes(text: String) throws {
    let signer = try fixture.signer()
    let key = signer.verifierKey
    var ours = try UnverifiedNote(text: text)
    ours.add(try signer.sign(text))
    try directory.write(ours.bytes, to: "note")
    try directory.write(Array(text.utf8), to: "text")
    #expect(try GoProgram.run("open", key.vkey, path("note")) == Array(text.utf8))

    let theirs = try GoProgram.run("sign", path("key"), path("text"))
    #expect(theirs == ours.bytes)
    #expect(try UnverifiedNote(parsing: theirs.span).verified(by: [key]).signers == [key])
  }

  @Test func bothRefuseAnAlteredNote() throws {
    let signer = try fixture.signer()
    let key = signer.verifierKey
    var note = try UnverifiedNote(text: "another\n")
    note.add(try signer.sign("text\n"))
    try directory.write(note.bytes, to: "note")
    #expect(throws: GoProgram.Failure.self) { try GoProgram.run("open", key.vkey, path("note")) }
    #expect(throws: NoteError.badSignature(name: key.name)) { try note.verified(by: [key]) }
  }

  // MARK: Cosignatures

  @Test func cosignatures() throws {
    let log = try fixture.identity()
    let note = try fixture.make(size: 3).note
    let key = try WitnessFixture.key(0)
    try writeKey(of: WitnessFixture.signer(0), to: "witness-key")
    var ours = note
    ours.add(try WitnessFixture.cosignature(0, of: note, log: log, at: 1_679_315_147))
    try directory.write(ours.bytes, to: "ours")
    #expect(
      try GoProgram.run("witnessed", key.vkey, path("ours")) == Array("1679315147\n".utf8))

    try directory.write(note.bytes, to: "note")
    let bytes = try GoProgram.run("cosign", path("witness-key"), "1679315147", path("note"))
    let theirs = try UnverifiedNote(parsing: bytes.span)
    #expect(Set(theirs.signatures) == Set(ours.signatures))
    let policy = try WitnessFixture.policy(log: log, count: 1, "quorum W0")
    #expect(try theirs.witnessedCheckpoint(by: policy).witnessTime == 1_679_315_147)
  }

  // MARK: Logs

  @Test(arguments: [0, 1, 2, 3, 255, 256, 257, 700, 66_000])
  func logs(size: Int) throws {
    let vkey = try fixture.identity().key.vkey
    try fixture.make(size: size)
    try GoProgram.run("check", vkey, fixture.path)

    let entries = (0..<size).flatMap { number in
      let entry = LogFixture.entry(number)
      return [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
    }
    try directory.write(entries, to: "entries")
    try GoProgram.run("make", path("key"), fixture.origin, path("entries"), path("theirs"))
    let (ours, theirs) = (
      try fixture.directory.contents(in: "log"), try directory.contents(in: "theirs")
    )
    #expect(Set(ours.keys) == Set(theirs.keys))
    for (name, bytes) in theirs { #expect(ours[name] == bytes, "\(name)") }

    let source = LogDirectory(path("theirs"))
    let checkpoint = try source.checkpoint().verifiedCheckpoint(of: fixture.identity())
    try LogReader(checkpoint, source: source).audit()
    // And their log is ours to write on.
    var log = try TiledLog.open(at: path("theirs"), signer: fixture.signer())
    try fixture.append(size..<size + 300, to: &log)
    try GoProgram.run("check", vkey, path("theirs"))
  }

  @Test func goRefusesAnAlteredLog() throws {
    try fixture.make(size: 300)
    var tile = try fixture.directory.read("log/tile/0/000")
    tile[40] ^= 1
    try fixture.directory.write(tile, to: "log/tile/0/000")
    #expect(throws: GoProgram.Failure.self) {
      try GoProgram.run("check", fixture.identity().key.vkey, fixture.path)
    }
  }

  // MARK: Proofs

  /// The form of `rfc6962-proofs.json`.
  struct Proofs: Codable {
    struct Inclusion: Codable {
      var leafIdx, treeSize: UInt64
      var root, leafHash: Data
      var proof: [Data]?
      var wantErr: Bool
    }
    struct Consistency: Codable {
      var size1, size2: UInt64
      var root1, root2: Data
      var proof: [Data]?
      var wantErr: Bool
    }
    var inclusion: [Inclusion] = []
    var consistency: [Consistency] = []
  }

  static let proofSize = 70

  @Test func theirProofs() throws {
    let entries = (0..<Self.proofSize).flatMap { number in
      let entry = LogFixture.entry(number)
      return [0, UInt8(entry.count)] + entry
    }
    try directory.write(entries, to: "entries")
    let proofs = try JSONDecoder().decode(
      Proofs.self, from: Data(try GoProgram.run("prove", path("entries"))))
    let count = Self.proofSize * (Self.proofSize + 1) / 2
    #expect(proofs.inclusion.count == count && proofs.consistency.count == count)
    let tree = try ReferenceTree(count: Self.proofSize)
    for theirs in proofs.inclusion {
      try MerkleTree.verifyInclusion(
        of: digest(theirs.leafHash), at: theirs.leafIdx, size: theirs.treeSize, root: digest(theirs.root),
        proof: digests(theirs.proof))
      #expect(
        try digests(theirs.proof)
          == MerkleTree.inclusionProof(of: theirs.leafIdx, size: theirs.treeSize, reader: tree))
    }
    for theirs in proofs.consistency {
      try MerkleTree.verifyConsistency(
        from: theirs.size1, oldRoot: digest(theirs.root1), to: theirs.size2, root: digest(theirs.root2),
        proof: digests(theirs.proof))
    }
  }

  @Test func ourProofs() throws {
    try fixture.make(size: Self.proofSize)
    let tree = try ReferenceTree(count: Self.proofSize)
    var proofs = Proofs()
    for size in 1...Self.proofSize {
      let root = try tree.root(0..<size)
      for index in 0..<size {
        let proof = try MerkleTree.inclusionProof(of: UInt64(index), size: UInt64(size), reader: tree)
        for wantErr in proof.isEmpty ? [false] : [false, true] {
          proofs.inclusion.append(
            Proofs.Inclusion(
              leafIdx: UInt64(index), treeSize: UInt64(size), root: Data(root.bytes),
              leafHash: Data(tree.leaves[index].bytes), proof: data(proof, altered: wantErr), wantErr: wantErr
            ))
        }
      }
      for old in 1...size {
        let proof = try MerkleTree.consistencyProof(from: UInt64(old), to: UInt64(size), reader: tree)
        for wantErr in proof.isEmpty ? [false] : [false, true] {
          proofs.consistency.append(
            Proofs.Consistency(
              size1: UInt64(old), size2: UInt64(size), root1: Data(try tree.root(0..<old).bytes),
              root2: Data(root.bytes), proof: data(proof, altered: wantErr), wantErr: wantErr))
        }
      }
    }
    let encoder = JSONEncoder()
    // Go's hashes are read without regard to escapes.
    encoder.outputFormatting = .withoutEscapingSlashes
    try directory.write([UInt8](try encoder.encode(proofs)), to: "proofs")
    try GoProgram.run("verify", path("proofs"))
  }

  private func data(_ proof: [Digest], altered: Bool) -> [Data] {
    var result = proof.map { Data($0.bytes) }
    if altered { result[result.count / 2][7] ^= 1 }
    return result
  }

  private func digest(_ bytes: Data) throws -> Digest {
    let digest = Digest(bytes: [UInt8](bytes).span)
    return try #require(digest)
  }

  private func digests(_ proof: [Data]?) throws -> [Digest] { try (proof ?? []).map(digest) }
}
