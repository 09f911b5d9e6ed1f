import LibCrypto
import SecretMemory
import TransparencyLog

/// Keys of logs and witnesses on disk, in the form of Go's `golang.org/x/mod/sumdb/note`: one line of text.
enum LogKeyFile {
  private static let maximumByteCount = 4096

  /// The signer key at `path`.
  ///
  /// - Throws: 6, whatever is wrong with it.
  static func read(_ path: String) throws(Failure) -> NoteSigner {
    let text = try SecretFile.read(path, maximumByteCount: maximumByteCount)
    do {
      return try text.withBytes { (text) throws(NoteError) in try NoteSigner.fromText(text) }
    } catch {
      throw .keyUnavailable("\(path): holds no signer key, PRIVATE+KEY+<name>+<id>+<base64>, of Ed25519")
    }
  }

  /// Begins the file of a new signer key; the caller commits it.
  static func create(_ path: String, _ signer: borrowing NoteSigner) throws(Failure) -> OutputFile {
    let file = try OutputFile.create(path, access: .owner)
    do {
      let text = try signer.text()
      try text.withBytes { (text) throws(Failure) in try file.write(text) }
      try file.write([UInt8(ascii: "\n")].span)
    } catch { throw Failure(error, at: path) }
    return file
  }

  /// Begins the file of a verifier key; the caller commits it.
  static func create(_ path: String, vkey: String) throws(Failure) -> OutputFile {
    let file = try OutputFile.create(path)
    try file.write(Array("\(vkey)\n".utf8).span)
    return file
  }

  /// A new key called `name`.
  static func generate(_ name: String) throws(Failure) -> NoteSigner {
    do {
      return try NoteSigner(name: name, key: try Ed25519PrivateKey.generate())
    } catch NoteError.invalidName {
      throw .usage("\(name): cannot be the name of a key, which has no spaces and no plus signs")
    } catch { throw Failure(error) }
  }

  /// The verifier key in the file at `path`.
  static func verifierKey(at path: String) throws(Failure) -> NoteVerifierKey {
    let bytes = try DocumentFile.read(path, maximumByteCount: maximumByteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .verification("\(DocumentFile.name(of: path)): holds no verifier key: it is not UTF-8")
    }
    return try verifierKey(
      text.hasSuffix("\n") ? String(text.dropLast()) : text, name: DocumentFile.name(of: path))
  }

  /// The verifier key that is `text`.
  static func verifierKey(_ text: String, name: String) throws(Failure) -> NoteVerifierKey {
    do { return try NoteVerifierKey(vkey: text) } catch {
      throw .verification("\(name): holds no verifier key, <name>+<id>+<base64>, of Ed25519")
    }
  }
}
