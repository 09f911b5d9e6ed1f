import LibCrypto

extension CryptoError {
  var exitStatus: ExitStatus {
    switch self {
    case .authenticationFailed: .verificationFailed
    case .malformedPEM, .wrongPassphrase: .keyUnavailable
    case .invalidKey: .verificationFailed
    default: .internalFailure
    }
  }

  var sentence: String {
    switch self {
    case .libcrypto(let operation, let reasons):
      "libcrypto failed in \(operation): \(reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; "))"
    case .randomnessUnavailable: "the system gives no randomness; nothing was made"
    case .authenticationFailed: "something sealed does not open: it was altered, or the key is another"
    case .invalidKey: "a key is not valid for its algorithm"
    case .invalidLength(let expected, let actual): "\(actual) bytes stand where \(expected) belong"
    case .malformedPEM: "this holds no PKCS#8 private key"
    case .wrongPassphrase: "the passphrase is wrong or missing"
    case .messageLimitReached: "too many messages under one key"
    case .exportOnly: "this context seals nothing"
    case .secretMemory(let error): error.sentence
    }
  }
}
