import SecretMemory

extension SecretMemoryError {
  var sentence: String {
    switch self {
    case .outOfMemory(let count): "the system gives no memory for \(count) secret bytes"
    case .invalidCount(let count): "\(count) is no number of bytes"
    }
  }
}
