public import SecretMemory

/// A code as text: for terminals, and for pages.
extension QRCode {
  /// The code as lines of half blocks, two rows of modules a line, with the border.
  ///
  /// - Parameter colored: whether every line sets black on white itself. Without that the light modules are drawn in
  ///   the foreground's colour, which is right on a dark terminal; most readers take the reverse as well.
  /// - Throws: `QRCodeError.secretMemory`.
  public borrowing func halfBlocks(colored: Bool) throws(QRCodeError) -> SecretText {
    let width = fullWidth
    return try building { text, modules throws(SecretMemoryError) in
      for row in stride(from: 0, to: width, by: 2) {
        if colored { try text.append("\u{1B}[38;5;16;48;5;231m") }
        for column in 0..<width {
          let upper = modules[row * width + column] == 1
          // The code's width is odd, so the last line has one row: what is below it is the terminal.
          let lower = row + 1 < width ? modules[(row + 1) * width + column] == 1 : !colored
          switch (upper == colored, lower == colored) {
          case (true, true): try text.append("█")
          case (true, false): try text.append("▀")
          case (false, true): try text.append("▄")
          case (false, false): try text.append(" ")
          }
        }
        try text.append(colored ? "\u{1B}[0m\n" : "\n")
      }
    }
  }

  /// The code as an SVG element that stands in a page: black on white, with the border, one unit a module.
  ///
  /// - Throws: `QRCodeError.secretMemory`.
  public borrowing func svg() throws(QRCodeError) -> SecretText {
    let width = fullWidth
    return try building { text, modules throws(SecretMemoryError) in
      try text.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(width)\" shape-rendering=\"crispEdges\">"
      )
      try text.append("<rect width=\"\(width)\" height=\"\(width)\" fill=\"#fff\"/><path fill=\"#000\" d=\"")
      for row in 0..<width {
        var column = 0
        while column < width {
          let start = column
          while column < width, modules[row * width + column] == 1 { column += 1 }
          if column > start { try text.append("M\(start) \(row)h\(column - start)v1h-\(column - start)z") }
          column += 1
        }
      }
      try text.append("\"/></svg>")
    }
  }

  private borrowing func building(
    _ body: (inout SecretText, Span<UInt8>) throws(SecretMemoryError) -> Void
  ) throws(QRCodeError) -> SecretText {
    var text: SecretText
    do { text = try SecretText() } catch { throw .secretMemory(error) }
    let failure = try withFullModules { modules throws(QRCodeError) -> SecretMemoryError? in
      do throws(SecretMemoryError) {
        try body(&text, modules)
        return nil
      } catch { return error }
    }
    if let failure { throw .secretMemory(failure) }
    return text
  }
}
