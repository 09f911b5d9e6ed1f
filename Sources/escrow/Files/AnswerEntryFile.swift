import KeyEscrow

/// The log entry of an answer, on disk beside the answer: `F.entry` beside F.
enum AnswerEntryFile {
  /// `F.entry` of the answer at `output`; nil when that goes to standard output.
  static func path(beside output: String) -> String? { output == "-" ? nil : "\(output).entry" }

  /// Signs `answer` and writes it to `path`. The same answer gives the same bytes, and a file that holds them already, of
  /// a run that was killed, is left as it is.
  static func write(_ answer: AnswerEntry, by holder: borrowing Holder, to path: String) throws(Failure) {
    let entry: UnverifiedLogEntry
    do { entry = try UnverifiedLogEntry(.answer(answer), signedBy: holder) } catch {
      throw Failure(error, at: path)
    }
    if Directory.holdsFile(path), try DocumentFile.read(path) == entry.bytes { return }
    try OutputFile.write(entry.bytes, to: path)
  }
}
