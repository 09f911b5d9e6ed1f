import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// What is done today: every share of every key is sealed by itself to its holder's public key, and opened by itself.
/// HPKE in base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: this package's own, over libcrypto.
final class PublicKeySealing {
  private static let suite = HPKESuite(kem: .x25519HKDFSHA256, kdf: .hkdfSHA256, aead: .aes256GCM)
  private let info = Array("benchmark".utf8)
  private let keys: [KeyBox]
  private let encapsulations: [[UInt8]]
  private let ciphertexts: [[UInt8]]
  private let matrix: SharingMatrix
  private let vector: ReconstructionVector

  private final class KeyBox {
    let key: X25519PrivateKey
    init(_ key: consuming X25519PrivateKey) { self.key = key }
  }

  init(_ roster: Roster) throws {
    matrix = SharingMatrix(roster.policy)
    guard let vector = matrix.reconstructionVector(for: Set(matrix.holders.prefix(2))) else {
      throw Unusable("judge and provider do not suffice")
    }
    self.vector = vector
    var keys: [KeyBox] = []
    var encapsulations: [[UInt8]] = []
    var ciphertexts: [[UInt8]] = []
    let share = [UInt8](repeating: 0x5A, count: 32)
    let info = info
    for _ in 0..<matrix.rows {
      let box = KeyBox(try X25519PrivateKey.generate())
      let (encapsulation, ciphertext) = try Self.seal(share.span, to: box.key.publicKey, info: info.span)
      keys.append(box)
      encapsulations.append(encapsulation)
      ciphertexts.append(ciphertext)
    }
    self.keys = keys
    self.encapsulations = encapsulations
    self.ciphertexts = ciphertexts
  }

  private static func seal(
    _ share: Span<UInt8>, to recipient: X25519PublicKey, info: Span<UInt8>
  ) throws -> ([UInt8], [UInt8]) {
    var sender = try HPKESender.setup(suite, to: recipient, info: info)
    var ciphertext = [UInt8](repeating: 0, count: share.count + 16)
    var output = ciphertext.mutableSpan
    try sender.seal(additionalData: Span(), plaintext: share, into: &output)
    return (sender.encapsulation, ciphertext)
  }

  /// Splits `count` keys with random coefficients, and seals every share.
  func deposit(_ count: Int) throws {
    let publicKeys = keys.map { $0.key.publicKey }
    let info = info
    var inputs = [UInt8](repeating: 0x5A, count: matrix.columns * 32)
    var shares = [UInt8](repeating: 0, count: matrix.rows * 32)
    for _ in 0..<count {
      let coefficients = try SystemRandom().bytes((matrix.columns - 1) * 32)
      inputs.replaceSubrange(32..., with: coefficients)
      var output = shares.mutableSpan
      try matrix.deal(inputs: inputs.span, length: 32, into: &output)
      for row in 0..<matrix.rows {
        let share = shares.span.extracting(row * 32..<(row + 1) * 32)
        _ = try Self.seal(share, to: publicKeys[row], info: info.span)
      }
    }
  }

  /// Opens two shares of each of `count` keys, and combines them.
  func recover(_ count: Int) throws {
    let info = info
    var shares = [UInt8](repeating: 0, count: 64)
    var secret = [UInt8](repeating: 0, count: 32)
    for _ in 0..<count {
      for row in 0..<2 {
        let (encapsulation, ciphertext) = (encapsulations[row], ciphertexts[row])
        var recipient = try HPKERecipient.setup(
          Self.suite, encapsulation: encapsulation.span, key: keys[row].key, info: info.span)
        var share = [UInt8](repeating: 0, count: 32)
        var output = share.mutableSpan
        try recipient.open(additionalData: Span(), ciphertext: ciphertext.span, into: &output)
        shares.replaceSubrange(row * 32..<(row + 1) * 32, with: share)
      }
      var output = secret.mutableSpan
      try vector.combine(shares: shares.span, length: 32, into: &output)
    }
  }
}
