/// What may stand as the text of a note (C2SP signed-note, "Format").
enum NoteText {
  static let newline = UInt8(ascii: "\n")

  /// - Throws: `malformed` when `text` holds a control character other than newline, does not end in a newline,
  ///   or alone exceeds the size of a note.
  static func check(_ text: String) throws(NoteError) {
    guard text.utf8.count <= UnverifiedNote.maximumByteCount else { throw .malformed(.tooLarge) }
    guard !holdsControlCharacter(text.utf8) else { throw .malformed(.controlCharacter) }
    // Not hasSuffix, which compares characters, and "\r\n" is one.
    guard text.utf8.last == newline else { throw .malformed(.noFinalNewline) }
  }

  static func holdsControlCharacter(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.contains { $0 < 0x20 && $0 != newline }
  }
}
