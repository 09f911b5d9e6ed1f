import CeremonyPlans
import KeyEscrow

/// An answers file on disk, with the files that it names beside it.
struct AnswersFile {
  private let path: String
  private let answers: CeremonyAnswers

  /// The answers at `path`.
  init(at path: String) throws(Failure) {
    let bytes = try DocumentFile.read(path, maximumByteCount: YAMLDocument.maximumByteCount)
    self.path = path
    answers = try locating(DocumentFile.name(of: path)) { try CeremonyAnswers(parsing: bytes) }
  }

  /// What the witness notes.
  var exceptions: [String] { answers.exceptions }

  /// Where the passphrase of `actor` stands; nil when its keys are not encrypted.
  func passphraseFile(of actor: CeremonyActor) -> String? {
    answers.passphraseFiles[actor].map { $0.hasPrefix("/") ? $0 : "\(OutputFile.directory(of: path))/\($0)" }
  }
}
