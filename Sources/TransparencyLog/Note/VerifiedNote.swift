/// A text that keys known to the verifier have signed.
///
/// Only `UnverifiedNote.verified(by:)` makes one: its initializer is private to this file, so a value of this type
/// is the proof that the signatures were checked.
public struct VerifiedNote: Hashable, Sendable {
  private let exactText: ExactString

  /// The text that the signers signed; it ends in a newline.
  public var text: String { exactText.string }

  /// Who signed, each once, in the order of the note's lines: at least one.
  public let signers: [NoteVerifierKey]

  fileprivate init(text: String, signers: [NoteVerifierKey]) {
    exactText = ExactString(text)
    self.signers = signers
  }
}

extension UnverifiedNote {
  /// Checks every signature line that names one of `keys` (C2SP signed-note, "Signatures").
  ///
  /// Lines that name other keys are ignored, also when they share the name or the key id, but not both, with a
  /// known one.
  ///
  /// - Throws: `badSignature` when any line of a known key is wrong, even if another one is right; `unsigned` when
  ///   no known key signed; `ambiguousKeys` when two different `keys` share name and id. Cost: one Ed25519
  ///   verification per line of a known key.
  public func verified(by keys: [NoteVerifierKey]) throws(NoteError) -> VerifiedNote {
    for (index, key) in keys.enumerated() {
      let clash = keys[..<index].contains {
        $0 != key && $0.keyID == key.keyID && ExactString($0.name) == ExactString(key.name)
      }
      guard !clash else { throw .ambiguousKeys(name: key.name) }
    }
    let message = Array(text.utf8)
    var signers: [NoteVerifierKey] = []
    for signature in signatures {
      guard let key = keys.first(where: { $0.isNamed(by: signature) }) else { continue }
      guard try key.isValid(signature, for: message.span) else { throw .badSignature(name: key.name) }
      if !signers.contains(key) { signers.append(key) }
    }
    guard !signers.isEmpty else { throw .unsigned }
    return VerifiedNote(text: text, signers: signers)
  }
}
