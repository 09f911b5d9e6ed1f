/// What may stand as the name of a key (C2SP signed-note, "Format").
enum NoteKeyName {
  /// - Throws: `invalidName` when `name` is empty, or holds a Unicode space, a plus sign or a control character:
  ///   its line could not be read back.
  static func check(_ name: String) throws(NoteError) {
    guard !name.isEmpty else { throw .invalidName }
    for scalar in name.unicodeScalars {
      guard scalar.value >= 0x20, scalar != "+", !scalar.properties.isWhitespace else { throw .invalidName }
    }
  }
}
