import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// Where a holder keeps its keys: `sealing.pem`, `signing.pem`, and `holder.json`, the public half.
///
/// Sealing keys that the holder gave in earlier rosters, `sealing-*.pem`, are used for the deposits of their time.
struct HolderDirectory {
  let path: String

  var sealingPath: String { "\(path)/sealing.pem" }
  var signingPath: String { "\(path)/signing.pem" }
  var recordPath: String { "\(path)/holder.json" }

  init(_ path: String) {
    self.path = path
  }

  /// Makes a holder's keys. A directory that holds any already is left as it is.
  func create(
    id: HolderID, sealingKeyNotAfter: Timestamp, passphrase: Passphrase
  ) throws(Failure) -> HolderRecord {
    do {
      let sealingKey = try X25519PrivateKey.generate()
      let signingKey = try Ed25519PrivateKey.generate()
      let record = try HolderRecord(
        id: id, sealingKey: sealingKey.publicKey, sealingKeyNotAfter: sealingKeyNotAfter,
        signingKey: signingKey.publicKey)
      try create(record: record, sealingKey: sealingKey, signingKey: signingKey, passphrase: passphrase)
      return record
    } catch { throw Failure(error, at: path) }
  }

  /// Puts the keys of `record` where they were not. A directory that holds any already is left as it is.
  func create(
    record: HolderRecord, sealingKey: borrowing X25519PrivateKey, signingKey: borrowing Ed25519PrivateKey,
    passphrase: Passphrase
  ) throws(Failure) {
    for file in [sealingPath, signingPath, recordPath] { try OutputFile.requireAbsent(file) }
    let isNew = try Directory.create(path)
    if isNew { Interruption.register(path) }
    defer { Interruption.forget(path) }
    do {
      try write(record, sealingKey, signingKey, passphrase)
    } catch {
      if isNew { Directory.removeIfEmpty(path) }
      throw error
    }
  }

  private func write(
    _ record: HolderRecord, _ sealingKey: borrowing X25519PrivateKey,
    _ signingKey: borrowing Ed25519PrivateKey,
    _ passphrase: Passphrase
  ) throws(Failure) {
    let known = try passphrase.toCreate(path)
    let sealingFile = try KeyFile.create(sealingPath, sealingKey, under: known)
    let signingFile = try KeyFile.create(signingPath, signingKey, under: known)
    let recordFile = try OutputFile.create(recordPath)
    try recordFile.write(Array(record.text.utf8).span)
    try OutputFile.commit(sealingFile, signingFile, recordFile)
  }

  /// The public half.
  func record() throws(Failure) -> HolderRecord { try Self.record(at: recordPath) }

  /// The public half in the file at `path`, or in the directory at `path`.
  static func record(at path: String) throws(Failure) -> HolderRecord {
    let file = Directory.exists(path) ? HolderDirectory(path).recordPath : path
    let bytes = try DocumentFile.read(file, maximumByteCount: 65_536)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .verification("\(DocumentFile.name(of: file)): this is no valid holder record: it is not UTF-8")
    }
    return try locating(DocumentFile.name(of: file)) { try HolderRecord(parsing: text) }
  }

  /// The holder with its private keys, which must be those of the public half.
  func open(_ passphrase: Passphrase) throws(Failure) -> Holder {
    guard Directory.exists(path) else {
      throw .keyUnavailable("\(path): there is no such holder directory; make one with `holder new`")
    }
    let sealingKey = try KeyFile.x25519(sealingPath, passphrase)
    let signingKey = try KeyFile.ed25519(signingPath, passphrase)
    let record = try record()
    var holder: Holder
    do {
      holder = try Holder(
        id: record.id, sealingKey: sealingKey, sealingKeyNotAfter: record.sealingKeyNotAfter,
        signingKey: signingKey)
    } catch { throw Failure(error, at: path) }
    guard holder.record == record else {
      throw .verification(
        "\(recordPath): does not belong to the private keys beside it; restore the right one")
    }
    for earlier in try earlierSealingPaths() {
      holder.addEarlierSealingKey(try KeyFile.x25519(earlier, passphrase))
    }
    return holder
  }

  /// The files of sealing keys that the holder gave in earlier rosters.
  func earlierSealingPaths() throws(Failure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .filter { $0.hasPrefix("sealing-") && $0.hasSuffix(".pem") }
        .sorted().map { "\(path)/\($0)" }
    } catch { throw .keyUnavailable("\(path): cannot be listed: \(error.localizedDescription)") }
  }
}
