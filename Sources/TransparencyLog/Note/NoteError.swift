public import LibCrypto

/// Why a note, its key or its signature was refused.
public enum NoteError: Error, Equatable, Sendable {
  /// The bytes are not a note, or the text cannot stand in one.
  case malformed(Malformation)
  /// A key name is empty, or holds a space, a plus sign or a control character.
  case invalidName
  /// A verifier or signer key has another shape, another signature type, or a key id that is not its own.
  case invalidKey
  /// Two different keys that were given to verify with have the same name and key id: none of their signatures
  /// could be attributed.
  case ambiguousKeys(name: String)
  /// A line that names a known key does not hold that key's signature of the text: the whole note is refused.
  case badSignature(name: String)
  /// No known key signed the note.
  case unsigned
  /// libcrypto failed; this says nothing about the note.
  case crypto(CryptoError)

  /// What is wrong with the bytes of a note.
  public enum Malformation: String, Hashable, Sendable {
    /// More than `UnverifiedNote.maximumByteCount` bytes.
    case tooLarge
    /// More than `UnverifiedNote.maximumSignatureCount` signature lines.
    case tooManySignatures
    /// Not UTF-8.
    case notUTF8
    /// A character below U+0020 that is not a newline.
    case controlCharacter
    /// The text, or the last line of the note, does not end in a newline.
    case noFinalNewline
    /// No blank line parts the text from the signatures.
    case noBlankLine
    /// The blank line is followed by nothing.
    case noSignatureLine
    /// A signature line is not `— <name> <base64 of a 4-byte key id and a signature>`.
    case signatureLine
  }
}

extension NoteError: CustomStringConvertible {
  /// One clause for people.
  public var description: String {
    switch self {
    case .malformed(let malformation): malformation.description
    case .invalidName: "a key's name is empty, or holds a space, a plus sign or a control character"
    case .invalidKey: "a verifier key has another shape, type or key id"
    case .ambiguousKeys(let name): "two different keys are both called \(name)"
    case .badSignature(let name): "the signature of \(name) is wrong"
    case .unsigned: "no known key signed"
    case .crypto(let error): "libcrypto failed: \(error)"
    }
  }
}

extension NoteError.Malformation: CustomStringConvertible {
  /// One clause for people.
  public var description: String {
    switch self {
    case .tooLarge: "it is larger than \(UnverifiedNote.maximumByteCount) bytes"
    case .tooManySignatures: "it has more than \(UnverifiedNote.maximumSignatureCount) signature lines"
    case .notUTF8: "it is not UTF-8"
    case .controlCharacter: "it holds a control character"
    case .noFinalNewline: "its last line does not end"
    case .noBlankLine: "no blank line parts text and signatures"
    case .noSignatureLine: "it has no signature line"
    case .signatureLine: "a signature line is damaged"
    }
  }
}

/// Runs `body`, whose failures come from libcrypto.
func crypto<Result: ~Copyable>(
  _ body: () throws(CryptoError) -> Result
) throws(NoteError) -> Result {
  do { return try body() } catch { throw .crypto(error) }
}
