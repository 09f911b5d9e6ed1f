import KeyEscrow
import LibCrypto
import SecretMemory

/// A holder's private keys as one secret that mnemonics hold: the X25519 sealing key (32 bytes, RFC 7748), then the
/// Ed25519 signing seed (32 bytes, RFC 8032). See Spec/backup.md.
enum HolderBackup {
  /// 64.
  static let byteCount = 64
  private static let half = 32

  /// The secret of the keys in `directory`, which belong to the public half beside them.
  static func secret(of directory: HolderDirectory, _ passphrase: Passphrase) throws(Failure) -> SecretBytes {
    // Opening compares the keys with their public half: what is backed up is what the holder uses.
    let holder = try directory.open(passphrase)
    let sealingKey = try KeyFile.x25519(directory.sealingPath, passphrase)
    let signingKey = try KeyFile.ed25519(directory.signingPath, passphrase)
    var secret = try SecretFile.allocate(byteCount)
    do {
      try sealingKey.withRaw { raw throws(CryptoError) in secret.withMutableBytes { $0.copy(raw, at: 0) } }
      try signingKey.withSeed { seed throws(CryptoError) in
        secret.withMutableBytes { $0.copy(seed, at: half) }
      }
    } catch { throw Failure(error, at: directory.path) }
    try check(secret, is: holder.record)
    return secret
  }

  /// Refuses a secret that is not of the keys whose public halves `record` names.
  ///
  /// - Throws: 5. Mnemonics decrypt under every passphrase, so this is where a wrong one shows.
  static func check(_ secret: borrowing SecretBytes, is record: HolderRecord) throws(Failure) {
    let (sealing, signing) = try keys(secret)
    let found = try publicHalf(sealing.key, signing.key, like: record)
    guard found == record else {
      throw .verification(
        "the mnemonics give other keys than those of \(record.id): the passphrase is wrong, or they are another holder's"
      )
    }
  }

  /// Makes the holder directory of `record` anew from its secret.
  static func restore(
    _ secret: borrowing SecretBytes, as record: HolderRecord, to directory: HolderDirectory,
    _ passphrase: Passphrase
  ) throws(Failure) {
    try check(secret, is: record)
    let (sealing, signing) = try keys(secret)
    try directory.create(
      record: record, sealingKey: sealing.key, signingKey: signing.key, passphrase: passphrase)
  }

  private static func publicHalf(
    _ sealingKey: borrowing X25519PrivateKey, _ signingKey: borrowing Ed25519PrivateKey,
    like record: HolderRecord
  ) throws(Failure) -> HolderRecord {
    do {
      return try HolderRecord(
        id: record.id, sealingKey: sealingKey.publicKey, sealingKeyNotAfter: record.sealingKeyNotAfter,
        signingKey: signingKey.publicKey)
    } catch { throw Failure(error) }
  }

  // Tuples cannot hold what cannot be copied.
  private final class Sealing {
    let key: X25519PrivateKey
    init(_ key: consuming X25519PrivateKey) { self.key = key }
  }

  private final class Signing {
    let key: Ed25519PrivateKey
    init(_ key: consuming Ed25519PrivateKey) { self.key = key }
  }

  private static func keys(_ secret: borrowing SecretBytes) throws(Failure) -> (Sealing, Signing) {
    guard secret.count == byteCount else {
      throw .verification(
        "the mnemonics hold a secret of \(secret.count) bytes, and a holder's keys are \(byteCount)")
    }
    do {
      return try secret.withBytes { secret throws(CryptoError) in
        (
          Sealing(try X25519PrivateKey.fromRaw(secret.extracting(0..<half))),
          Signing(try Ed25519PrivateKey.fromSeed(secret.extracting(half..<byteCount)))
        )
      }
    } catch { throw Failure(error) }
  }
}
