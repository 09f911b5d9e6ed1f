import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TestSupport
import Testing

/// `Spec/` shows what the library does: its vectors are made anew and compared, and so are the documents it prints.
///
/// After a change of format, `ESCROW_WRITE_SPEC_VECTORS=1` writes the files of `Spec/vectors` instead.
@Suite("The vectors and artifacts of Spec/")
struct SpecVectorTests {
  let vectors: SpecVectors

  init() throws { vectors = try SpecVectors() }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Spec", isDirectory: true)

  private static let isWriting = ProcessInfo.processInfo.environment["ESCROW_WRITE_SPEC_VECTORS"] == "1"

  private func file(_ name: String) -> URL { Self.folder.appendingPathComponent("vectors/\(name)") }

  @Test("The library's session is the one computed from the text")
  func session() throws {
    let header = vectors.example.session.header
    #expect(header.recipients.map(\.encapsulation) == vectors.recipients.map(\.encapsulation))
    #expect(header.recipients.map(\.confirmation.bytes) == vectors.recipients.map(\.confirmation))
    let session = try vectors.example.session.verified(roster: vectors.example.roster)
    for (box, recipient) in zip(vectors.example.holders, vectors.recipients) {
      let secret = try BlameCertificate.discloseExporterSecret(of: session, by: box.holder)
      #expect(SpecOracle.bytes(secret) == recipient.exporterSecret)
    }
  }

  @Test("The library's deposits are those computed from the text, byte for byte")
  func deposits() throws {
    let made = vectors.example.submissions.flatMap(\.deposits)
    #expect(made.map(\.deposit.bytes) == vectors.deposits.map(\.bytes))
    #expect(made.map(\.deposit.publicDigest.bytes) == vectors.deposits.map(\.publicDigest))
    #expect(made.map(\.deposit.digest.bytes) == vectors.deposits.map(\.digest))
  }

  @Test("The library goes on from the saved state computed from the text, and makes the same next deposit")
  func state() throws {
    let example = vectors.example
    let depositor = try Depositor(signingKey: try SpecExample.signingKey("depositor signing"))
    var session = try DepositSession.resume(
      try vectors.state(), roster: example.roster, depositor: depositor, stateKey: try SpecExample.stateKey(),
      storage: EphemeralSessionState(), stored: example.submissions[0].head, now: example.now)
    #expect(session.sequence == 1)
    try session.add(try SpecExample.batch(1), now: example.now.adding(seconds: 60))
    #expect(try session.submit(signedBy: depositor) == example.submissions[1])
  }

  @Test("The library opens the releases computed from the text, and recovers the keys")
  func releases() throws {
    let example = vectors.example
    let warrant = try example.verifiedWarrant().warrant
    let releases = try vectors.releaseFiles.map {
      try UnverifiedRelease(MemoryBytes($0)).verified(for: warrant)
    }
    var keys: [[UInt8]] = []
    let report = try Recovery.recover(
      warrant: warrant, releases: releases, recipientKey: example.recipientKey.key,
      source: try example.store()
    ) { _, recovered throws(EscrowError) in
      for start in stride(from: 0, to: recovered.count, by: 32) {
        keys.append((start..<start + 32).map { recovered[$0] })
      }
    }
    #expect(keys == [try SpecExample.seed("key a 7"), try SpecExample.seed("key a 8")])
    #expect(report.faults == [] && report.missing == 0)
  }

  @Test("A holder answers from the extract shown with the shares computed from the text")
  func extract() throws {
    let extract = try ExtractFile(MemoryBytes(vectors.extract))
    #expect(extract.body.warrant == vectors.example.warrant.digest)
    let authorization = try vectors.example.verifiedWarrant().authorization(
      for: vectors.example.holders[0].holder.id)
    let spool = MemorySpool()
    let front = try Releaser.release(
      authorization, by: vectors.example.holders[0].holder, from: extract, spool: spool,
      now: vectors.example.now.adding(seconds: 2 * 86_400))
    let release = try UnverifiedRelease(MemoryBytes(front + spool.bytes)).verified(
      for: try vectors.example.verifiedWarrant().warrant)
    let shown = try UnverifiedRelease(MemoryBytes(vectors.releaseFiles[0]))
    // Fresh encapsulations, so the sealed bytes differ; everything said about the records is the same.
    #expect(release.body.records == shown.body.records && release.body.keys == shown.body.keys)
    #expect(release.body.checked == shown.body.checked)
    #expect(spool.bytes.prefix(108).elementsEqual(vectors.releases[0].chunks[0].front))
  }

