import ArgumentParser
import QRCode
import SecretMemory

struct QRCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qr",
    abstract: "Show a small file as a QR code: on the terminal, or as a PNG or SVG file.",
    discussion: """
      The code holds the file's bytes as they are, at most 2,331 of them (2,953 with --low-correction). \
      Nothing is split: what does not fit is refused. `zbarimg --raw -Sbinary` gives the bytes back.
      """)

  @Argument(help: ArgumentHelp("The file; - is standard input.", valueName: "FILE"))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write a picture: a new file that ends in .png or .svg.", valueName: "PICTURE"))
  var out: String?

  @Option(help: ArgumentHelp("Pixels on each side of a module, in a PNG.", valueName: "N"))
  var scale = 8

  @Flag(help: "Correct less, so that more fits; for clean screens, not for paper.")
  var lowCorrection = false

  func validate() throws {
    guard out.map({ $0.hasSuffix(".png") || $0.hasSuffix(".svg") }) ?? true else {
      throw ValidationError("--out names a file that ends in .png or .svg.")
    }
  }

  func run() throws {
    let bytes = try DocumentFile.read(file)
    let code = try locating(DocumentFile.name(of: file)) {
      try QRCode.encoding(bytes.span, correction: lowCorrection ? .low : .medium)
    }
    guard let out else { return try QRDisplay.show(code) }
    // A picture is as private as what it shows, which nobody here knows.
    let output = try OutputFile.create(out, access: .owner)
    if out.hasSuffix(".png") {
      try code.png(scale: scale).withBytes { picture throws(Failure) in try output.write(picture) }
    } else {
      try code.svg().withBytes { picture throws(Failure) in try output.write(picture) }
    }
    try output.commit()
  }
}
