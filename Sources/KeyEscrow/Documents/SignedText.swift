import LibCrypto
import TransparencyLog

/// A document's note: its text, the signature lines that came with it, and the text's digest.
///
/// The digest is of the text alone, since anyone may append a signature line of an unknown key.
struct SignedText: Hashable, Sendable {
  let type: DocumentType
  var note: UnverifiedNote
  let digest: Digest

  var text: String { note.text }
  var bytes: [UInt8] { note.bytes }

  /// A new, unsigned document.
  init(_ type: DocumentType, text: String) throws(EscrowError) {
    self.type = type
    do { note = try UnverifiedNote(text: text) } catch { throw .note(error) }
    digest = try Self.digest(of: text)
  }

  /// A document as it was read.
  init(_ type: DocumentType, parsing bytes: Span<UInt8>) throws(EscrowError) {
    self.type = type
    do { note = try UnverifiedNote(parsing: bytes) } catch {
      throw .malformed(type.artifact, reason: "it is not a signed note: \(error)")
    }
    digest = try Self.digest(of: note.text)
  }

  /// A document as it was read, or the draft of one: its text and the blank line, and no signature yet.
  init(_ type: DocumentType, parsingDraft bytes: Span<UInt8>) throws(EscrowError) {
    if Self.isDraft(bytes) {
      try self.init(type, text: String(decoding: (0..<bytes.count - 1).map { bytes[$0] }, as: UTF8.self))
    } else {
      try self.init(type, parsing: bytes)
    }
  }

  // Whether the bytes are what a note has before its signatures, and so valid UTF-8.
  private static func isDraft(_ bytes: Span<UInt8>) -> Bool {
    do {
      _ = try UnverifiedNote(parsing: bytes)
      return false
    } catch { return error == .malformed(.noSignatureLine) }
  }

  private static func digest(of text: String) throws(EscrowError) -> Digest {
    do { return try SHA256.digest(Array(text.utf8)) } catch { throw .crypto(error) }
  }

  /// Adds the signature of `key` under `name`; adding it again changes nothing (Ed25519 is deterministic).
  mutating func sign(with key: borrowing Ed25519PrivateKey, name: String) throws(EscrowError) {
    do { note.add(try key.noteSignature(name: name, text: note.text)) } catch { throw .note(error) }
  }

  /// The keys among `keys` that signed. Lines of other keys are ignored; a wrong line in a known key's name is
  /// an error that names it. No valid line at all gives an empty set.
  func signers(among keys: [NoteVerifierKey]) throws(EscrowError) -> Set<NoteVerifierKey> {
    do {
      return Set(try note.verified(by: keys).signers)
    } catch {
      switch error {
      case .badSignature(let name): throw .failedVerification(.badSignature(type.artifact, signer: name))
      case .unsigned: return []
      default: throw .note(error)
      }
    }
  }

  /// Succeeds only if `key` signed.
  func requireSignature(of key: NoteVerifierKey) throws(EscrowError) {
    guard try signers(among: [key]).contains(key) else {
      throw .failedVerification(.signatureMissing(type.artifact, signer: key.name))
    }
  }
}
