import COpenSSL

/// An Ed25519 public key (RFC 8032): the 32-byte encoding of a point.
public struct Ed25519PublicKey: Hashable, Sendable {
  /// 32.
  public static let byteCount = KeyHandle.byteCount

  /// The number of bytes of a signature: 64.
  public static let signatureByteCount = 64

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// The key whose 32 bytes are `bytes`.
  ///
  /// Keys of small order are refused, for anybody can make signatures that verify under them and a signature
  /// here is evidence against its signer; so are y-coordinates of 2²⁵⁵ − 19 and above, which are second
  /// encodings of a key (RFC 8032 §5.1.3).
  ///
  /// - Throws: `CryptoError.invalidKey` for these and for any other number of bytes.
  public init(bytes: Span<UInt8>) throws(CryptoError) {
    guard bytes.count == Self.byteCount else { throw .invalidKey }
    self.bytes = bytes.indices.map { bytes[$0] }
    guard Self.isCanonical(self.bytes), !Self.hasSmallOrder(self.bytes) else { throw .invalidKey }
  }

  /// Whether `signature` is this key's over `message` (pure Ed25519, RFC 8032 §5.1.7).
  ///
  /// - Returns: false for any signature that does not verify, also one that has not 64 bytes.
  /// - Throws: `CryptoError.libcrypto` when no answer could be had.
  public func isValid(signature: Span<UInt8>, for message: Span<UInt8>) throws(CryptoError) -> Bool {
    guard signature.count == Self.signatureByteCount else { return false }
    if try verifies(signature, for: message) { return true }
    // libcrypto says the same when it has no memory for its work. Asked a second time, all from the beginning, it either
    // has memory or fails where it says so: a signature is not called wrong because a machine was short of memory.
    return try verifies(signature, for: message)
  }

  private func verifies(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(CryptoError) -> Bool {
    let key = try KeyHandle.publicKey(.ed25519, raw: bytes.span)
    let context = try unsafe requireHandle("EVP_MD_CTX_new") { unsafe EVP_MD_CTX_new() }
    defer { unsafe EVP_MD_CTX_free(context) }
    try require("EVP_DigestVerifyInit_ex") {
      unsafe EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key.pointer, nil)
    }
    ErrorQueue.clear()
    let answer = unsafe signature.withUnsafeBufferPointer { signature in
      unsafe message.withUnsafeBufferPointer { message in
        unsafe EVP_DigestVerify(
          context, signature.baseAddress, signature.count, message.baseAddress, message.count)
      }
    }
    switch answer {
    case 1: return true
    case 0:
      // libcrypto may queue why it said no; the answer is enough.
      ErrorQueue.clear()
      return false
    default: throw failure(of: "EVP_DigestVerify")
    }
  }

  /// Whether the y-coordinate is below 2²⁵⁵ − 19.
  private static func isCanonical(_ bytes: [UInt8]) -> Bool {
    let highest = bytes[31] & 0x7f
    let isHigh = highest == 0x7f && bytes[1..<31].allSatisfy { $0 == 0xff }
    return !(isHigh && bytes[0] >= 0xed)
  }

  /// Whether the point's order divides 8: its y-coordinate is then one of five, with either sign of x.
  private static func hasSmallOrder(_ bytes: [UInt8]) -> Bool {
    var coordinate = bytes
    coordinate[31] &= 0x7f
    return smallOrderCoordinates.contains(coordinate)
  }

  private static let smallOrderCoordinates: [[UInt8]] = [
    // 1 (the neutral element), −1 (order 2) and 0 (order 4)
    [1] + [UInt8](repeating: 0, count: 31),
    [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
    [UInt8](repeating: 0, count: 32),
    // ±the y of order 8
    [
      0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
      0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
  ]
}
