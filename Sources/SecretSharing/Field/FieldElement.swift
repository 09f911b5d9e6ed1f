/// An element of GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (0x11B, FIPS 197 section 4), for matrices and weights.
///
/// These values are public. Share bytes go through the kernels of CGaloisField alone.
package struct FieldElement: Hashable, Sendable {
  package let byte: UInt8

  package init(byte: UInt8) { self.byte = byte }

  package static let zero = FieldElement(byte: 0)
  package static let one = FieldElement(byte: 1)

  /// Addition and subtraction: exclusive or.
  package static func + (left: FieldElement, right: FieldElement) -> FieldElement {
    FieldElement(byte: left.byte ^ right.byte)
  }

  /// Shift and add, reducing whenever x^8 appears.
  package static func * (left: FieldElement, right: FieldElement) -> FieldElement {
    var product: UInt8 = 0
    var shifted = left.byte
    for bit in 0..<8 {
      product ^= shifted & (0 &- (right.byte >> bit & 1))
      shifted = (shifted << 1) ^ (0x1B & (0 &- (shifted >> 7)))
    }
    return FieldElement(byte: product)
  }

  /// The element whose product with this one is 1, and 0 for 0: the power 254 = 2 + 4 + … + 128, because the 255
  /// elements other than 0 form a group.
  package var inverse: FieldElement {
    var result = FieldElement.one
    var square = self
    for _ in 1...7 {
      square = square * square
      result = result * square
    }
    return result
  }

  /// The weights at zero of the polynomial through `points`: the sum of weight times value is the value at 0
  /// (Shamir, 1979). Points are distinct and not 0.
  package static func weightsAtZero(_ points: [UInt8]) -> [FieldElement] {
    points.map { point in
      var numerator = FieldElement.one
      var denominator = FieldElement.one
      for other in points where other != point {
        numerator = numerator * FieldElement(byte: other)
        denominator = denominator * FieldElement(byte: other ^ point)
      }
      return numerator * denominator.inverse
    }
  }
}
