public import SecretMemory

/// Why bytes did not become a QR code.
public enum QRCodeError: Error, Equatable, Sendable {
  /// `byteCount` bytes do not fit into one code, which holds 1 to `maximum` at this level of correction.
  case doesNotFit(byteCount: Int, maximum: Int)
  /// A picture has 1 to 64 pixels a module.
  case invalidScale(Int)
  /// libqrencode or libpng failed.
  case library(String)
  /// Memory for the picture could not be had.
  case secretMemory(SecretMemoryError)
}
