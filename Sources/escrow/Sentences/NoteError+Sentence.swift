import TransparencyLog

extension NoteError {
  var exitStatus: ExitStatus {
    if case .crypto(let error) = self { return error.exitStatus }
    return .verificationFailed
  }

  var sentence: String {
    if case .crypto(let error) = self { return error.sentence }
    return "this is no valid note: \(self)"
  }
}
