import Foundation
import FuzzTargets
import Testing

/// What the fuzzers feed at random, systematically: every decoder gets every truncation and every single-bit flip of each
/// valid sample, and every file of the corpus. A broken claim of a target stops the process.
@Suite struct HostileInputTests {
  static let names = FuzzTarget.all.map(\.name)

  static func target(_ name: String) throws -> FuzzTarget { try #require(FuzzTarget.named(name)) }

  /// Every place of a short sample, about a thousand of a long one, and some hundreds of one as long as the record of a
  /// ceremony, for which ToolTests try more: KeyEscrowTests tries every place of every
  /// document, TransparencyLogTests of every note and proof.
  static func places(in sample: [UInt8]) -> StrideTo<Int> {
    stride(from: 0, to: sample.count, by: max(1, sample.count / (sample.count > 20_000 ? 250 : 800)))
  }

  @Test(arguments: names) func samplesAreAccepted(_ name: String) throws {
    let target = try Self.target(name)
    let samples = try target.samples()
    #expect(!samples.isEmpty)
    // A flow is a list of alterations, most of which nothing survives.
    for sample in samples where name != "flow" { #expect(target.run(sample), "\(name)") }
  }

  @Test func anUntouchedFlowGivesEveryKey() throws {
    #expect(try Self.target("flow").run([]))
  }

  @Test(arguments: names) func noTruncationIsAccepted(_ name: String) throws {
    let target = try Self.target(name)
    // A shorter list of alterations is one too, a log's policy may end after its quorum, a note may lose the line of a
    // signature that nobody asks for, and whoever reads entries does not need every tile. A plan may end before what is
    // optional, texts and attachments may be taken out of a transcript, and a part's piece may be any.
    let mayBeShorter = [
      "flow", "witness-policy", "note", "tiles", "ceremony-plan", "ceremony-answers", "transcript",
      "crossing-part",
    ].contains(name)
    for sample in try target.samples() {
      for count in Self.places(in: sample) {
        let isAccepted = target.run(Array(sample[..<count]))
        #expect(!isAccepted || mayBeShorter, "\(name) cut to \(count) bytes")
      }
    }
  }

  /// Of these every bit is signed or sealed; in the others some bits are not, or their digest is checked later.
  static let authentic: Set = [
    "roster", "session", "head", "receipt", "intake", "warrant", "refusal", "extract", "session-state",
    "ceremony-step", "transcript",
  ]

  @Test(arguments: names) func noBitFlipBreaksAClaim(_ name: String) throws {
    let target = try Self.target(name)
    for sample in try target.samples() {
      for place in Self.places(in: sample) {
        for bit in 0..<8 {
          var bytes = sample
          bytes[place] ^= 1 << bit
          let isAccepted = target.run(bytes)
          #expect(
            !isAccepted || !Self.authentic.contains(name), "\(name) with bit \(bit) of byte \(place) flipped")
        }
      }
    }
  }

  @Test(arguments: names) func theCorpusBreaksNoClaim(_ name: String) throws {
    let target = try Self.target(name)
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("FuzzCorpus/\(name)")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    #expect(!files.isEmpty)
    for file in files { _ = target.run(Array(try Data(contentsOf: file))) }
  }
}
