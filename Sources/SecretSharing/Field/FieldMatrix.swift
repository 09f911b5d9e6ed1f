import CGaloisField
import SecretMemory

/// A matrix over GF(2^8) with the kernels' tables for its coefficients, made once.
@safe
final class FieldMatrix: @unchecked Sendable {
  // Sendable: the C matrix is never written after its creation.
  private let handle: OpaquePointer?
  let rows: Int
  let columns: Int

  /// - Parameter coefficients: `rows * columns` bytes, row after row; both counts are 1…255.
  init(rows: Int, columns: Int, coefficients: [UInt8]) {
    precondition(coefficients.count == rows * columns, "a matrix has rows times columns coefficients")
    self.rows = rows
    self.columns = columns
    unsafe handle = coefficients.withUnsafeBufferPointer { buffer in
      unsafe gf256_matrix_create(rows, columns, buffer.baseAddress)
    }
  }

  deinit { unsafe gf256_matrix_destroy(handle) }

  /// `outputs = matrix · inputs` on columns of `length` bytes that lie `inputStride` and `outputStride` bytes
  /// apart. Zeroes `outputs` before it throws.
  func apply(
    to inputs: Span<UInt8>, stride inputStride: Int, length: Int, into outputs: inout MutableSpan<UInt8>,
    stride outputStride: Int
  ) throws(SharingError) {
    do throws(SharingError) {
      try Self.check(inputs.count, columns: columns, stride: inputStride, length: length)
      try Self.check(outputs.count, columns: rows, stride: outputStride, length: length)
      guard let handle = unsafe handle else { throw .outOfMemory }
      let status = unsafe inputs.withUnsafeBufferPointer { input in
        unsafe outputs.withUnsafeMutableBufferPointer { output in
          unsafe gf256_matrix_apply_strided(
            handle, input.baseAddress, inputStride, output.baseAddress, outputStride, length)
        }
      }
      try Self.check(status)
    } catch {
      outputs.explicitlyErase()
      throw error
    }
  }

  /// `outputs = matrix · inputs` with a pointer to every column of `length` bytes.
  @unsafe
  func apply(
    to inputs: UnsafeBufferPointer<UnsafePointer<UInt8>?>, length: Int,
    into outputs: UnsafeBufferPointer<UnsafeMutablePointer<UInt8>?>
  ) throws(SharingError) {
    guard length >= 0 else { throw .lengthMismatch(expected: 0, actual: length) }
    guard inputs.count == columns, outputs.count == rows else { throw .missingColumn }
    guard let handle = unsafe handle else { throw .outOfMemory }
    try Self.check(unsafe gf256_matrix_apply(handle, inputs.baseAddress, outputs.baseAddress, length))
  }

  private static func check(_ byteCount: Int, columns: Int, stride: Int, length: Int) throws(SharingError) {
    guard length >= 0, stride >= length else { throw .lengthMismatch(expected: stride, actual: length) }
    let (expected, overflowed) = columns.multipliedReportingOverflow(by: stride)
    guard !overflowed, byteCount == expected else {
      throw .lengthMismatch(expected: overflowed ? .max : expected, actual: byteCount)
    }
  }

  private static func check(_ status: gf256_status) throws(SharingError) {
    switch status {
    case GF256_OK: return
    case GF256_OVERLAP: throw .overlappingColumns
    default: throw .missingColumn
    }
  }
}
