import Foundation
import SecretMemory
import SecretSharing
import TestSupport
import Testing

/// The numbers of `Spec/sharing.md`, read out of the document.
@Suite struct SpecificationTests {
  private let document: [Substring]

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    document = try String(contentsOf: root.appendingPathComponent("Spec/sharing.md"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The fenced blocks that begin with `key: `, each as its lines' keys and values.
  private func blocks(_ key: String) -> [[(key: String, value: String)]] {
    document.split(whereSeparator: { $0.hasPrefix("```") }).filter { $0.first?.hasPrefix("\(key): ") == true }
      .map { lines in
        lines.map { line in
          let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
          return (parts[0], parts.count > 1 ? parts[1] : "")
        }
      }
  }

  @Test func everyVectorIsWhatThisPackageComputes() throws {
    let blocks = blocks("policy")
    #expect(blocks.count == 4)
    for block in blocks {
      func values(_ key: String) -> [String] { block.filter { $0.key == key }.map(\.value) }
      let policy = try AccessPolicy(parsing: try #require(values("policy").first))
      #expect(policy.description == values("policy").first)
      let matrix = SharingMatrix(policy)
      let rows = (0..<matrix.rows).map { row in
        (["\(matrix.holders[row])"] + (0..<matrix.columns).map { hex([matrix[row, $0]]) }).joined(
          separator: " ")
      }
      #expect(rows == values("row"))

      let secret = bytes(hex: try #require(values("secret").first))
      let coefficients = values("coefficient").map { bytes(hex: $0) }
      #expect(coefficients.count == matrix.columns - 1)
      let inputs = secret + coefficients.joined()
      var shares = [UInt8](repeating: 0, count: matrix.rows * secret.count)
      var sharesSpan = shares.mutableSpan
      try matrix.deal(inputs: inputs.span, length: secret.count, into: &sharesSpan)
      let columns = matrix.holders.indices.map { row in
        Array(shares[row * secret.count..<(row + 1) * secret.count])
      }
      #expect(zip(matrix.holders, columns).map { "\($0) \(hex($1))" } == values("share"))

      #expect(values("weights").count == 2)
      for weights in values("weights") {
        let holders = try weights.split(separator: ", ").map { pair in
          try HolderID(parsing: String(pair.prefix { $0 != " " }))
        }
        let vector = try #require(matrix.reconstructionVector(for: Set(holders)))
        let found = zip(vector.holders, vector.coefficients).map { "\($0) \(hex([$1]))" }
        #expect(found.joined(separator: ", ") == weights)
        let chosen = vector.rows.flatMap { columns[$0] }
        var result = [UInt8](repeating: 0, count: secret.count)
        var resultSpan = result.mutableSpan
        try vector.combine(shares: chosen.span, length: secret.count, into: &resultSpan)
        #expect(result == secret)
      }
    }
  }

  @Test func everyRefusalIsAtItsPosition() throws {
    let refusals = try #require(blocks("refused").first)
    #expect(refusals.count == 10)
    for (_, value) in refusals {
      let parts = value.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      let text = String(parts[1].dropFirst())
      do throws(SharingError) {
        let policy = try AccessPolicy(parsing: text)
        Issue.record("\(policy) was not refused")
      } catch {
        #expect(error.position == Int(parts[0].filter(\.isNumber)), "\(text)")
      }
    }
  }

  @Test func everyRawShareIsWhatThisPackageSplitsAndCombines() throws {
    let rows = document.filter { $0.hasPrefix("| `") }.map { row in
      row.split(separator: "`").filter { $0.allSatisfy(\.isHexDigit) }.map { bytes(hex: String($0)) }
    }.filter { !$0.isEmpty }
    #expect(rows.count == 2)
    for row in rows {
      let (secret, coefficient, shares) = (row[0], row[1], row[2...])
      var raw = try RawShares(capacity: shares.count, shareByteCount: secret.count + 1)
      for share in shares { try raw.append(share.span) }
      #expect(try ShamirSecretSharing.combine(raw).revealed() == secret)
      guard raw.abscissae == Array(1...UInt8(shares.count)) else { continue }
      let split = try ShamirSecretSharing.split(
        try SecretBytes.copying(secret.span), threshold: 2, shares: shares.count,
        random: KnownRandom(bytes: coefficient))
      for (index, share) in shares.enumerated() {
        let same = split.withShare(at: index) { bytes in bytes.indices.map { bytes[$0] } == share }
        #expect(same)
      }
    }
  }
}
