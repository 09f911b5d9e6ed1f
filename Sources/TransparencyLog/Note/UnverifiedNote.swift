/// A text and signature lines that nobody has checked: it can be shown, carried and signed, never trusted.
///
///     <text, ending in a newline>
///
///     — <name> <base64>
///     — <name> <base64>
///
/// Source: C2SP signed-note. Equality and hashing are over bytes.
public struct UnverifiedNote: Hashable, Sendable {
  /// The largest note that is read, in bytes: the bound of Go's `note.Open`, so that what we write others read.
  public static let maximumByteCount = 1_000_000

  /// The most signature lines that are read, the same bound as Go's.
  public static let maximumSignatureCount = 100

  private let exactText: ExactString

  /// The text, which ends in a newline and is what signatures cover.
  public var text: String { exactText.string }

  /// The signature lines, in the order of the note.
  public private(set) var signatures: [NoteSignature]

  /// A text to be signed.
  ///
  /// - Throws: `malformed` when `text` does not end in a newline, holds a control character other than newline,
  ///   or exceeds `maximumByteCount` bytes.
  public init(text: String) throws(NoteError) {
    try NoteText.check(text)
    exactText = ExactString(text)
    signatures = []
  }

  /// Reads a note; `bytes` gives back exactly what was read.
  ///
  /// - Throws: `malformed` with the first fault found. Cost: O(bytes).
  public init(parsing bytes: Span<UInt8>) throws(NoteError) {
    guard bytes.count <= Self.maximumByteCount else { throw .malformed(.tooLarge) }
    let note = bytes.indices.map { bytes[$0] }
    guard let whole = String(validating: note, as: UTF8.self) else { throw .malformed(.notUTF8) }
    guard !NoteText.holdsControlCharacter(note) else { throw .malformed(.controlCharacter) }
    guard let blankLine = note.indices.dropLast().last(where: { note[$0] == 10 && note[$0 + 1] == 10 })
    else { throw .malformed(.noBlankLine) }
    let lines = whole.utf8.dropFirst(blankLine + 2)
    guard let last = lines.last else { throw .malformed(.noSignatureLine) }
    guard last == NoteText.newline else { throw .malformed(.noFinalNewline) }

    var signatures: [NoteSignature] = []
    // No empty line can follow the last blank one, so each piece is a line.
    for line in lines.split(separator: NoteText.newline) {
      guard signatures.count < Self.maximumSignatureCount else { throw .malformed(.tooManySignatures) }
      signatures.append(try NoteSignature(line: Substring(line)))
    }
    exactText = ExactString(String(Substring(whole.utf8.prefix(blankLine + 1))))
    self.signatures = signatures
  }

  /// The note: its text, a blank line and its signature lines. Without any signature it is not yet a note, and
  /// `init(parsing:)` refuses it.
  public var bytes: [UInt8] {
    var result = Array(text.utf8) + [NoteText.newline]
    for signature in signatures { result += Array(signature.line.utf8) + [NoteText.newline] }
    return result
  }

  /// Adds a signature line, unless the same line stands there already.
  public mutating func add(_ signature: NoteSignature) {
    guard !signatures.contains(signature) else { return }
    signatures.append(signature)
  }
}
