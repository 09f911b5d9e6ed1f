import CPNG
public import SecretMemory

/// A code as a picture file.
extension QRCode {
  /// A PNG (ISO/IEC 15948) of black on white, one bit a pixel, with the border, `scale` pixels a module.
  ///
  /// - Throws: `QRCodeError.invalidScale` unless 1 ≤ scale ≤ 64, `.library`, `.secretMemory`.
  public borrowing func png(scale: Int = 8) throws(QRCodeError) -> SecretBytes {
    guard (1...64).contains(scale) else { throw .invalidScale(scale) }
    let side = fullWidth * scale
    let pixels = try pixels(scale: scale, side: side)
    var image = unsafe png_image()
    unsafe escrow_png_palette(&image, png_uint_32(side), png_uint_32(side), 2)
    defer { unsafe png_image_free(&image) }
    let palette: [UInt8] = [255, 255, 255, 0, 0, 0]
    // Deflated, the picture is far smaller than its pixels; what libpng needs at most is known before.
    var file: SecretBytes
    do { file = try SecretBytes.zeros(side * ((side + 7) / 8 + 1) + 4096) } catch {
      throw .secretMemory(error)
    }
    var count = png_alloc_size_t(file.count)
    let isWritten = pixels.withBytes { pixels in
      file.withMutableBytes { file in
        unsafe pixels.withUnsafeBufferPointer { pixels in
          unsafe file.withUnsafeMutableBufferPointer { file in
            unsafe png_image_write_to_memory(
              &image, file.baseAddress, &count, 0, pixels.baseAddress, png_int_32(side), palette)
          }
        }
      }
    }
    guard isWritten == 1, Int(count) <= file.count else {
      throw .library("libpng: \(unsafe String(cString: escrow_png_message(&image)))")
    }
    do {
      return try file.withBytes { file throws(SecretMemoryError) in
        try SecretBytes.copying(file.extracting(0..<Int(count)))
      }
    } catch { throw .secretMemory(error) }
  }

  // One byte a pixel: its place in the palette.
  private borrowing func pixels(scale: Int, side: Int) throws(QRCodeError) -> SecretBytes {
    var pixels: SecretBytes
    do { pixels = try SecretBytes.zeros(side * side) } catch { throw .secretMemory(error) }
    let width = fullWidth
    try withFullModules { modules throws(QRCodeError) in
      pixels.withMutableBytes { pixels in
        for row in 0..<side {
          for column in 0..<side {
            pixels[row * side + column] = modules[row / scale * width + column / scale]
          }
        }
      }
    }
    return pixels
  }
}
