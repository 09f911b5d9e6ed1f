import KeyEscrow
import QRCode
import SecretMemory

/// What crosses to other rooms as QR codes: pictures in `qr`, and on the terminal.
struct CrossingCodes {
  // Version 13 at level L is 77 columns wide with its border; 25 at level M a page or a screen holds.
  private static let terminalLineLength = 425
  private static let pictureLineLength = 997
  private static let scale = 4

  let directory: CeremonyDirectory

  /// Writes the pictures of the files in `exchange` of these names that have none yet.
  ///
  /// - Returns: the names of the pictures, of all files.
  func writePictures(of names: [String]) throws(Failure) -> [String] {
    try Directory.create(directory.codes)
    var pictures: [String] = []
    for name in names {
      for part in try parts(of: name, lineLength: Self.pictureLineLength) {
        let picture = "\(part.name.dropLast(4)).\(part.number)-of-\(part.count).png"
        pictures.append(picture)
        let path = "\(directory.codes)/\(picture)"
        if Directory.holdsAnything(path) { continue }
        let line = Array(part.line.utf8)
        let output = try OutputFile.create(path)
        do {
          try QRCode.encoding(line.span, correction: .medium).png(scale: Self.scale).withBytes {
            (bytes) throws(Failure) in try output.write(bytes)
          }
        } catch { throw Failure(error, at: path) }
        try output.commit()
      }
    }
    return pictures
  }

  /// Shows the files in `exchange` of these names on the terminal, one code after the other.
  ///
  /// - Parameter next: waits for whoever scans.
  func show(_ names: [String], next: (String) throws(Failure) -> Void) throws(Failure) {
    for name in names {
      let parts = try parts(of: name, lineLength: Self.terminalLineLength)
      for part in parts {
        let line = Array(part.line.utf8)
        do {
          let text = try QRCode.encoding(line.span, correction: .low).halfBlocks(colored: true)
          try text.withBytes { (text) throws(Failure) in
            try Descriptor.write(text, to: Terminal.standardError, name: "standard error")
          }
        } catch { throw Failure(error, at: name) }
        try next("code \(part.number) of \(part.count) of \(name); Enter goes on")
      }
    }
  }

  private func parts(of name: String, lineLength: Int) throws(Failure) -> [CrossingPart] {
    let path = directory.path(of: name)
    let bytes = try DocumentFile.read(path, maximumByteCount: UnverifiedCeremonyRecord.maximumByteCount)
    return try locating(path) { try CrossingPart.parts(of: bytes, name: name, lineLength: lineLength) }
  }
}
