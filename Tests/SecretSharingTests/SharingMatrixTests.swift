import SecretSharing
import Testing

private func matrix(_ text: String) throws -> SharingMatrix { SharingMatrix(try AccessPolicy(parsing: text)) }

private func rows(_ matrix: SharingMatrix) -> [[UInt8]] {
  (0..<matrix.rows).map { row in (0..<matrix.columns).map { matrix[row, $0] } }
}

private func times(_ a: UInt8, _ b: UInt8) -> UInt8 { (FieldElement(byte: a) * FieldElement(byte: b)).byte }

extension SharingMatrix {
  fileprivate func shares(of inputs: [UInt8], length: Int) throws -> [UInt8] {
    var shares = [UInt8](repeating: 0, count: rows * length)
    var span = shares.mutableSpan
    try deal(inputs: inputs.span, length: length, into: &span)
    return shares
  }
}

extension ReconstructionVector {
  fileprivate func secret(of shares: [UInt8], length: Int) throws -> [UInt8] {
    var secret = [UInt8](repeating: 0, count: length)
    var span = secret.mutableSpan
    try combine(shares: shares.span, length: length, into: &span)
    return secret
  }
}

/// Whether (1, 0, …, 0) is a combination of `rows`: whether their holders, pooling all they have, learn the secret. By
/// Gaussian elimination, from the last column to the first: what then remains of the rows with zeros everywhere
/// else tells.
private func revealSecret(_ rows: [[UInt8]]) -> Bool {
  guard let columns = rows.first?.count else { return false }
  var rows = rows
  for column in stride(from: columns - 1, to: 0, by: -1) {
    guard let pivot = rows.firstIndex(where: { $0[column] != 0 }) else { continue }
    let pivotRow = rows.remove(at: pivot)
    let inverse = FieldElement(byte: pivotRow[column]).inverse
    for index in rows.indices where rows[index][column] != 0 {
      let factor = times(rows[index][column], inverse.byte)
      for other in 0...column { rows[index][other] ^= times(factor, pivotRow[other]) }
    }
  }
  return rows.contains { $0[0] != 0 }
}

