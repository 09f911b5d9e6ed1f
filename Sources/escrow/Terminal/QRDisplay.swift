import QRCode
import SecretMemory

/// QR codes on standard output.
enum QRDisplay {
  /// Prints `code`: on a terminal black on white, so that every reader takes it; elsewhere without colours.
  static func show(_ code: borrowing QRCode) throws(Failure) {
    do {
      let text = try code.halfBlocks(colored: Terminal.isTerminal(Terminal.standardOutput))
      try text.withBytes { text throws(Failure) in try Terminal.output(text) }
    } catch { throw Failure(error) }
  }
}
