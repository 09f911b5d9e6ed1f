import LibCrypto
import SecretMemory

/// How SLIP-39 encrypts a master secret under a passphrase: a Feistel cipher of four rounds over PBKDF2.
///
/// It is a permutation with no check: every passphrase decrypts, each to other bytes. That is the standard's intent (a
/// passphrase given under duress opens something), so whoever must know compares the result with something public.
struct MasterSecretCipher {
  private static let roundCount: UInt8 = 4
  private static let baseIterations = 2_500  // 10,000 over four rounds

  private let iterations: Int
  private let saltPrefix: [UInt8]

  init(_ header: MnemonicHeader) {
    iterations = Self.baseIterations << header.iterationExponent
    saltPrefix =
      header.isExtendable
      ? [] : Array("shamir".utf8) + [UInt8(header.identifier >> 8), UInt8(header.identifier & 255)]
  }

  /// The encrypted master secret.
  func encrypt(_ secret: Span<UInt8>, passphrase: Span<UInt8>) throws(MnemonicError) -> SecretBytes {
    try run(secret, passphrase: passphrase, rounds: Array(0..<Self.roundCount))
  }

  /// The master secret.
  func decrypt(_ secret: Span<UInt8>, passphrase: Span<UInt8>) throws(MnemonicError) -> SecretBytes {
    try run(secret, passphrase: passphrase, rounds: (0..<Self.roundCount).reversed())
  }

  // L ‖ R becomes R ‖ (L ⊕ F(i, R)) in each round, and the halves change places at the end.
  private func run(
    _ input: Span<UInt8>, passphrase: Span<UInt8>, rounds: [UInt8]
  ) throws(MnemonicError) -> SecretBytes {
    let half = input.count / 2
    var left = try DigestSharing.copy(input.extracting(0..<half))
    var right = try DigestSharing.copy(input.extracting(half..<input.count))
    var password = try DigestSharing.allocate(1 + passphrase.count)
    password.withMutableBytes { $0.copy(passphrase, at: 1) }
    var salt = try DigestSharing.allocate(saltPrefix.count + half)
    salt.withMutableBytes { $0.copy(saltPrefix.span, at: 0) }
    var output = try DigestSharing.allocate(half)
    for round in rounds {
      password.withMutableBytes { $0[0] = round }
      right.withBytes { right in salt.withMutableBytes { $0.copy(right, at: saltPrefix.count) } }
      try MnemonicError.wrapping { () throws(CryptoError) in
        try password.withBytes { password throws(CryptoError) in
          try salt.withBytes { salt throws(CryptoError) in
            try output.withMutableBytes { output throws(CryptoError) in
              try PBKDF2.deriveKey(password: password, salt: salt, iterations: iterations, into: &output)
            }
          }
        }
      }
      output.withBytes { output in
        left.withMutableBytes { for index in output.indices { $0[index] ^= output[index] } }
      }
      swap(&left, &right)
    }
    var result = try DigestSharing.allocate(2 * half)
    result.withMutableBytes { result in
      right.withBytes { result.copy($0, at: 0) }
      left.withBytes { result.copy($0, at: half) }
    }
    return result
  }
}