  @Test("The library answers the logged warrant until the revocation, and reads the release that is shown")
  func logged() throws {
    let (example, logged) = (vectors.example, vectors.logged)
    let verified = try logged.warrant.verifiedForRecovery(by: logged.roster, proof: logged.proof)
    #expect(verified.logIndex == 2)
    let file = try #require(logged.values["judge.file"].flatMap { Hexadecimal.decode($0) })
    let release = try UnverifiedRelease(MemoryBytes(file)).verified(for: verified)
    #expect(release.body.logIndex == 2 && release.body.keys == 2)
    let now = example.now.adding(seconds: 6 * 86_400 + 3600)
    var memory = HolderMemory(of: logged.log.identity)
    #expect(throws: EscrowError.logRefused(.revoked(by: example.holders[0].holder.id, entry: 6))) {
      _ = try PublicProof.verify(
        logged.proof, of: try logged.warrant.verified(by: logged.roster, now: now), in: logged.log.source,
        by: example.holders[2].holder.record, memory: &memory, answers: [], now: now)
    }
  }

  @Test("The files of Spec/vectors are up to date")
  func files() throws {
    for (name, text) in try vectors.texts().merging(
      vectors.logged.texts, uniquingKeysWith: { first, _ in first })
    {
      if Self.isWriting { try Data(text).write(to: file(name)) }
      #expect(try Data(contentsOf: file(name)) == Data(text), "\(name)")
    }
    for (name, values) in try vectors.values() {
      if Self.isWriting {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(values) + Data("\n".utf8)).write(to: file(name))
      }
      let stored = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file(name)))
      #expect(stored == values, "\(name)")
    }
  }

  @Test("Every document that Spec/ prints is one of the files, and every file is printed")
  func documents() throws {
    var printed: Set<String> = []
    for name in ["documents.md", "session.md", "deposit.md", "release.md", "log.md"] {
      let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
      // Fences stand alone on their lines, so every other piece is a block.
      let pieces = "\n\(text)".components(separatedBy: "\n```")
      for block in pieces.enumerated().filter({ $0.offset % 2 == 1 }).map(\.element) {
        guard let newline = block.firstIndex(of: "\n") else { continue }
        let content = block[block.index(after: newline)...] + "\n"
        guard content.contains("\"type\": \"key-escrow/v1") else { continue }
        printed.insert(String(content))
      }
    }
    // Of the log's, only some.
    let logged = Set(vectors.logged.texts.values.map { String(decoding: $0, as: UTF8.self) })
    #expect(
      printed.subtracting(logged)
        == Set(try vectors.texts().values.map { String(decoding: $0, as: UTF8.self) }))
    #expect(printed.intersection(logged).count >= 3)
  }

  @Test("Every long hexadecimal number that Spec/ prints is one of the vectors'")
  func numbers() throws {
    let texts =
      try vectors.texts().values.map { String(decoding: $0, as: UTF8.self) }
      + vectors.logged.texts.values.map { String(decoding: $0, as: UTF8.self) }
    let known = texts + (try vectors.values().values.flatMap(\.values))
    for name in ["documents.md", "session.md", "deposit.md", "release.md"] {
      let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
      let runs = text.split { !"0123456789abcdef".contains($0) }.filter { $0.count >= 16 }
      #expect(!runs.isEmpty)
      for run in runs { #expect(known.contains { $0.contains(run) }, "\(run) in \(name)") }
    }
  }
}
