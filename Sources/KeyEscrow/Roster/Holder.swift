public import LibCrypto
public import SecretSharing
public import TransparencyLog

/// A holder with its private keys: who opens shares and signs answers.
public struct Holder: ~Copyable, Sendable {
  /// The public half.
  public let record: HolderRecord
  let sealingKey: X25519PrivateKey
  private var earlierSealingKeys: [KeyBox] = []
  let signingKey: Ed25519PrivateKey

  /// A holder with these keys.
  public init(
    id: HolderID, sealingKey: consuming X25519PrivateKey, sealingKeyNotAfter: Timestamp,
    signingKey: consuming Ed25519PrivateKey
  ) throws(EscrowError) {
    record = try HolderRecord(
      id: id, sealingKey: sealingKey.publicKey, sealingKeyNotAfter: sealingKeyNotAfter,
      signingKey: signingKey.publicKey)
    self.sealingKey = sealingKey
    self.signingKey = signingKey
  }

  /// A holder with fresh keys.
  public static func generate(_ id: HolderID, sealingKeyNotAfter: Timestamp) throws(EscrowError) -> Holder {
    let sealing = try EscrowError.wrapping { () throws(CryptoError) in try X25519PrivateKey.generate() }
    let signing = try EscrowError.wrapping { () throws(CryptoError) in try Ed25519PrivateKey.generate() }
    return try Holder(
      id: id, sealingKey: sealing, sealingKeyNotAfter: sealingKeyNotAfter, signingKey: signing)
  }

  /// Adds a sealing key that this holder gave in an earlier roster, so that it can still answer for deposits made under
  /// that roster.
  public mutating func addEarlierSealingKey(_ key: consuming X25519PrivateKey) {
    earlierSealingKeys.append(KeyBox(key))
  }

  /// Lends the sealing key whose public half `roster` names for this holder; nil when this holder does not have it.
  borrowing func withSealingKey<Result: ~Copyable>(
    of roster: Roster, _ body: (borrowing X25519PrivateKey) throws(EscrowError) -> Result
  ) throws(EscrowError) -> Result? {
    guard let named = roster.holder(id)?.sealingKey else { return nil }
    if sealingKey.publicKey == named { return try body(sealingKey) }
    for box in earlierSealingKeys where box.key.publicKey == named { return try body(box.key) }
    return nil
  }

  /// The holder's id.
  public var id: HolderID { record.id }
  /// The key that verifies its signatures.
  public var verifierKey: NoteVerifierKey { record.verifierKey }

  /// A place for a key that arrays cannot hold.
  private final class KeyBox: Sendable {
    let key: X25519PrivateKey

    init(_ key: consuming X25519PrivateKey) {
      self.key = key
    }
  }
}
