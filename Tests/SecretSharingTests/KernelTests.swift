import CGaloisField
import CTestSupport
import Testing

/// The kernels that this processor runs. The others run in `Scripts/kernels-under-qemu`.
private let kernels: [gf256_kernel_id] = [
  GF256_KERNEL_PORTABLE, GF256_KERNEL_SSSE3, GF256_KERNEL_AVX2, GF256_KERNEL_GFNI_AVX2,
  GF256_KERNEL_GFNI_AVX512,
  GF256_KERNEL_NEON,
].filter { gf256_kernel_is_supported($0) }

/// Every alignment where C is optimised, every eleventh where it is not.
#if DEBUG
  private let alignmentStep = 11
#else
  private let alignmentStep = 1
#endif

/// The first failure that a check in C describes, or nil.
private func failure(_ check: (UnsafeMutablePointer<CChar>?) -> CInt) -> String? {
  var message = [CChar](repeating: 0, count: Int(KERNEL_CHECK_MESSAGE_BYTES))
  let failed = unsafe message.withUnsafeMutableBufferPointer { unsafe check($0.baseAddress) }
  let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return failed == 0 ? nil : "failed: \(String(decoding: text, as: UTF8.self))"
}

private func sweepFailure(
  _ kernel: gf256_kernel_id, _ streaming: gf256_streaming, rows: Int, columns: Int, alignmentStep: Int = 1
) -> String? {
  unsafe failure {
    unsafe check_lengths_and_alignments(kernel, streaming, rows, columns, alignmentStep, $0)
  }
}

@Suite struct KernelTests {
  @Test func referenceMultipliesLikeFIPS197() {
    // Section 4.2 and 4.2.1.
    #expect(reference_multiply(0x57, 0x83) == 0xC1)
    #expect(reference_multiply(0x57, 0x13) == 0xFE)
    #expect([0x02, 0x04, 0x08, 0x10].map { reference_multiply(0x57, $0) } == [0xAE, 0x47, 0x8E, 0x07])
  }

  @Test(arguments: kernels) func everyProductEqualsTheReference(kernel: gf256_kernel_id) {
    let failure = unsafe failure { unsafe check_products(kernel, $0) }
    #expect(failure == nil)
  }

  @Test(arguments: kernels) func everyLengthAtEveryAlignment(kernel: gf256_kernel_id) {
    #expect(sweepFailure(kernel, GF256_STREAM_NEVER, rows: 1, columns: 3) == nil)
  }

  @Test(arguments: kernels) func everyLengthAtEveryAlignmentStreamed(kernel: gf256_kernel_id) {
    #expect(sweepFailure(kernel, GF256_STREAM_ALWAYS, rows: 1, columns: 1) == nil)
  }

  /// The kernels have loops of their own for two and for three columns to one row, and for one to four rows.
  @Test(arguments: kernels, [(1, 2), (2, 2), (3, 1), (4, 2), (5, 1)])
  func everyLengthWithOtherShapes(kernel: gf256_kernel_id, shape: (rows: Int, columns: Int)) {
    #expect(
      sweepFailure(
        kernel, GF256_STREAM_NEVER, rows: shape.rows, columns: shape.columns, alignmentStep: alignmentStep)
        == nil)
  }

  @Test(arguments: kernels, [2, 3, 4])
  func everyLengthStreamedFromSeveralColumns(kernel: gf256_kernel_id, columns: Int) {
    #expect(
      sweepFailure(kernel, GF256_STREAM_ALWAYS, rows: 1, columns: columns, alignmentStep: alignmentStep)
        == nil)
  }

  @Test(arguments: kernels) func everyEdgeShape(kernel: gf256_kernel_id) {
    let failure = unsafe failure { unsafe check_shapes(kernel, $0) }
    #expect(failure == nil)
  }
}

