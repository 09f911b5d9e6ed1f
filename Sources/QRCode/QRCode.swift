import CQREncode
import SecretMemory

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A QR code (ISO/IEC 18004) of some bytes, byte for byte: a square of dark and light modules.
///
/// What it shows may be a secret, so modules and pictures are secret bytes, erased with their owner. libqrencode's own
/// copies are freed without that; whoever shows a secret to a camera has other places to guard as well.
public struct QRCode: ~Copyable, Sendable {
  /// How much of a code may be lost or dirty without loss of content.
  public enum Correction: Sendable {
    /// About 7 in 100 codewords.
    case low
    /// About 15 in 100: the level of codes on paper.
    case medium
    /// About 25 in 100.
    case quartile

    /// The most bytes in one code (version 40).
    public var maximumByteCount: Int {
      switch self {
      case .low: 2953
      case .medium: 2331
      case .quartile: 1663
      }
    }

    var level: QRecLevel {
      switch self {
      case .low: QR_ECLEVEL_L
      case .medium: QR_ECLEVEL_M
      case .quartile: QR_ECLEVEL_Q
      }
    }
  }

  /// The light border that a reader needs, in modules.
  public static let quietZone = 4

  /// Modules on each side, 21…177, without the border.
  public let width: Int
  // One byte a module, 1 for dark, row after row.
  private let modules: SecretBytes

  /// The code of `bytes`, in the smallest size that holds them.
  ///
  /// - Throws: `QRCodeError.doesNotFit` for no bytes or too many, `.library`, `.secretMemory`.
  public static func encoding(
    _ bytes: Span<UInt8>, correction: Correction = .medium
  ) throws(QRCodeError) -> QRCode {
    guard (1...correction.maximumByteCount).contains(bytes.count) else {
      throw .doesNotFit(byteCount: bytes.count, maximum: correction.maximumByteCount)
    }
    let code = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe QRcode_encodeData(CInt(buffer.count), buffer.baseAddress, 0, correction.level)
    }
    guard let code = unsafe code else {
      throw .library("libqrencode: \(unsafe String(cString: strerror(errno)))")
    }
    let width = Int(unsafe code.pointee.width)
    let count = width * width
    defer {
      unsafe explicitlyZero(UnsafeMutableRawPointer(code.pointee.data), count)
      unsafe QRcode_free(code)
    }
    do {
      var modules = try SecretBytes.zeros(count)
      modules.withMutableBytes { modules in
        // The lowest bit is the colour; the others tell libqrencode what the module is for.
        for index in 0..<count { unsafe modules[index] = code.pointee.data[index] & 1 }
      }
      return QRCode(width: width, modules: modules)
    } catch { throw .secretMemory(error) }
  }

  private init(width: Int, modules: consuming SecretBytes) {
    self.width = width
    self.modules = modules
  }

  /// Modules on each side with the border.
  public var fullWidth: Int { width + 2 * Self.quietZone }

  /// Lends the modules with their border: one byte each, 1 for dark, `fullWidth` rows of `fullWidth`.
  borrowing func withFullModules<Result>(
    _ body: (Span<UInt8>) throws(QRCodeError) -> Result
  ) throws(QRCodeError) -> Result {
    var full: SecretBytes
    do { full = try SecretBytes.zeros(fullWidth * fullWidth) } catch { throw .secretMemory(error) }
    modules.withBytes { modules in
      full.withMutableBytes { full in
        for row in 0..<width {
          full.copy(
            modules.extracting(row * width..<(row + 1) * width),
            at: (row + Self.quietZone) * fullWidth + Self.quietZone)
        }
      }
    }
    return try full.withBytes(body)
  }

  /// Lends the modules, as a check of pictures wants them: one byte each, 1 for dark, `width` rows of `width`.
  package borrowing func withModules<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    modules.withBytes(body)
  }
}
