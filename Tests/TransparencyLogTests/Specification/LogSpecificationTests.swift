import Foundation
import LibCrypto
import SecretMemory
import TestSupport
import Testing
import TransparencyLog

/// `Spec/log.md` shows real artifacts and names bounds: both are what the library makes and keeps.
@Suite struct LogSpecificationTests {
  let specification: String
  let fixture: LogFixture
  let note: UnverifiedNote

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    specification = try String(contentsOf: root.appendingPathComponent("Spec/log.md"), encoding: .utf8)
    fixture = try LogFixture()
    note = try fixture.make(size: 3).note
  }

  /// The fenced block whose info string is `name`, with its last newline.
  private func block(_ name: String) throws -> String {
    let start = try #require(specification.range(of: "```\(name)\n"))
    let end = try #require(specification.range(of: "```", range: start.upperBound..<specification.endIndex))
    return String(specification[start.upperBound..<end.lowerBound])
  }

  @Test func theKeyIsTheFixtures() throws {
    let text = try fixture.signer().text()
    let key = text.withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    #expect(try block("key") == key + "\n")
    #expect(specification.contains("`\(try fixture.identity().key.vkey)`"))
  }

  @Test func theFilesAreTheLogs() throws {
    #expect(try block("files") == fixture.directory.files(in: "log").sorted().map { $0 + "\n" }.joined())
    let checkpoint = try fixture.directory.read("log/checkpoint")
    #expect(try block("checkpoint") == String(decoding: checkpoint, as: UTF8.self))
    #expect(try block("entries") == hex(fixture.directory.read("log/tile/entries/000.p/3")) + "\n")
    let tile = hex(try fixture.directory.read("log/tile/0/000.p/3"))
    let lines = stride(from: 0, to: tile.count, by: 64).map { tile.dropFirst($0).prefix(64) + "\n" }
    #expect(try block("tile") == lines.joined())
  }

  @Test func theProofVerifies() throws {
    let log = try fixture.identity()
    var cosigned = note
    cosigned.add(try WitnessFixture.cosignature(0, of: note, log: log, at: 1_679_315_147))
    let hashes = try fixture.reader().inclusionProof(of: 1)
    let ours = try TransparencyProof(index: 1, hashes: hashes, checkpoint: cosigned)
    #expect(try block("proof") == String(decoding: ours.bytes, as: UTF8.self))

    let bytes = Array(try block("proof").utf8)
    #expect(specification.contains("`\(try WitnessFixture.key(0).vkey)`"))
    let read = try TransparencyProof(parsing: bytes.span)
    let entry = Array("entry 1".utf8)
    let policy = try WitnessFixture.policy(log: log, count: 1, "quorum W0")
    let logged = try read.verified(entry: entry.span, by: policy)
    #expect(logged.checkpoint.witnessTime == 1_679_315_147)
  }

  @Test(arguments: [
    ("an entry", "\(EntryBundle.maximumEntryByteCount) bytes"),
    ("a log", "\(MerkleTree.maximumSize) entries"),
    ("a note", "\(UnverifiedNote.maximumByteCount) bytes"),
    ("signatures on a note", "\(UnverifiedNote.maximumSignatureCount)"),
    ("a witness policy", "\(WitnessPolicy.maximumByteCount) bytes"),
    ("a proof file", "\(TransparencyProof.maximumByteCount) bytes"),
    ("a proof of consistency", "\(WitnessRequest.maximumByteCount) bytes"),
    ("hashes in a consistency proof", "\(WitnessRequest.maximumHashCount)"),
    ("hashes in an inclusion proof", "\(TransparencyProof.maximumHashCount)"),
    ("the time of a cosignature", "\(Int64.max)"),
  ])
  func theBoundsAreTheCodes(what: String, bound: String) {
    #expect(specification.contains("\n| \(what) | \(bound) |\n"))
  }
}
