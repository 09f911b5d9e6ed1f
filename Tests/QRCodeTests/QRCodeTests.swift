import CPNG
import QRCode
import SecretMemory
import Testing

/// Every picture of a code is the same code. That the code is right is shown by another program, in
/// `Scripts/qr-roundtrip`.
struct QRCodeTests {
  private static let samples: [[UInt8]] = [
    [0], Array("HELLO".utf8), Array(UInt8(0)...255), [UInt8](repeating: 0xFF, count: 2331),
  ]

  private func modules(_ code: borrowing QRCode) -> [[Bool]] {
    let width = code.width
    return code.withModules { modules in
      (0..<width).map { row in (0..<width).map { modules[row * width + $0] == 1 } }
    }
  }

  /// `modules` with the border.
  private func bordered(_ modules: [[Bool]]) -> [[Bool]] {
    let empty = [Bool](repeating: false, count: modules.count + 8)
    let side = [Bool](repeating: false, count: 4)
    return Array(repeating: empty, count: 4) + modules.map { side + $0 + side }
      + Array(repeating: empty, count: 4)
  }

  private func text(_ secret: borrowing SecretText) -> String {
    secret.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
  }

  /// The width and the grey values of a square picture.
  private static func grey(_ png: borrowing SecretBytes) -> (side: Int, pixels: [UInt8]) {
    var image = unsafe png_image()
    unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
    return png.withBytes { file in
      unsafe file.withUnsafeBytes { file in
        guard unsafe png_image_begin_read_from_memory(&image, file.baseAddress, file.count) == 1 else {
          return (0, [])
        }
        unsafe image.format = 0
        let side = Int(unsafe image.width)
        var pixels = [UInt8](repeating: 0x55, count: side * Int(unsafe image.height))
        let isRead = unsafe png_image_finish_read(&image, nil, &pixels, png_int_32(side), nil)
        return isRead == 1 ? (side, pixels) : (0, [])
      }
    }
  }

  @Test(arguments: 0..<4)
  func aCodeHasItsFinderPatterns(_ sample: Int) throws {
    let bytes = Self.samples[sample]
    let code = try QRCode.encoding(bytes.span)
    let modules = modules(code)
    #expect((code.width - 17).isMultiple(of: 4) && (21...177).contains(code.width))
    let finder = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"].map {
      $0.map { $0 == "#" }
    }
    for (top, left) in [(0, 0), (0, code.width - 7), (code.width - 7, 0)] {
      #expect((0..<7).map { Array(modules[top + $0][left..<left + 7]) } == finder)
    }
  }

  @Test(arguments: 0..<4, [1, 3])
  func thePictureIsTheCode(_ sample: Int, _ scale: Int) throws {
    let bytes = Self.samples[sample]
    let code = try QRCode.encoding(bytes.span)
    let png = try code.png(scale: scale)
    let side = code.fullWidth * scale
    let (decodedSide, pixels) = Self.grey(png)
    try #require(decodedSide == side && pixels.count == side * side)
    let expected = bordered(modules(code))
    for row in 0..<side {
      for column in 0..<side {
        guard pixels[row * side + column] == (expected[row / scale][column / scale] ? 0 : 255) else {
          Issue.record("pixel \(row), \(column)")
          return
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func theTerminalShowsTheCode(_ isColored: Bool) throws {
    let code = try QRCode.encoding(Array("terminal".utf8).span)
    var rows: [[Bool]] = []
    for line in text(try code.halfBlocks(colored: isColored)).split(separator: "\n") {
      var cells = String(line)
      if isColored {
        #expect(cells.hasPrefix("\u{1B}[38;5;16;48;5;231m") && cells.hasSuffix("\u{1B}[0m"))
        cells = cells.replacing(/\u{1B}\[[0-9;]*m/, with: "")
      }
      #expect(cells.count == code.fullWidth)
      rows.append(cells.map { ("█▀".contains($0)) == isColored })
      rows.append(cells.map { ("█▄".contains($0)) == isColored })
    }
    // The last line's lower half is beyond the code.
    #expect(Array(rows.dropLast()) == bordered(modules(code)))
  }

  @Test func thePageShowsTheCode() throws {
    let code = try QRCode.encoding(Array("page".utf8).span)
    let svg = text(try code.svg())
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>"))
    var drawn = Array(repeating: [Bool](repeating: false, count: code.fullWidth), count: code.fullWidth)
    for run in svg.matches(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)z/) {
      let (column, row, count) = (
        try #require(Int(run.1)), try #require(Int(run.2)), try #require(Int(run.3))
      )
      #expect(run.3 == run.4)
      for offset in 0..<count { drawn[row][column + offset] = true }
    }
    #expect(drawn == bordered(modules(code)))
  }

  @Test(arguments: [
    (QRCode.Correction.low, 2953), (.medium, 2331), (.quartile, 1663),
  ])
  func whatDoesNotFitIsRefused(_ correction: QRCode.Correction, _ maximum: Int) throws {
    let most = try QRCode.encoding([UInt8](repeating: 7, count: maximum).span, correction: correction)
    #expect(most.width == 177)
    for count in [0, maximum + 1, 1_000_000] {
      #expect(throws: QRCodeError.doesNotFit(byteCount: count, maximum: maximum)) {
        _ = try QRCode.encoding([UInt8](repeating: 7, count: count).span, correction: correction).width
      }
    }
  }

  @Test(arguments: [0, -1, 65])
  func aScaleOutsideItsBoundsIsRefused(_ scale: Int) throws {
    let code = try QRCode.encoding([1].span)
    #expect(throws: QRCodeError.invalidScale(scale)) { _ = try code.png(scale: scale).count }
  }
}
