import LibCrypto
import SecretMemory

/// Private keys on disk: PKCS#8 in PEM, mode 0600, never overwritten.
enum KeyFile {
  private static let maximumByteCount = 65_536

  /// The X25519 key at `path`.
  static func x25519(_ path: String, _ passphrase: Passphrase) throws(Failure) -> X25519PrivateKey {
    let pem = try SecretFile.read(path, maximumByteCount: maximumByteCount)
    do {
      guard isEncrypted(pem) else {
        return try pem.withBytes { pem throws(CryptoError) in try X25519PrivateKey.fromPEM(pem) }
      }
      let known = try passphrase.toOpen(path)
      return try pem.withBytes { pem throws(CryptoError) in
        try X25519PrivateKey.fromPEM(pem, passphrase: known.bytes)
      }
    } catch { throw failure(error, path, kind: "X25519") }
  }

  /// The Ed25519 key at `path`.
  static func ed25519(_ path: String, _ passphrase: Passphrase) throws(Failure) -> Ed25519PrivateKey {
    let pem = try SecretFile.read(path, maximumByteCount: maximumByteCount)
    do {
      guard isEncrypted(pem) else {
        return try pem.withBytes { pem throws(CryptoError) in try Ed25519PrivateKey.fromPEM(pem) }
      }
      let known = try passphrase.toOpen(path)
      return try pem.withBytes { pem throws(CryptoError) in
        try Ed25519PrivateKey.fromPEM(pem, passphrase: known.bytes)
      }
    } catch { throw failure(error, path, kind: "Ed25519") }
  }

  /// Whether the key at `path` is encrypted.
  static func isEncrypted(at path: String) throws(Failure) -> Bool {
    isEncrypted(try SecretFile.read(path, maximumByteCount: maximumByteCount))
  }

  private static func isEncrypted(_ pem: borrowing SecretBytes) -> Bool {
    pem.withBytes { PrivateKeyPEM.isEncrypted($0) }
  }

  /// Begins the file of a new key; the caller commits it.
  static func create(
    _ path: String, _ key: borrowing X25519PrivateKey, under passphrase: Passphrase.Known?
  ) throws(Failure) -> OutputFile {
    let file = try OutputFile.create(path, access: .owner)
    do {
      let pem =
        if let passphrase { try key.pem(passphrase: passphrase.bytes) } else { try key.pem() }
      try pem.withBytes { pem throws(Failure) in try file.write(pem) }
    } catch { throw Failure(error, at: path) }
    return file
  }

  /// Begins the file of a new key; the caller commits it.
  static func create(
    _ path: String, _ key: borrowing Ed25519PrivateKey, under passphrase: Passphrase.Known?
  ) throws(Failure) -> OutputFile {
    let file = try OutputFile.create(path, access: .owner)
    do {
      let pem =
        if let passphrase { try key.pem(passphrase: passphrase.bytes) } else { try key.pem() }
      try pem.withBytes { pem throws(Failure) in try file.write(pem) }
    } catch { throw Failure(error, at: path) }
    return file
  }

  private static func failure(_ error: any Error, _ path: String, kind: String) -> Failure {
    switch error {
    case CryptoError.wrongPassphrase:
      .wrongPassphrase("\(path): the passphrase is wrong; try the one it was made with")
    case CryptoError.malformedPEM: .keyUnavailable("\(path): holds no PKCS#8 private key")
    case CryptoError.invalidKey: .keyUnavailable("\(path): holds another kind of key than \(kind)")
    case let failure as Failure: failure
    default: .keyUnavailable("\(path): cannot be read as a key: \(Failure(error).sentence ?? "")")
    }
  }
}
