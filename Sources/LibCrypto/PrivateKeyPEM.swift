import COpenSSL
import SecretMemory

/// Private keys as text: PKCS#8 in PEM (RFC 5208, RFC 7468, RFC 8410), which `openssl pkey` reads and writes.
///
/// Nothing here ever asks a terminal for a passphrase.
public enum PrivateKeyPEM {
  /// Whether the first private key in `pem` is encrypted, so that a passphrase is needed to read it. False when
  /// there is no private key.
  public static func isEncrypted(_ pem: Span<UInt8>) -> Bool {
    do throws(CryptoError) {
      return try PEMBlock.firstPrivateKey(in: pem).isEncrypted
    } catch {
      return false
    }
  }

  static func write(_ key: borrowing KeyHandle) throws(CryptoError) -> SecretBytes {
    let info = try PKCS8(key)
    let bio = try MemoryBIO()
    try require("PEM_write_bio_PKCS8_PRIV_KEY_INFO") {
      unsafe PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.pointer, info.pointer)
    }
    return try bio.contents()
  }

  static func write(
    _ key: borrowing KeyHandle, passphrase: borrowing SecretBytes, random: some RandomSource
  ) throws(CryptoError) -> SecretBytes {
    let info = try PKCS8(key)
    let encrypted = try passphrase.withBytes { (passphrase) throws(CryptoError) in
      try EncryptedPKCS8(info, passphrase: passphrase, random: random)
    }
    let bio = try MemoryBIO()
    try require("PEM_write_bio_PKCS8") { unsafe PEM_write_bio_PKCS8(bio.pointer, encrypted.pointer) }
    return try bio.contents()
  }

  /// Reads the first private key of `pem`. An empty passphrase is none at all.
  static func read(
    _ kind: KeyHandle.Kind, _ pem: Span<UInt8>, passphrase: Span<UInt8>
  ) throws(CryptoError) -> KeyHandle {
    let block = try PEMBlock.firstPrivateKey(in: pem)
    let isEncrypted = block.isEncrypted
    return try block.der.withBytes { (der) throws(CryptoError) in
      guard isEncrypted else { return try PKCS8(der: der).key(kind) }
      return try EncryptedPKCS8(der: der).decrypted(passphrase: passphrase).key(kind)
    }
  }
}
