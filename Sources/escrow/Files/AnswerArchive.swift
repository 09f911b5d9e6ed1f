import Foundation
import KeyEscrow
import LibCrypto
import TransparencyLog

/// What a holder answered so far, in the directory `answers` beside its keys.
///
/// An answer is stored durably before anybody else sees it, under the digest of its warrant, and from then on it is
/// the answer: the same warrant gets the same bytes. `recipient-keys` remembers which warrant each recipient key
/// served. One command at a time works here.
struct AnswerArchive: ~Copyable {
  /// An answer that was given.
  enum Answer {
    case release(path: String)
    case refusal(path: String)
  }

  let path: String
  private let lock: FileLock

  /// The answers of the holder in `directory`.
  init(_ directory: HolderDirectory) throws(Failure) {
    path = "\(directory.path)/answers"
    try Directory.create(path)
    try Directory.create("\(path)/recipient-keys")
    lock = try FileLock.wait("\(path)/lock", for: "another answer of this holder to be made")
  }

  func releasePath(_ warrant: Digest) -> String { "\(path)/\(warrant.hex).release" }
  func refusalPath(_ warrant: Digest) -> String { "\(path)/\(warrant.hex).refusal" }

  /// The answer that was given to the warrant with `digest`, if any was.
  func answer(to digest: Digest) -> Answer? {
    if Directory.holdsFile(releasePath(digest)) { return .release(path: releasePath(digest)) }
    if Directory.holdsFile(refusalPath(digest)) { return .refusal(path: refusalPath(digest)) }
    return nil
  }

  /// Refuses a recipient key that served another warrant.
  func requireUnused(_ key: X25519PublicKey, for warrant: Digest) throws(Failure) {
    let file = recipientPath(key)
    guard Directory.holdsFile(file) else { return }
    let line = try DocumentFile.read(file, maximumByteCount: 1024)
    guard line == Array("\(warrant.hex)\n".utf8) else {
      throw Failure(EscrowError.warrantRefused(.recipientKeyReused))
    }
  }

  /// Remembers that `key` serves the warrant with `digest`, and no other.
  func bind(_ key: X25519PublicKey, to digest: Digest) throws(Failure) {
    guard !Directory.holdsFile(recipientPath(key)) else { return }
    try OutputFile.write(Array("\(digest.hex)\n".utf8), to: recipientPath(key), access: .owner)
  }

  /// How many keys the holder released in the month of `now`, in UTC.
  func keysReleased(inMonthOf now: Timestamp) throws(Failure) -> UInt64 {
    var keys: UInt64 = 0
    for name in try names() where name.hasSuffix(".release") {
      let file = "\(path)/\(name)"
      let body = try locating(file) { try UnverifiedRelease(try FileBytes(path: file)).body }
      if body.answered.month == now.month { keys += body.keys }
    }
    return keys
  }

  /// The names of the files that are stored.
  func names() throws(Failure) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      throw .internalFailure("\(path): cannot be listed: \(error.localizedDescription)")
    }
  }

  /// The file that remembers `log`.
  func memoryFile(of log: LogIdentity) throws(Failure) -> HolderMemoryFile {
    try HolderMemoryFile(of: log, in: path)
  }

  private func recipientPath(_ key: X25519PublicKey) -> String {
    "\(path)/recipient-keys/\(Hexadecimal.encode(key.bytes.span))"
  }

  /// Hands out the stored answer at `stored`: a new file at `path`, or standard output for `-`.
  static func copy(_ stored: String, to path: String) throws(Failure) {
    let source = try Descriptor.reading(stored)
    guard path != "-" else {
      return try source.forEachPiece(name: stored) { bytes throws(Failure) in try Terminal.output(bytes) }
    }
    let output = try OutputFile.create(path)
    try source.forEachPiece(name: stored) { bytes throws(Failure) in try output.write(bytes) }
    try output.commit()
  }
}
