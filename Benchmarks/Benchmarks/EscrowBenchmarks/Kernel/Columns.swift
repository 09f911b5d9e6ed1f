import CISAL
import LibCrypto

/// Columns of bytes in page-aligned memory, end to end: inputs with something in them, then outputs.
final class Columns {
  let inputCount: Int
  let outputCount: Int
  let byteCount: Int
  let inputPointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
  let outputPointers: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
  private let memory: UnsafeMutableRawBufferPointer

  init(inputs: Int, outputs: Int, byteCount: Int) {
    inputCount = inputs
    outputCount = outputs
    self.byteCount = byteCount
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (inputs + outputs) * byteCount, alignment: 4096)
    // Every page is touched: none is mapped while something is timed.
    for index in memory.indices { memory[index] = UInt8(truncatingIfNeeded: index &* 131 &+ index >> 8) }
    let bytes = memory.bindMemory(to: UInt8.self)
    inputPointers = .allocate(capacity: inputs)
    outputPointers = .allocate(capacity: outputs)
    for column in 0..<inputs {
      inputPointers[column] = bytes.baseAddress.map { $0 + column * byteCount }
    }
    for row in 0..<outputs {
      outputPointers[row] = bytes.baseAddress.map { $0 + (inputs + row) * byteCount }
    }
  }

  deinit {
    memory.deallocate()
    inputPointers.deallocate()
    outputPointers.deallocate()
  }

  /// Lends all input columns and all output columns.
  func withSpans(_ body: (Span<UInt8>, inout MutableSpan<UInt8>) throws -> Void) rethrows {
    let bytes = memory.bindMemory(to: UInt8.self)
    let inputs = UnsafeBufferPointer(rebasing: bytes[..<(inputCount * byteCount)])
    let outputs = UnsafeMutableBufferPointer(rebasing: bytes[(inputCount * byteCount)...])
    var output = MutableSpan(_unsafeElements: outputs)
    try body(Span(_unsafeElements: inputs), &output)
  }

  /// Fills the input columns from byte `start` on with random bytes, as a deal's coefficients are.
  func fillInputs(after start: Int) throws {
    let bytes = memory.bindMemory(to: UInt8.self)
    var span = MutableSpan(
      _unsafeElements: UnsafeMutableBufferPointer(rebasing: bytes[start..<(inputCount * byteCount)]))
    try SystemRandom().fill(&span)
  }
}

/// The tables that ISA-L makes of a matrix.
final class Tables {
  let bytes: UnsafeMutablePointer<UInt8>

  init(columns: Int, rows: Int, _ coefficients: [UInt8]) {
    bytes = .allocate(capacity: 32 * columns * rows)
    var coefficients = coefficients
    ec_init_tables(CInt(columns), CInt(rows), &coefficients, bytes)
  }

  deinit { bytes.deallocate() }
}
