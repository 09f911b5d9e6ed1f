import SecretMemory
import Testing

struct ConstantTimeTests {
  @Test(
    "Equal bytes are equal; one changed bit anywhere makes them unequal", arguments: [1, 16, 31, 32, 33, 100])
  func equality(count: Int) {
    let left = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(Self.equal(left, left))
    for index in 0..<count {
      for bit in 0..<8 {
        var right = left
        right[index] ^= 1 << bit
        #expect(!Self.equal(left, right))
        #expect(!Self.equal(right, left))
      }
    }
  }

  @Test("Other lengths are unequal; nothing equals nothing")
  func lengths() {
    #expect(!Self.equal([1, 2], [1]))
    #expect(!Self.equal([], [0]))
    #expect(Self.equal([], []))
  }

  @Test("Only zeros are zero")
  func zero() {
    #expect(Self.isZero([]))
    #expect(Self.isZero([UInt8](repeating: 0, count: 33)))
    for index in 0..<33 {
      for bit in 0..<8 {
        var bytes = [UInt8](repeating: 0, count: 33)
        bytes[index] = 1 << bit
        #expect(!Self.isZero(bytes))
      }
    }
  }

  private static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    ConstantTime.equal(left.span, right.span)
  }

  private static func isZero(_ bytes: [UInt8]) -> Bool { ConstantTime.isZero(bytes.span) }
}

struct MutableSpanTests {
  @Test("A slice is those bytes and no others; erasing it leaves the rest")
  func slice() {
    var bytes = [UInt8](repeating: 7, count: 10)
    var span = bytes.mutableSpan
    span.withSlice(3..<6) { slice in
      for index in slice.indices { slice[index] = UInt8(index) }
    }
    span.withSlice(8..<10) { slice in slice.explicitlyErase() }
    span.withSlice(10..<10) { slice in slice.explicitlyErase() }
    #expect(bytes == [7, 7, 7, 0, 1, 2, 7, 7, 0, 0])
  }

  @Test("A slice outside the span stops the process")
  func outside() async {
    await #expect(processExitsWith: .failure) {
      var bytes = [UInt8](repeating: 7, count: 10)
      var span = bytes.mutableSpan
      span.withSlice(9..<11) { slice in slice.explicitlyErase() }
    }
  }
}
