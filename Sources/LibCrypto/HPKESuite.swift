/// A key-encapsulation mechanism of HPKE (RFC 9180 §7.1), by its registered number.
public enum HPKEKEM: UInt16, Hashable, Sendable, CaseIterable {
  /// DHKEM(X25519, HKDF-SHA256).
  case x25519HKDFSHA256 = 0x0020

  /// The number of bytes of an encapsulation (`Nenc`): 32 for X25519.
  public var encapsulationByteCount: Int {
    switch self {
    case .x25519HKDFSHA256: X25519PublicKey.byteCount
    }
  }

  /// `"KEM" ‖ I2OSP(kem_id, 2)` (RFC 9180 §4.1).
  package var suiteID: [UInt8] { Array("KEM".utf8) + bigEndian(rawValue) }
}

/// A key-derivation function of HPKE (RFC 9180 §7.2), by its registered number.
public enum HPKEKDF: UInt16, Hashable, Sendable, CaseIterable {
  /// HKDF-SHA256.
  case hkdfSHA256 = 0x0001
}

/// An authenticated cipher of HPKE (RFC 9180 §7.3), by its registered number.
public enum HPKEAEAD: UInt16, Hashable, Sendable, CaseIterable {
  /// AES-128-GCM.
  case aes128GCM = 0x0001
  /// AES-256-GCM.
  case aes256GCM = 0x0002
  /// ChaCha20-Poly1305.
  case chaCha20Poly1305 = 0x0003
  /// No cipher: the context only exports secrets.
  case exportOnly = 0xffff

  /// The cipher; nil for export-only.
  public var algorithm: AEADAlgorithm? {
    switch self {
    case .aes128GCM: .aes128GCM
    case .aes256GCM: .aes256GCM
    case .chaCha20Poly1305: .chaCha20Poly1305
    case .exportOnly: nil
    }
  }
}

/// The three algorithms of an HPKE context. Everything whose length varies asks the suite for it.
public struct HPKESuite: Hashable, Sendable {
  /// How a secret reaches the recipient.
  public let kem: HPKEKEM
  /// How keys are derived from it.
  public let kdf: HPKEKDF
  /// How messages are sealed.
  public let aead: HPKEAEAD

  /// The suite of these algorithms.
  public init(kem: HPKEKEM, kdf: HPKEKDF, aead: HPKEAEAD) {
    self.kem = kem
    self.kdf = kdf
    self.aead = aead
  }

  /// Suite 1 of key-escrow: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
  public static let keyEscrow1 = HPKESuite(kem: .x25519HKDFSHA256, kdf: .hkdfSHA256, aead: .aes256GCM)

  /// `"HPKE" ‖ I2OSP(kem_id, 2) ‖ I2OSP(kdf_id, 2) ‖ I2OSP(aead_id, 2)`, 10 bytes (RFC 9180 §5.1).
  public var suiteID: [UInt8] {
    Array("HPKE".utf8) + bigEndian(kem.rawValue) + bigEndian(kdf.rawValue) + bigEndian(aead.rawValue)
  }
}

private func bigEndian(_ value: UInt16) -> [UInt8] {
  [UInt8(value >> 8), UInt8(value & 0xff)]
}
