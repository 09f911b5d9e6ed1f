import ArgumentParser
import SecretMemory

/// Where a passphrase stands, as a pair of options says it: in a file, behind an open descriptor, or nowhere.
struct PassphraseSource {
  /// What the names of both options begin with; nil for a command that has none and asks on the terminal.
  var option: String? = "--passphrase"
  var file: String?
  var descriptor: CInt?

  static var terminal: PassphraseSource { PassphraseSource(option: nil) }

  /// What whoever needs the passphrase can do.
  var remedy: String {
    option.map { "give \($0)-file or \($0)-fd, or run this on a terminal" } ?? "run this on a terminal"
  }

  var isGiven: Bool { file != nil || descriptor != nil }

  func validate() throws {
    guard let option else { return }
    guard file == nil || descriptor == nil else {
      throw ValidationError("Give \(option)-file or \(option)-fd, not both.")
    }
    if let descriptor, descriptor < 0 { throw ValidationError("\(option)-fd is a number from 0.") }
  }

  /// The passphrase; nil when none is given. A descriptor gives it once.
  func read() throws(Failure) -> SecretBytes? {
    if let file { return try SecretFile.passphrase(path: file) }
    if let descriptor { return try SecretFile.passphrase(descriptor: descriptor) }
    return nil
  }
}
