import LibCrypto

/// A timestamped Ed25519 cosignature: `be64(time) ‖ signature` (C2SP tlog-cosignature, "Format").
struct Cosignature {
  /// The latest time that can be written: a positive signed 64-bit integer.
  static let latestTime = UInt64(Int64.max)

  /// When it was made, in seconds since 1970.
  let time: UInt64

  /// 64 bytes.
  let signature: [UInt8]

  /// Reads what follows the key id on a cosignature's line; nil unless it is 72 bytes and the time below 2^63.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 8 + Ed25519PublicKey.signatureByteCount else { return nil }
    time = BigEndian.uint64(bytes[..<8])
    signature = Array(bytes[8...])
    guard time <= Self.latestTime else { return nil }
  }

  /// Cosigns the checkpoint `text` at `time`.
  init(of text: String, at time: UInt64, key: borrowing Ed25519PrivateKey) throws(NoteError) {
    let message = Self.message(text, time)
    signature = try crypto { () throws(CryptoError) in try key.sign(message.span) }
    self.time = time
  }

  /// What follows the key id on the line.
  var bytes: [UInt8] { BigEndian.bytes(time) + signature }

  func isValid(under key: Ed25519PublicKey, for text: String) throws(NoteError) -> Bool {
    let message = Self.message(text, time)
    return try crypto { () throws(CryptoError) in
      try key.isValid(signature: signature.span, for: message.span)
    }
  }

  /// What is signed: a header that no checkpoint starts with, the time, and the checkpoint's text (C2SP
  /// tlog-cosignature, "Ed25519 signed message").
  private static func message(_ text: String, _ time: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
  }
}
