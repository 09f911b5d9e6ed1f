import LibCrypto

/// The algorithms of a session and of everything sealed in it. Numbers are never reused.
public enum CipherSuite: UInt16, Sendable {
  /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (RFC 9180), SHA-256, Ed25519.
  case x25519 = 1

  var hpke: HPKESuite {
    switch self {
    case .x25519: .keyEscrow1
    }
  }

  /// The number of bytes of one encapsulation.
  var encapsulationByteCount: Int {
    switch self {
    case .x25519: 32
    }
  }
}
