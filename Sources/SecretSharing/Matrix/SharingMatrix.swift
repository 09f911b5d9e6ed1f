/// The matrix of a policy: a monotone span program (Karchmer and Wigderson, 1993) over GF(2^8).
///
/// Row i belongs to the policy's i-th holder, column 0 to the secret, every other column to one gate alone. With
/// uniform bytes in those columns, the rows of a set of holders give the secret when the set is authorised, and
/// say nothing about it when it is not. `Spec/sharing.md` gives the construction.
public struct SharingMatrix: Hashable, Sendable {
  /// The policy that this is the matrix of.
  public let policy: AccessPolicy
  /// Row after row; public values.
  let coefficients: [UInt8]
  private let prepared: FieldMatrix

  /// The matrix of `policy`, with the kernels' tables prepared.
  public init(_ policy: AccessPolicy) {
    self.policy = policy
    var builder = Builder(columns: policy.columnCount)
    builder.addRows(of: policy.root, row: [1] + [UInt8](repeating: 0, count: policy.columnCount - 1))
    coefficients = builder.coefficients
    prepared = FieldMatrix(
      rows: policy.holders.count, columns: policy.columnCount, coefficients: builder.coefficients)
  }

  /// The number of shares.
  public var rows: Int { policy.holders.count }

  /// One for the secret, and the number of random coefficients that a deal takes.
  public var columns: Int { policy.columnCount }

  /// Who holds each row.
  public var holders: [HolderID] { policy.holders }

  /// The coefficient by which the share of `row` takes part of input `column`.
  public subscript(row: Int, column: Int) -> UInt8 {
    precondition((0..<rows).contains(row) && (0..<columns).contains(column), "outside the matrix")
    return coefficients[row * columns + column]
  }

  /// `shares = M · inputs`, byte by byte.
  ///
  /// - Parameters:
  ///   - inputs: `columns` columns of `length` bytes, end to end: first the secrets, then coefficients, which
  ///     must be uniformly random and used once.
  ///   - length: Bytes in every column; 32 for each key of a batch, for instance.
  ///   - shares: Receives `rows` columns of `length` bytes, in the order of `holders`. Zero when this throws.
  /// - Throws: `SharingError.lengthMismatch`, `.outOfMemory`.
  public func deal(
    inputs: Span<UInt8>, length: Int, into shares: inout MutableSpan<UInt8>
  ) throws(SharingError) {
    try prepared.apply(to: inputs, stride: length, length: length, into: &shares, stride: length)
  }

  /// `deal` with a pointer to each input column and to each share column, wherever they are. Nothing is written
  /// when it throws.
  @unsafe
  package func deal(
    inputs: UnsafeBufferPointer<UnsafePointer<UInt8>?>, length: Int,
    into shares: UnsafeBufferPointer<UnsafeMutablePointer<UInt8>?>
  ) throws(SharingError) {
    try unsafe prepared.apply(to: inputs, length: length, into: shares)
  }

  /// Equal policies have equal matrices.
  public static func == (left: SharingMatrix, right: SharingMatrix) -> Bool { left.policy == right.policy }

  /// Hashes the policy.
  public func hash(into hasher: inout Hasher) { hasher.combine(policy) }
}

/// Turns a gate's row r into `r + x·e_a + x²·e_(a+1) + …` for its children x = 1, 2, …, depth first.
private struct Builder {
  let columns: Int
  var coefficients: [UInt8] = []
  /// The first column that no gate has taken.
  var freeColumn = 1

  init(columns: Int) { self.columns = columns }

  mutating func addRows(of node: AccessPolicy.Node, row: [UInt8]) {
    switch node {
    case .holder: coefficients += row
    case .gate(let threshold, let children):
      // These columns are this gate's alone: were they shared with another gate, shares from under both could
      // cancel the randomness that keeps each gate's value from the other's holders.
      let own = freeColumn..<(freeColumn + threshold - 1)
      freeColumn = own.upperBound
      for (index, child) in children.enumerated() {
        let x = FieldElement(byte: UInt8(index + 1))
        var childRow = row
        var power = x
        for column in own {
          childRow[column] = power.byte
          power = power * x
        }
        addRows(of: child, row: childRow)
      }
    }
  }
}
