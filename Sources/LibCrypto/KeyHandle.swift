import COpenSSL
import SecretMemory

/// One `EVP_PKEY` and its kind.
///
/// libcrypto erases the private part when the last reference goes.
@safe
struct KeyHandle: ~Copyable, @unchecked Sendable {
  // Sendable: an EVP_PKEY does not change after it is made, and its count of references is atomic; every use here
  // makes its own context for the operation.

  /// The two curves of RFC 7748 and RFC 8032 at 128 bits of security; both have 32-byte keys.
  enum Kind {
    case x25519, ed25519

    var name: StaticString {
      switch self {
      case .x25519: "X25519"
      case .ed25519: "ED25519"
      }
    }

    var identifier: CInt {
      switch self {
      case .x25519: NID_X25519
      case .ed25519: NID_ED25519
      }
    }
  }

  static let byteCount = 32

  let pointer: OpaquePointer

  /// Takes over one reference to `pointer`.
  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  deinit { unsafe EVP_PKEY_free(pointer) }

  static func privateKey(_ kind: Kind, raw: Span<UInt8>) throws(CryptoError) -> KeyHandle {
    try unsafe make(kind, raw, "EVP_PKEY_new_raw_private_key_ex") { name, bytes, count in
      unsafe EVP_PKEY_new_raw_private_key_ex(nil, name, nil, bytes, count)
    }
  }

  static func publicKey(_ kind: Kind, raw: Span<UInt8>) throws(CryptoError) -> KeyHandle {
    try unsafe make(kind, raw, "EVP_PKEY_new_raw_public_key_ex") { name, bytes, count in
      unsafe EVP_PKEY_new_raw_public_key_ex(nil, name, nil, bytes, count)
    }
  }

  private static func make(
    _ kind: Kind, _ raw: Span<UInt8>, _ operation: StaticString,
    _ call: (UnsafePointer<CChar>, UnsafePointer<UInt8>?, Int) -> OpaquePointer?
  ) throws(CryptoError) -> KeyHandle {
    guard raw.count == byteCount else { throw .invalidKey }
    return try unsafe raw.withUnsafeBufferPointer { (buffer) throws(CryptoError) in
      try unsafe KeyHandle(
        owning: requireHandle(operation) {
          // A StaticString's characters live as long as the process.
          unsafe UnsafeRawPointer(kind.name.utf8Start).withMemoryRebound(
            to: CChar.self, capacity: kind.name.utf8CodeUnitCount + 1
          ) { name in unsafe call(name, buffer.baseAddress, buffer.count) }
        })
    }
  }

  /// The public part, 32 bytes.
  borrowing func rawPublicKey() throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    var count = bytes.count
    try require("EVP_PKEY_get_raw_public_key") {
      unsafe EVP_PKEY_get_raw_public_key(pointer, &bytes, &count)
    }
    guard count == Self.byteCount else { throw .invalidKey }
    return bytes
  }

  /// The private part, 32 bytes.
  borrowing func rawPrivateKey() throws(CryptoError) -> SecretBytes {
    var secret = try withSecretMemory { () throws(SecretMemoryError) in try SecretBytes.zeros(Self.byteCount)
    }
    try secret.withMutableBytes { (bytes) throws(CryptoError) in
      try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(CryptoError) in
        var count = buffer.count
        try require("EVP_PKEY_get_raw_private_key") {
          unsafe EVP_PKEY_get_raw_private_key(pointer, buffer.baseAddress, &count)
        }
        guard count == Self.byteCount else { throw .invalidKey }
      }
    }
    return secret
  }
}
