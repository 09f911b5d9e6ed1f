public import LibCrypto
public import SecretMemory

/// Why a policy, a matrix or a set of shares was refused.
///
/// Positions count UTF-8 bytes from 0 in the text that was parsed; they are `nil` when the policy was built as a
/// tree.
public enum SharingError: Error, Equatable, Sendable {
  /// Something else was needed at this position: `what` says what, for people.
  case expected(_ what: ExpectedText, position: Int)
  /// A word that is neither a gate nor begins with `judge`, `provider` or `agency`.
  case unknownRole(position: Int)
  /// The label after `role:` is not one to 64 of `a`-`z`, `0`-`9`, `.` and `-`; the position is the label's.
  case invalidLabel(position: Int)
  /// A holder stands in the policy a second time.
  case duplicateHolder(HolderID, position: Int?)
  /// A threshold of 0, or above the number of children; the position is the number's.
  case thresholdOutOfRange(threshold: Int, children: Int, position: Int?)
  /// A gate without children.
  case emptyGate(position: Int?)
  /// Gates nested deeper than `AccessPolicy.maximumDepth`.
  case tooDeep(position: Int?)
  /// A text above `AccessPolicy.maximumTextByteCount`.
  case textTooLong(byteCount: Int)
  /// More than 255 holders, so more than 255 rows; the position is that of the first one too many.
  case tooManyRows(position: Int?)
  /// More than 255 columns: one, and for every gate its threshold less one; the position is the gate's.
  case tooManyColumns(position: Int?)
  /// The policy ended and text went on.
  case trailingText(position: Int)

  /// A column, share or secret of another length than its companions imply, in bytes.
  case lengthMismatch(expected: Int, actual: Int)
  /// There is no sharing of zero bytes.
  case emptySecret
  /// An output column shares memory with another column.
  case overlappingColumns
  /// The number of pointers differs from the number of columns, or one is null.
  case missingColumn
  /// The policy does not name this holder.
  case unknownHolder(HolderID)
  /// This holder's share is here already.
  case duplicateShare(HolderID)
  /// The shares at hand satisfy no authorised set.
  case unauthorized
  /// Not `2 ≤ threshold ≤ shares ≤ 255`.
  case invalidThreshold(threshold: Int, shares: Int)
  /// Abscissa 0 holds the secret itself, so no share stands there.
  case zeroAbscissa
  /// Two shares with one abscissa.
  case duplicateAbscissa(UInt8)
  /// Fewer than two shares, or more than 255.
  case shareCountOutOfRange(Int)
  /// Memory for public values was short.
  case outOfMemory
  /// Memory for secret values could not be had.
  case secretMemory(SecretMemoryError)
  /// The random source failed; nothing was emitted.
  case crypto(CryptoError)
}

extension SharingError {
  /// Where in a policy's text the fault is, in UTF-8 bytes from 0; nil for other errors, and for policies built as
  /// trees.
  public var position: Int? {
    switch self {
    case .expected(_, let position), .unknownRole(let position), .invalidLabel(let position),
      .trailingText(let position):
      position
    case .duplicateHolder(_, let position), .thresholdOutOfRange(_, _, let position),
      .emptyGate(let position), .tooDeep(let position), .tooManyRows(let position),
      .tooManyColumns(let position):
      position
    default: nil
    }
  }
}

/// What a policy's text should have held at an error's position.
public enum ExpectedText: String, Equatable, Sendable {
  /// A holder such as `judge:paris`, or a gate such as `and(`.
  case node = "a holder or a gate"
  /// `(` after a gate's name.
  case openingParenthesis = "("
  /// A decimal number without leading zeros.
  case threshold = "a threshold"
  /// `,` between a threshold and the children.
  case comma = ","
  /// What ends a child.
  case commaOrClosingParenthesis = ", or )"
}