@Suite struct SharingMatrixTests {
  @Test func knownMatrices() throws {
    #expect(rows(try matrix("judge")) == [[1]])
    #expect(rows(try matrix("or(judge, agency)")) == [[1], [1]])
    #expect(rows(try matrix("and(judge, or(provider, agency))")) == [[1, 1], [1, 2], [1, 2]])
    #expect(
      rows(try matrix("thresh(3, judge:a, judge:b, judge:c, judge:d)"))
        == [[1, 1, 1], [1, 2, 4], [1, 3, 5], [1, 4, 16]])
    // The root takes column 1, the first child gate column 2, its gate column 3, the last child gate column 4.
    #expect(
      rows(try matrix("and(and(judge, and(provider:a, provider:b)), and(agency:a, agency:b))")) == [
        [1, 1, 1, 0, 0], [1, 1, 2, 1, 0], [1, 1, 2, 2, 0], [1, 2, 0, 0, 1], [1, 2, 0, 0, 2],
      ])
  }

  @Test func everyAuthorisedSetReconstructsAndNoOtherLearns() throws {
    var random = SplitMix(state: 1)
    let policies =
      try Formulas.policies(upTo: 6) + [
        try AccessPolicy(parsing: "or(and(judge:fr, agency:fr), and(judge:de, agency:de))")
      ]
    #expect(policies.count > 500)
    for policy in policies {
      let matrix = SharingMatrix(policy)
      let all = rows(matrix)
      let minimal = Set(policy.minimalAuthorizedSets(limit: .max))
      let inputs = (0..<matrix.columns).map { _ in random.byte() }
      let shares = try matrix.shares(of: inputs, length: 1)
      for (set, authorised) in Formulas.truthTable(policy).enumerated() {
        let members = Formulas.members(set, of: policy)
        let vector = matrix.reconstructionVector(for: Set(members))
        let mine = all.indices.filter { set >> $0 & 1 == 1 }.map { all[$0] }
        guard revealSecret(mine) == authorised, (vector != nil) == authorised else {
          Issue.record("\(policy), \(members)")
          continue
        }
        guard let vector else { continue }
        let chosen = vector.rows.map { shares[$0] }
        let secret = try vector.secret(of: chosen, length: 1)
        guard secret[0] == inputs[0], Set(vector.holders).isSubset(of: members),
          vector.holders == vector.rows.map({ policy.holders[$0] }), !vector.coefficients.contains(0),
          minimal.contains(vector.holders)
        else {
          Issue.record("\(policy), \(members): \(vector)")
          continue
        }
      }
    }
  }

  /// What the matrix would be if the gates of one level shared their column.
  @Test func aColumnSharedBetweenGatesWouldOpenTheMix() throws {
    let policy = try AccessPolicy(parsing: "or(and(judge:fr, agency:fr), and(judge:de, agency:de))")
    let right = rows(SharingMatrix(policy))
    #expect(right == [[1, 1, 0], [1, 2, 0], [1, 0, 1], [1, 0, 2]])
    let shared: [[UInt8]] = [[1, 1], [1, 2], [1, 1], [1, 2]]
    #expect(revealSecret([shared[0], shared[3]]), "judge:fr and agency:de open the wrong matrix")
    #expect(!revealSecret([right[0], right[3]]))
    #expect(!revealSecret([right[2], right[1]]))
    #expect(revealSecret([right[0], right[1]]) && revealSecret([right[2], right[3]]))
  }

  @Test func theFewestSharesAreChosenThenTheFirst() throws {
    let matrix = try matrix("or(and(judge:a, judge:b), agency, provider)")
    let vector = try #require(matrix.reconstructionVector(for: Set(matrix.holders)))
    #expect(vector.holders.map(\.description) == ["agency"])
    #expect(vector.rows == [2] && vector.coefficients == [1])
    let strangers = try #require(
      matrix.reconstructionVector(for: [try HolderID(.judge, label: "z"), HolderID(.provider)]))
    #expect(strangers.rows == [3])
    #expect(matrix.reconstructionVector(for: []) == nil)
  }

  @Test func aBatchIsColumnByColumnTheSameAsOneByOne() throws {
    var random = SplitMix(state: 2)
    let matrix = try matrix("and(thresh(2, judge:a, judge:b, judge:c), or(provider, agency))")
    let vector = try #require(
      matrix.reconstructionVector(for: [
        try HolderID(.judge, label: "c"), try HolderID(.judge, label: "a"), HolderID(.agency),
      ]))
    #expect(vector.rows == [0, 2, 4])
    let length = 32 * 50 + 5
    let inputs = (0..<matrix.columns * length).map { _ in random.byte() }
    let shares = try matrix.shares(of: inputs, length: length)
    for row in 0..<matrix.rows {
      for index in 0..<length {
        var sum: UInt8 = 0
        for column in 0..<matrix.columns {
          sum ^= times(matrix[row, column], inputs[column * length + index])
        }
        if shares[row * length + index] != sum { Issue.record("row \(row), byte \(index)") }
      }
    }
    let chosen = vector.rows.flatMap { shares[$0 * length..<($0 + 1) * length] }
    let secret = try vector.secret(of: chosen, length: length)
    #expect(secret == Array(inputs[..<length]))

    // The same with a pointer to each column, where it lies among the others.
    var scattered = [UInt8](repeating: 0, count: length)
    let errors = unsafe shares.withUnsafeBufferPointer { shares in
      unsafe scattered.withUnsafeMutableBufferPointer { target -> [SharingError?] in
        guard let target = target.baseAddress else { return [] }
        let columns = unsafe vector.rows.map { row in
          unsafe shares.baseAddress.map { unsafe $0 + row * length }
        }
        return unsafe [
          combineError(vector, Array(columns.prefix(2)), length, target),
          combineError(vector, columns, -1, target),
          combineError(vector, [columns[0], columns[1], UnsafePointer(target + 1)], length, target),
          combineError(vector, [columns[0], nil, columns[2]], length, target),
          combineError(vector, columns, length, target),
        ]
      }
    }
    #expect(
      errors == [
        .missingColumn, .lengthMismatch(expected: 0, actual: -1), .overlappingColumns, .missingColumn, nil,
      ])
    #expect(scattered == secret)
  }

  private func combineError(
    _ vector: ReconstructionVector, _ columns: [UnsafePointer<UInt8>?], _ length: Int,
    _ target: UnsafeMutablePointer<UInt8>
  ) -> SharingError? {
    do throws(SharingError) {
      try unsafe columns.withUnsafeBufferPointer { (columns) throws(SharingError) in
        try unsafe vector.combine(shares: columns, length: length, into: target)
      }
      return nil
    } catch {
      return error
    }
  }

  @Test func wrongLengthsAreRefusedAndTheOutputZeroed() throws {
    let matrix = try matrix("and(judge, or(provider, agency))")
    let vector = try #require(matrix.reconstructionVector(for: Set(matrix.holders)))
    let cases: [(length: Int, inputs: Int, outputs: Int, error: SharingError)] = [
      (32, 63, 96, .lengthMismatch(expected: 64, actual: 63)),
      (32, 65, 96, .lengthMismatch(expected: 64, actual: 65)),
      (32, 64, 95, .lengthMismatch(expected: 96, actual: 95)),
      (32, 0, 96, .lengthMismatch(expected: 64, actual: 0)),
      (.max, 64, 96, .lengthMismatch(expected: .max, actual: 64)),
      (-1, 64, 96, .lengthMismatch(expected: -1, actual: -1)),
    ]
    for (length, inputCount, outputCount, error) in cases {
      let inputs = [UInt8](repeating: 1, count: inputCount)
      var shares = [UInt8](repeating: 0xEE, count: outputCount)
      #expect(throws: error) {
        var span = shares.mutableSpan
        try matrix.deal(inputs: inputs.span, length: length, into: &span)
      }
      #expect(shares.allSatisfy { $0 == 0 })
    }
    let shares = [UInt8](repeating: 1, count: 64)
    var secret = [UInt8](repeating: 0xEE, count: 31)
    #expect(throws: SharingError.lengthMismatch(expected: 32, actual: 31)) {
      var span = secret.mutableSpan
      try vector.combine(shares: shares.span, length: 32, into: &span)
    }
    #expect(secret.allSatisfy { $0 == 0 })
  }

  @Test func widestPolicies() throws {
    var random = SplitMix(state: 3)
    for threshold in [1, 2, 128, 255] {
      let list = (0..<255).map { "judge:\($0)" }.joined(separator: ",")
      let matrix = try matrix("thresh(\(threshold), \(list))")
      let inputs = (0..<matrix.columns * 33).map { _ in random.byte() }
      let shares = try matrix.shares(of: inputs, length: 33)
      #expect(matrix.reconstructionVector(for: Set(matrix.holders.suffix(threshold - 1))) == nil)
      let vector = try #require(matrix.reconstructionVector(for: Set(matrix.holders.suffix(threshold))))
      let secret = try vector.secret(of: Array(shares.suffix(threshold * 33)), length: 33)
      #expect(secret == Array(inputs[..<33]))
    }
  }
}
