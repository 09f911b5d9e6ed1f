/// λ: one weight for each of some rows of a sharing matrix, such that the weighted sum of their shares is the secret.
///
/// It holds the kernels' tables for its weights, so that one value serves any number of secrets.
public struct ReconstructionVector: Hashable, Sendable {
  /// Whose shares are combined, in leaf order: a minimal authorised set.
  public let holders: [HolderID]
  /// Their rows in the sharing matrix, ascending.
  public let rows: [Int]
  /// The weight of each, none of them 0.
  public let coefficients: [UInt8]
  private let prepared: FieldMatrix

  init(holders: [HolderID], rows: [Int], coefficients: [UInt8]) {
    self.holders = holders
    self.rows = rows
    self.coefficients = coefficients
    prepared = FieldMatrix(rows: 1, columns: coefficients.count, coefficients: coefficients)
  }

  /// `secret = λ · shares`, byte by byte.
  ///
  /// The result is a secret only if the shares are right: compare it with a commitment before it is used.
  ///
  /// - Parameters:
  ///   - shares: One column of `length` bytes for each of `holders`, in that order, end to end.
  ///   - length: Bytes in every column.
  ///   - secret: Receives `length` bytes. Zero when this throws.
  /// - Throws: `SharingError.lengthMismatch`, `.outOfMemory`.
  public func combine(
    shares: Span<UInt8>, length: Int, into secret: inout MutableSpan<UInt8>
  ) throws(SharingError) {
    try prepared.apply(to: shares, stride: length, length: length, into: &secret, stride: length)
  }

  /// `combine` with a pointer to each share column, wherever it is. Nothing is written when it throws.
  @unsafe
  package func combine(
    shares: UnsafeBufferPointer<UnsafePointer<UInt8>?>, length: Int, into secret: UnsafeMutablePointer<UInt8>
  ) throws(SharingError) {
    var target: UnsafeMutablePointer<UInt8>? = unsafe secret
    try unsafe withUnsafePointer(to: &target) { (outputs) throws(SharingError) in
      try unsafe prepared.apply(
        to: shares, length: length, into: UnsafeBufferPointer(start: outputs, count: 1))
    }
  }

  /// Whether both weigh the same rows of the same holders alike.
  public static func == (left: ReconstructionVector, right: ReconstructionVector) -> Bool {
    left.rows == right.rows && left.coefficients == right.coefficients && left.holders == right.holders
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(rows)
    hasher.combine(coefficients)
    hasher.combine(holders)
  }
}

extension SharingMatrix {
  /// λ for a minimal authorised set within `available`, or nil when `available` is unauthorised.
  ///
  /// At every gate the children that need the fewest shares are chosen, the first of equals, so the answer depends
  /// on the policy and the set alone. All of this is computed on public values.
  public func reconstructionVector(for available: Set<HolderID>) -> ReconstructionVector? {
    var row = 0
    guard let terms = Self.terms(of: policy.root, row: &row, available: available) else { return nil }
    // Any row vector with λ·M_A = (1, 0, …, 0) takes the secret and cancels every coefficient. It is checked
    // rather than believed: a wrong λ would give wrong secrets in silence.
    for column in 0..<columns {
      var sum = FieldElement.zero
      for term in terms { sum = sum + term.weight * FieldElement(byte: self[term.row, column]) }
      guard sum == (column == 0 ? .one : .zero) else { return nil }
    }
    return ReconstructionVector(
      holders: terms.map { holders[$0.row] }, rows: terms.map(\.row), coefficients: terms.map(\.weight.byte))
  }

  private struct Term {
    var row: Int
    var weight: FieldElement
  }

  /// A gate's value is its polynomial at 0, which `threshold` of its children interpolate; so a leaf weighs the
  /// product of the Lagrange weights on its path.
  private static func terms(
    of node: AccessPolicy.Node, row: inout Int, available: Set<HolderID>
  ) -> [Term]? {
    switch node {
    case .holder(let holder):
      defer { row += 1 }
      return available.contains(holder) ? [Term(row: row, weight: .one)] : nil
    case .gate(let threshold, let children):
      var satisfied: [(x: UInt8, terms: [Term])] = []
      for (index, child) in children.enumerated() {
        if let terms = terms(of: child, row: &row, available: available) {
          satisfied.append((x: UInt8(index + 1), terms: terms))
        }
      }
      guard satisfied.count >= threshold else { return nil }
      let chosen = AccessPolicy.fewest(threshold, of: satisfied.map(\.terms.count)).map { satisfied[$0] }
      let weights = FieldElement.weightsAtZero(chosen.map(\.x))
      return zip(chosen, weights).flatMap { child, weight in
        child.terms.map { Term(row: $0.row, weight: $0.weight * weight) }
      }
    }
  }
}
