import SecretMemory
import SecretSharing
import Testing

@Suite struct SecrecyTests {
  /// Every secret byte with every coefficient byte, dealt as 65,536 columns of one byte.
  private func dealEverything(_ text: String) throws -> (matrix: SharingMatrix, shares: [UInt8]) {
    let matrix = SharingMatrix(try AccessPolicy(parsing: text))
    #expect(matrix.columns == 2)
    let secrets = (0..<65_536).map { UInt8($0 >> 8) }
    let coefficients = (0..<65_536).map { UInt8($0 & 255) }
    var shares = [UInt8](repeating: 0, count: matrix.rows * 65_536)
    var span = shares.mutableSpan
    try matrix.deal(inputs: (secrets + coefficients).span, length: 65_536, into: &span)
    return (matrix, shares)
  }

  /// Perfect secrecy: what an unauthorised set sees is as likely under every secret. Here every possible sight of it is
  /// counted under every secret.
  @Test(arguments: [
    "thresh(2, judge, provider, agency)", "and(judge, or(provider, agency))", "and(judge, agency)",
    "or(and(judge, agency), provider:a)",
  ])
  func unauthorisedSetsSeeTheSameUnderEverySecret(text: String) throws {
    let (matrix, shares) = try dealEverything(text)
    let sets = matrix.policy.maximalUnauthorizedSets(limit: .max)
    #expect(!sets.isEmpty)
    for set in sets {
      let rows = set.compactMap { matrix.holders.firstIndex(of: $0) }
      var first: [Int: Int] = [:]
      for secret in 0..<256 {
        var seen: [Int: Int] = [:]
        for coefficient in 0..<256 {
          let sight = rows.reduce(0) { $0 << 8 | Int(shares[$1 * 65_536 + secret << 8 + coefficient]) }
          seen[sight, default: 0] += 1
        }
        if secret == 0 { first = seen }
        if seen != first { Issue.record("\(set) can tell secret \(secret) from 0") }
      }
    }
    // The same count for an authorised set tells every secret apart, so the test can fail.
    let rows = matrix.policy.smallestAuthorizedSet.compactMap { matrix.holders.firstIndex(of: $0) }
    var secretsSeen: [Int: Set<Int>] = [:]
    for index in 0..<65_536 {
      secretsSeen[rows.reduce(0) { $0 << 8 | Int(shares[$1 * 65_536 + index]) }, default: []].insert(
        index >> 8)
    }
    #expect(secretsSeen.values.allSatisfy { $0.count == 1 })
  }

  @Test func oneOfTwoOfThreeSharesFitsEverySecretOnce() throws {
    let (_, shares) = try dealEverything("thresh(2, judge, provider, agency)")
    for row in 0..<3 {
      var coefficients = [Int](repeating: 0, count: 65_536)
      for index in 0..<65_536 { coefficients[index & 0xFF00 | Int(shares[row * 65_536 + index])] += 1 }
      #expect(coefficients.allSatisfy { $0 == 1 }, "row \(row)")
    }
  }

  /// Pearson's statistic for 256 equally likely values: 255 on average, with a standard deviation of 22.6. An honest
  /// generator leaves 140…400 less than once in ten million runs; a value that never comes adds `count / 256`.
  private func chiSquare(_ bytes: [UInt8]) -> Double {
    var counts = [Int](repeating: 0, count: 256)
    for byte in bytes { counts[Int(byte)] += 1 }
    let mean = Double(bytes.count) / 256
    return counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean }
  }

  @Test func everyCoefficientTakesEveryValueAlike() throws {
    let length = 1 << 18
    let matrix = SharingMatrix(try AccessPolicy(parsing: "and(judge, provider, agency)"))
    // Of a zero secret, share x is a·x + b·x²: two shares give both coefficients back.
    let shares = try SecretShares.deal(try SecretBytes.zeros(length), matrix: matrix)
    var columns: [[UInt8]] = []
    for holder in matrix.holders {
      try shares.withShare(of: holder) { share in
        var copy: [UInt8] = []
        for index in share.indices { copy.append(share[index]) }
        columns.append(copy)
      }
    }
    let inverseOfSix = FieldElement(byte: 6).inverse
    let products = (0..<256).map { value in
      (
        double: FieldElement(byte: 2) * FieldElement(byte: UInt8(value)),
        sixth: inverseOfSix * FieldElement(byte: UInt8(value))
      )
    }
    var linear: [UInt8] = []
    var quadratic: [UInt8] = []
    for index in 0..<length {
      let b = products[Int(columns[1][index] ^ products[Int(columns[0][index])].double.byte)].sixth.byte
      quadratic.append(b)
      linear.append(columns[0][index] ^ b)
    }
    #expect((140...400).contains(chiSquare(linear)))
    #expect((140...400).contains(chiSquare(quadratic)))
    #expect(chiSquare(quadratic.map { max($0, 1) }) > 400, "a coefficient that is never zero would be seen")
  }
}
