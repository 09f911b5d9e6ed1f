public import KeyEscrow

/// What a machine answers in place of people, for rehearsals and continuous integration (`Spec/ceremony.md`, Answers).
/// It holds no secret: passphrases stand in files of their own.
public struct CeremonyAnswers: Hashable, Sendable {
  static let version: UInt64 = 1
  /// What `confirm` must say: a file without it confirms nothing.
  static let everything = "everything as shown"

  /// Where passphrases stand: a file for each actor whose keys are encrypted, as the answers name it.
  public let passphraseFiles: [CeremonyActor: String]
  /// What the witness notes.
  public let exceptions: [String]

  /// Reads an answers file.
  ///
  /// - Throws: `.malformed` with the line.
  public init(parsing bytes: [UInt8]) throws(PlanFileError) {
    let document = try YAMLDocument(bytes)
    var fields = try document.fields()
    guard try fields.integer("version", 1...UInt64.max) == Self.version else {
      throw fields.fault("version", "is not \(Self.version), the only one that this tool knows")
    }
    let line = fields.line(of: "confirm")
    guard try fields.text("confirm") == Self.everything else {
      throw fields.fault("confirm", "must say: \(Self.everything)", at: line)
    }
    let place = fields.line(of: "passphrase-files")
    var files: [CeremonyActor: String] = [:]
    for (actor, file) in try fields.entries("passphrase-files") {
      do { files[try CeremonyActor(parsing: actor)] = file } catch {
        throw .malformed("line \(place): passphrase-files.\(actor) is neither a holder nor the witness")
      }
    }
    passphraseFiles = files
    exceptions = try fields.texts("exceptions")
    try fields.finish()
  }
}
