import QRCode

extension QRCodeError {
  var exitStatus: ExitStatus {
    switch self {
    case .doesNotFit, .invalidScale: .usage
    case .library, .secretMemory: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .doesNotFit(let count, let maximum):
      count == 0
        ? "there is nothing to show"
        : "\(count) bytes do not fit into one QR code, which holds at most \(maximum)"
    case .invalidScale(let scale): "a module has 1 to 64 pixels, and not \(scale)"
    case .library(let reason): "the QR code could not be made: \(reason)"
    case .secretMemory(let error): error.sentence
    }
  }
}
