import KeyEscrow
import LibCrypto
import TransparencyLog

/// What a holder remembers of a log, on disk: `log-<digest>.state` among its answers, one file for each log.
///
/// It is replaced by one rename, and durable before anything is answered that relies on it.
struct HolderMemoryFile {
  // A revocation or an answer takes some 200 bytes.
  private static let maximumByteCount = 1 << 28

  private let path: String
  private let log: LogIdentity

  /// The memory of `log` in the directory `answers`.
  init(of log: LogIdentity, in answers: String) throws(Failure) {
    self.log = log
    do {
      let name = try SHA256.digest(Array("\(log.origin)\n\(log.key.vkey)".utf8)).hex
      path = "\(answers)/log-\(name).state"
    } catch { throw Failure(error) }
  }

  /// What is remembered: nothing before the first answer.
  func load() throws(Failure) -> HolderMemory {
    guard Directory.holdsAnything(path) else { return HolderMemory(of: log) }
    let bytes = try DocumentFile.read(path, maximumByteCount: Self.maximumByteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .verification("\(path): this is no valid log state: it is not UTF-8")
    }
    return try locating(path) { try HolderMemory(parsing: text, of: log) }
  }

  /// Replaces what is remembered.
  func save(_ memory: HolderMemory) throws(Failure) {
    let file = try OutputFile.replacement(of: path, access: .owner)
    try file.write(Array(memory.text.utf8).span)
    try file.commitReplacing()
  }
}
