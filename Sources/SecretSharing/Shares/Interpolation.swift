import SecretMemory

/// Values of a polynomial over GF(2^8) at some abscissae, from its values at others (Lagrange interpolation), for
/// columns of secret bytes at once.
///
/// Abscissae are public and may be 0. The weights go into a matrix, so that values meet the kernels alone.
package struct Interpolation: Sendable {
  private let matrix: FieldMatrix

  /// From the values at `points`, distinct, 1…255 of them, to those at `targets`, 1…255 of them.
  package init(from points: [UInt8], at targets: [UInt8]) {
    precondition(Set(points).count == points.count, "points of an interpolation are distinct")
    matrix = FieldMatrix(
      rows: targets.count, columns: points.count,
      coefficients: targets.flatMap { Self.weights(points, at: $0) })
  }

  // Moving every abscissa by the target makes its value the one at zero; at a point, the value is that point's own.
  private static func weights(_ points: [UInt8], at target: UInt8) -> [UInt8] {
    if points.contains(target) { return points.map { $0 == target ? 1 : 0 } }
    return FieldElement.weightsAtZero(points.map { $0 ^ target }).map(\.byte)
  }

  /// Writes the column of each target, `length` bytes each, end to end, from the points' columns in their order.
  ///
  /// - Throws: `SharingError.lengthMismatch`, `.outOfMemory`; `targets` is then zero.
  package func apply(
    to points: Span<UInt8>, length: Int, into targets: inout MutableSpan<UInt8>
  ) throws(SharingError) {
    try matrix.apply(to: points, stride: length, length: length, into: &targets, stride: length)
  }
}
