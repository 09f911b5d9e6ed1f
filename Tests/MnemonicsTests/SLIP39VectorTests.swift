import Foundation
import Mnemonics
import TestSupport
import Testing

/// The official vectors of SLIP-39; all of them use the passphrase TREZOR.
struct SLIP39VectorTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let mnemonics: [String]
    /// Empty when the mnemonics must be refused.
    let secret: String

    var testDescription: String { name }
  }

  static let vectors: [Vector] = {
    do {
      let rows = try JSONSerialization.jsonObject(with: try vectorFile("slip39-official.json"))
      return (rows as? [[Any]] ?? []).compactMap { row in
        guard row.count >= 3, let name = row[0] as? String, let mnemonics = row[1] as? [String],
          let secret = row[2] as? String
        else { return nil }
        return Vector(name: name, mnemonics: mnemonics, secret: secret)
      }
    } catch { return [] }
  }()

  @Test func theFileHoldsRowsOfBothKinds() {
    #expect(Self.vectors.count >= 20)
    #expect(Self.vectors.contains { $0.secret.isEmpty } && Self.vectors.contains { !$0.secret.isEmpty })
  }

  @Test(arguments: vectors.filter { !$0.secret.isEmpty })
  func givesTheSecret(_ vector: Vector) throws {
    #expect(try Sample.combine(vector.mnemonics, passphrase: "TREZOR") == vector.secret)
    // Reading and writing are inverse.
    for mnemonic in vector.mnemonics { #expect(try Sample.text(try Sample.share(mnemonic)) == mnemonic) }
  }

  /// What a row that must fail is about, by its name, and the error that is therefore right.
  private static let errors: [(words: String, isRight: @Sendable (MnemonicError) -> Bool)] = [
    ("invalid checksum", { $0 == .invalidChecksum }),
    ("invalid padding", { $0 == .invalidPadding }),
    ("Basic sharing 2-of-3", { $0 == .insufficientMembers(group: 0, needed: 2, present: 1) }),
    ("different identifiers", { $0 == .mismatch(.identifier) }),
    ("different iteration exponents", { $0 == .mismatch(.iterationExponent) }),
    ("mismatching group thresholds", { $0 == .mismatch(.groupThreshold) }),
    ("mismatching group counts", { $0 == .mismatch(.groupCount) }),
    (
      "greater group threshold than group counts", { $0 == .groupThresholdAboveCount(threshold: 2, count: 1) }
    ),
    ("duplicate member indices", { if case .duplicateMember = $0 { true } else { false } }),
    ("mismatching member thresholds", { if case .mismatch(.memberThreshold) = $0 { true } else { false } }),
    ("invalid digest", { $0 == .invalidDigest(group: 0) }),
    ("Insufficient number of groups", { $0 == .insufficientGroups(needed: 2, present: 1) }),
    (
      "insufficient number of members",
      { if case .insufficientMembers(_, let needed, let present) = $0 { present < needed } else { false } }
    ),
    ("insufficient length", { $0 == .invalidWordCount(19) }),
    ("invalid master secret length", { $0 == .invalidWordCount(21) }),
  ]

  @Test(arguments: vectors.filter(\.secret.isEmpty))
  func isRefusedForTheRightReason(_ vector: Vector) throws {
    let expected = try #require(Self.errors.first { vector.name.contains($0.words) }, "\(vector.name)")
    let error = try #require(throws: MnemonicError.self) {
      _ = try Sample.combine(vector.mnemonics, passphrase: "TREZOR")
    }
    #expect(expected.isRight(error), "\(error)")
  }
}
