import Foundation
import LibCrypto
import Testing
import TransparencyLog

@Suite struct WitnessRequestTests {
  let fixture: LogFixture

  init() throws {
    fixture = try LogFixture()
  }

  /// What proves that the log of 9 entries extends its first `old`.
  private func request(from old: Int) throws -> WitnessRequest {
    try fixture.make(size: 9)
    let tree = try ReferenceTree(count: 9)
    let older = try Checkpoint(origin: fixture.origin, size: UInt64(old), root: tree.root(0..<old))
    return try WitnessRequest(
      oldSize: UInt64(old), hashes: try fixture.reader().consistencyProof(from: older),
      checkpoint: fixture.published().note)
  }

  @Test(arguments: [0, 1, 5, 8, 9])
  func isReadAsItWasWritten(old: Int) throws {
    let request = try request(from: old)
    let bytes = request.bytes
    let read = try WitnessRequest(parsing: bytes.span)
    #expect(read == request && read.bytes == bytes)
    #expect(read.oldSize == UInt64(old))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("old \(old)\n") && text.contains("\n\nlog.example/test\n9\n"))
  }

  @Test func isWhatAWitnessCosigns() throws {
    let request = try request(from: 0)
    let memory = try TemporaryDirectory()
    let log = try fixture.identity()
    var witness = try Witness.open(at: memory.path, signer: WitnessFixture.signer(0), logs: [log])
    let line = try witness.cosign(request, at: 7)
    var note = request.checkpoint
    note.add(line)
    let policy = try WitnessFixture.policy(log: log, count: 1, "quorum W0")
    #expect(try note.witnessedCheckpoint(by: policy).witnessTime == 7)
    #expect(throws: LogError.staleRequest(latestSize: 9)) { try witness.cosign(request, at: 8) }
  }

  /// Changes to a request that has three hashes, each of which makes it none.
  static let faults: [(from: String, to: String)] = [
    ("old 5\n", "old 05\n"), ("old 5\n", "old 5 \n"), ("old 5\n", "new 5\n"), ("old 5\n", "old -5\n"),
    ("old 5\n", "old \n"), ("old 5\n", "old\n"), ("old 5\n", "\nold 5\n"), ("old 5\n", "old 5\r\n"),
    ("old 5\n", "old 9223372036854775808\n"), ("old 5\n", "old 5\nAAAA\n"), ("old 5\n", "old 5\n=\n"),
    ("old 5\n", "old 5\n" + String(repeating: "A", count: 43) + "B\n"),
    ("old 5\n", "old 5\n" + String(repeating: String(repeating: "A", count: 43) + "=\n", count: 63)),
    ("\n\nlog", "\nlog"), ("old", "\u{FEFF}old"),
  ]

  @Test(arguments: faults)
  func anythingElseIsRefused(from: String, to: String) throws {
    let text = String(decoding: try request(from: 5).bytes, as: UTF8.self)
    let range = try #require(text.range(of: from))
    let altered = Array(text.replacingCharacters(in: range, with: to).utf8)
    #expect(throws: LogError.self) { try WitnessRequest(parsing: altered.span) }
    let empty: [UInt8] = []
    #expect(throws: LogError.malformedRequest) { try WitnessRequest(parsing: empty.span) }
    let large = [UInt8](repeating: 65, count: WitnessRequest.maximumByteCount + 1)
    #expect(throws: LogError.malformedRequest) { try WitnessRequest(parsing: large.span) }
  }

  @Test func partsAreBounded() throws {
    let note = try fixture.make(size: 1).note
    let hash = try TreeHasher.emptyRoot()
    let unsigned = try UnverifiedNote(text: note.text)
    #expect(throws: LogError.malformedRequest) {
      try WitnessRequest(oldSize: 1, hashes: [], checkpoint: unsigned)
    }
    let many = [Digest](repeating: hash, count: 64)
    #expect(throws: LogError.malformedRequest) {
      try WitnessRequest(oldSize: 1, hashes: many, checkpoint: note)
    }
    #expect(throws: LogError.malformedRequest) {
      try WitnessRequest(oldSize: 1 << 63, hashes: [], checkpoint: note)
    }
  }

  // MARK: What belongs to requests

  @Test func aPolicyCanBeAskedForALogThatIsKnownOtherwise() throws {
    let note = try fixture.make(size: 3).note
    let log = try fixture.identity()
    let without = try WitnessFixture.parse("quorum none\n")
    #expect(throws: LogError.wrongOrigin) { try note.witnessedCheckpoint(by: without) }
    #expect(try note.witnessedCheckpoint(by: without.trusting(log)).witnessTime == nil)
    let stranger = LogIdentity(origin: "other.example", key: log.key)
    #expect(throws: LogError.wrongOrigin) { try note.witnessedCheckpoint(by: without.trusting(stranger)) }
  }

  @Test func anEntryIsFoundByItsLeaf() throws {
    try fixture.make(size: 600)
    let tree = try ReferenceTree(count: 600)
    let reader = try fixture.reader()
    for index in [0, 1, 255, 256, 511, 599] {
      #expect(try reader.firstIndex(of: tree.leaves[index]) == UInt64(index))
    }
    #expect(try reader.firstIndex(of: ReferenceTree.leaf([1])) == nil)
  }
}
