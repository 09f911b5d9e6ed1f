public import LibCrypto
public import SecretMemory
public import TransparencyLog

/// Whoever deposits: a signing key whose vkey stands in each session header.
public struct Depositor: ~Copyable, Sendable {
  /// The name of every depositor's verifier key; the key alone tells depositors apart.
  public static let keyName = "depositor"

  /// The key that verifies its signatures.
  public let verifierKey: NoteVerifierKey
  let signingKey: Ed25519PrivateKey

  /// A depositor that signs with `signingKey`.
  public init(signingKey: consuming Ed25519PrivateKey) throws(EscrowError) {
    do { verifierKey = try NoteVerifierKey(name: Self.keyName, publicKey: signingKey.publicKey) } catch {
      throw .note(error)
    }
    self.signingKey = signingKey
  }

  /// A depositor with a fresh key.
  public static func generate() throws(EscrowError) -> Depositor {
    try Depositor(
      signingKey: try EscrowError.wrapping { () throws(CryptoError) in try Ed25519PrivateKey.generate() })
  }

  /// The key that seals this depositor's saved sessions: `HKDF-Extract("key-escrow/v1 depositor state", seed)`, 32
  /// bytes, so that the state is as safe on a disk as the signing key is.
  public borrowing func stateKey() throws(EscrowError) -> SecretBytes {
    let label = Array("key-escrow/v1 depositor state".utf8)
    do {
      var hkdf = try HKDF()
      return try signingKey.withSeed { seed throws(CryptoError) in
        try hkdf.extract(salt: label.span, inputKey: seed)
      }
    } catch { throw .crypto(error) }
  }
}
