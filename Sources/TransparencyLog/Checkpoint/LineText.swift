import LibCrypto

/// Decimal integers with one text each.
enum DecimalText {
  /// The value of `text`: digits alone, no leading zero but for `0` itself, below 2^64.
  static func value(_ text: some StringProtocol) -> UInt64? {
    guard let value = UInt64(text), String(value).utf8.elementsEqual(text.utf8) else { return nil }
    return value
  }
}

/// Digests as base64, as the C2SP transparency log documents write them.
enum DigestText {
  static func text(_ digest: Digest) -> String {
    digest.withBytes { Base64.encode($0) }
  }

  static func value(_ text: String) -> Digest? {
    guard let bytes = Base64.decode(text) else { return nil }
    return Digest(bytes: bytes.span)
  }
}