@Suite struct DispatchTests {
  private func isCreated(_ rows: Int, _ columns: Int, _ coefficients: [UInt8]?) -> Bool {
    let matrix = unsafe gf256_matrix_create(rows, columns, coefficients)
    defer { unsafe gf256_matrix_destroy(matrix) }
    return unsafe matrix != nil
  }

  @Test func shapesOutsideTheFieldAreRefused() {
    let coefficients = [UInt8](repeating: 1, count: 256 * 256)
    for (rows, columns) in [(0, 1), (1, 0), (256, 1), (1, 256), (-1, 1)] {
      #expect(!isCreated(rows, columns, coefficients), "\(rows) × \(columns)")
    }
    #expect(!isCreated(1, 1, nil))
    #expect(isCreated(255, 255, coefficients))
  }

  /// Two columns to two rows of 32 bytes at the given offsets into one buffer; whether it was changed, too.
  private func status(inputs: [Int], outputs: [Int], length: Int = 32) -> (gf256_status, Bool) {
    let before = (0..<256).map { UInt8($0) }
    var buffer = before
    let matrix = unsafe gf256_matrix_create(2, 2, [1, 2, 3, 4])
    defer { unsafe gf256_matrix_destroy(matrix) }
    let status = unsafe buffer.withUnsafeMutableBufferPointer { memory in
      let base = memory.baseAddress
      let inputs = unsafe inputs.map { offset in unsafe base.map { unsafe UnsafePointer($0 + offset) } }
      let outputs = unsafe outputs.map { offset in unsafe base.map { unsafe $0 + offset } }
      return unsafe gf256_matrix_apply(matrix, inputs, outputs, length)
    }
    return (status, buffer != before)
  }

  @Test func overlapIsRefusedAndNothingWritten() {
    #expect(status(inputs: [0, 32], outputs: [64, 96]) == (GF256_OK, true))
    #expect(status(inputs: [0, 0], outputs: [64, 96]) == (GF256_OK, true), "inputs may be one column")
    for (inputs, outputs) in [
      ([0, 32], [0, 96]), ([0, 32], [63, 96]), ([0, 32], [96, 63]), ([33, 100], [1, 2]),
      ([0, 32], [64, 95]),
      ([0, 32], [95, 64]), ([0, 32], [64, 64]), ([0, 95], [64, 150]),
    ] {
      #expect(status(inputs: inputs, outputs: outputs) == (GF256_OVERLAP, false), "\(inputs) \(outputs)")
    }
    #expect(status(inputs: [0, 0], outputs: [0, 0], length: 0) == (GF256_OK, false))
  }

  /// Two columns to two rows of 16 bytes in one buffer, each pair with its offset and stride; what the rows hold then, and
  /// whether anything else was changed.
  private func strided(
    inputs: (at: Int, stride: Int), outputs: (at: Int, stride: Int)
  ) -> (status: gf256_status, rows: [UInt8], isElsewhereChanged: Bool) {
    let length = 16
    let before = (0..<256).map { UInt8($0) }
    var buffer = before
    let matrix = unsafe gf256_matrix_create(2, 2, [1, 1, 0, 1])
    defer { unsafe gf256_matrix_destroy(matrix) }
    let status = unsafe buffer.withUnsafeMutableBufferPointer { memory in
      guard let base = memory.baseAddress else { return GF256_NULL_POINTER }
      return unsafe gf256_matrix_apply_strided(
        matrix, base + inputs.at, inputs.stride, base + outputs.at, outputs.stride, length)
    }
    let places = [outputs.at, outputs.at + outputs.stride].flatMap { $0..<($0 + length) }
    var elsewhere = buffer
    for place in places { elsewhere[place] = before[place] }
    return (status, places.map { buffer[$0] }, elsewhere != before)
  }

