import CTestSupport
import SecretSharing
import Testing

@Suite struct FieldElementTests {
  @Test func everyProductEqualsTheReference() {
    for a in UInt8.min...UInt8.max {
      for b in UInt8.min...UInt8.max {
        let product = FieldElement(byte: a) * FieldElement(byte: b)
        if product.byte != reference_multiply(a, b) { Issue.record("\(a) times \(b) gives \(product.byte)") }
      }
    }
  }

  @Test func everyElementButZeroHasItsInverse() {
    #expect(FieldElement(byte: 0x53).inverse.byte == 0xCA)  // FIPS 197, section 4.2
    #expect(FieldElement.zero.inverse == .zero)
    for byte in UInt8(1)...UInt8.max {
      #expect(FieldElement(byte: byte) * FieldElement(byte: byte).inverse == .one)
    }
  }

  @Test func weightsAtZeroInterpolateTheConstantTerm() {
    // f(x) = 0x2A + 0x57 x at x = 0x83 and 0x13.
    let weights = FieldElement.weightsAtZero([0x83, 0x13])
    #expect(
      weights[0] * FieldElement(byte: 0xEB) + weights[1] * FieldElement(byte: 0xD4)
        == FieldElement(byte: 0x2A))
    #expect(FieldElement.weightsAtZero([9]) == [.one])
  }
}
