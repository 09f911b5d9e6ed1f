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

/// Files that are lines, a blank line, and a note.
enum LineText {
  /// The lines before the first blank one, and the bytes after it; nil when there is none or the lines are not UTF-8.
  static func head(of file: [UInt8]) -> (lines: ArraySlice<String>, note: [UInt8])? {
    let newline = NoteText.newline
    guard
      let blank = file.indices.dropLast().first(where: { file[$0] == newline && file[$0 + 1] == newline }),
      let head = String(validating: file[..<blank], as: UTF8.self)
    else { return nil }
    let lines = head.utf8.split(separator: newline, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    return (lines[...], Array(file[(blank + 2)...]))
  }
}
