import KeyEscrow
import TransparencyLog

/// A log's checkpoint with the cosignatures that were collected for it.
///
/// Only the log's signature was checked. A cosignature counts once a policy's verifier has looked at it.
struct CosignedCheckpoint {
  /// The checkpoint.
  let signed: VerifiedCheckpoint
  /// The checkpoint with every line that was collected.
  private(set) var note: UnverifiedNote

  init(_ signed: VerifiedCheckpoint) {
    self.signed = signed
    note = signed.note
  }

  /// Adds the lines of `other`, if it is the same checkpoint.
  mutating func add(signaturesOf other: VerifiedCheckpoint) {
    guard other.checkpoint == signed.checkpoint else { return }
    for line in other.note.signatures { note.add(line) }
  }

  /// Adds what is in the files `paths`: cosigned checkpoints, or the lines that a witness answered.
  ///
  /// - Throws: 5 for a file that is neither, or is of another checkpoint.
  mutating func add(_ paths: [String], of log: LogIdentity) throws(Failure) {
    for path in paths {
      let name = DocumentFile.name(of: path)
      switch try Self.read(path) {
      case .lines(let lines): for line in lines { note.add(line) }
      case .note(let other):
        let verified = try locating(name) { try other.verifiedCheckpoint(of: log) }
        guard verified.checkpoint == signed.checkpoint else {
          throw .verification(
            "\(name): is a checkpoint of size \(verified.checkpoint.size), and one of size"
              + " \(signed.checkpoint.size) is needed")
        }
        add(signaturesOf: verified)
      }
    }
  }

  private enum Content {
    case note(UnverifiedNote)
    case lines([NoteSignature])
  }

  private static func read(_ path: String) throws(Failure) -> Content {
    let bytes = try DocumentFile.read(path)
    return try locating(DocumentFile.name(of: path)) {
      guard bytes.starts(with: "\u{2014} ".utf8) else {
        return .note(try UnverifiedNote(parsing: bytes.span))
      }
      // C2SP tlog-witness: "the client MAY concatenate it to the checkpoint".
      return .lines(try UnverifiedNote(parsing: (Array("-\n\n".utf8) + bytes).span).signatures)
    }
  }

  /// The checkpoint that the files `paths` are of; nil when they are signature lines only.
  static func checkpoint(of paths: [String], by log: LogIdentity) throws(Failure) -> VerifiedCheckpoint? {
    for path in paths {
      guard case .note(let note) = try read(path) else { continue }
      return try locating(DocumentFile.name(of: path)) { try note.verifiedCheckpoint(of: log) }
    }
    return nil
  }
}