  @Test("Columns of one stride may lie beside and between each other, and share no byte", arguments: [0, 1])
  func stridedColumns(swapped: Int) {
    typealias Columns = (at: Int, stride: Int)
    // What the buffer of `strided` holds in column `number` at first.
    func untouched(_ columns: Columns, _ number: Int) -> [UInt8] {
      (0..<16).map { UInt8(columns.at + number * columns.stride + $0) }
    }
    let apart: [(Columns, Columns)] = [
      ((0, 16), (32, 16)),  // end to end
      ((0, 32), (16, 32)),  // interleaved
      ((0, 64), (20, 20)),  // one within the other's gap
      ((100, 16), (10, 40)),
    ]
    for (first, second) in apart {
      let (inputs, outputs) = swapped == 0 ? (first, second) : (second, first)
      let result = strided(inputs: inputs, outputs: outputs)
      let (first, second) = (untouched(inputs, 0), untouched(inputs, 1))
      #expect(result.status == GF256_OK, "\(inputs) \(outputs)")
      #expect(result.rows == zip(first, second).map { $0 ^ $1 } + second, "\(inputs) \(outputs)")
      #expect(!result.isElsewhereChanged)
    }
    let together: [(Columns, Columns)] = [
      ((0, 16), (0, 16)), ((0, 16), (31, 16)), ((0, 32), (15, 32)), ((0, 64), (20, 29)), ((0, 40), (40, 16)),
    ]
    for (first, second) in together {
      let (inputs, outputs) = swapped == 0 ? (first, second) : (second, first)
      let result = strided(inputs: inputs, outputs: outputs)
      #expect(result.status == GF256_OVERLAP, "\(inputs) \(outputs)")
      #expect(result.rows == untouched(outputs, 0) + untouched(outputs, 1))
      #expect(!result.isElsewhereChanged)
    }
  }

  @Test func nullPointersAndImpossibleStridesAreRefused() {
    let matrix = unsafe gf256_matrix_create(1, 2, [1, 2])
    defer { unsafe gf256_matrix_destroy(matrix) }
    let input = [UInt8](repeating: 7, count: 64)
    var output = [UInt8](repeating: 9, count: 32)
    let refused = unsafe [
      gf256_matrix_apply_strided(nil, input, 32, &output, 32, 32),
      gf256_matrix_apply_strided(matrix, nil, 32, &output, 32, 32),
      gf256_matrix_apply_strided(matrix, input, 32, nil, 32, 32),
      gf256_matrix_apply(matrix, [nil, nil], [nil], 32),
      gf256_matrix_apply_strided(matrix, input, 31, &output, 32, 32),
      gf256_matrix_apply_strided(matrix, input, 32, &output, 31, 32),
      gf256_matrix_apply_strided(matrix, input, .max, &output, .max, .max),
    ]
    #expect(
      refused
        == [UInt32](arrayLiteral: 2, 2, 2, 2, 1, 1, 1).map { gf256_status(rawValue: $0) })
    #expect(output == [UInt8](repeating: 9, count: 32))
    let accepted = unsafe gf256_matrix_apply_strided(matrix, input, 32, &output, 32, 32)
    #expect(accepted == GF256_OK)
    #expect(output == [UInt8](repeating: 7 ^ 14, count: 32))
  }

  @Test func onlyKernelsOfThisProcessorCanBeForced() {
    let isNamed = (0...6).map { id in
      let name = unsafe gf256_kernel_name(gf256_kernel_id(rawValue: UInt32(id)))
      return unsafe name != nil
    }
    #expect(isNamed == [true, true, true, true, true, true, false])
    for id in 0..<6 {
      let kernel = gf256_kernel_id(rawValue: UInt32(id))
      let runs = gf256_kernel_is_supported(kernel)
      #expect(gf256_kernel_override(kernel) == (runs ? GF256_OK : GF256_UNSUPPORTED))
      if runs { #expect(gf256_kernel_in_use() == kernel) }
    }
    #expect(gf256_kernel_override(GF256_KERNEL_AUTOMATIC) == GF256_OK)
    #expect(gf256_kernel_in_use() == kernels.last)
  }
}
