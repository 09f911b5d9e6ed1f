import CeremonyPlans
import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing

/// Where a machine keeps its part of a ceremony.
///
///     plan.yaml      the plan, as it was when the ceremony began
///     exchange/      one file per step, public: what crosses to other rooms and what came from them
///     qr/            the same as pictures, when they are asked for
///     keys/          this machine's participants' keys, each in a directory of its own, and nothing else secret
///     roster         the roster, once all have signed
///     transcript     the record, once all have signed
///     roster.entry   what goes into the log, when the roster names one
struct CeremonyDirectory {
  let path: String

  var planPath: String { "\(path)/plan.yaml" }
  var exchange: String { "\(path)/exchange" }
  var codes: String { "\(path)/qr" }
  var keys: String { "\(path)/keys" }
  var rosterPath: String { "\(path)/roster" }
  var transcriptPath: String { "\(path)/transcript" }
  var entryPath: String { "\(path)/roster.entry" }
  var scratch: String { "\(path)/scratch" }

  init(_ path: String) {
    self.path = path
  }

  /// Makes what is not there, for the plan whose bytes are `plan`, and takes away what a killed run left half made.
  ///
  /// - Throws: 64 when the directory belongs to another plan.
  func prepare(plan: [UInt8]) throws(Failure) {
    try Directory.create(path)
    try Directory.create(exchange)
    try Directory.create(keys)
    for directory in [path, exchange, keys, codes] where Directory.exists(directory) {
      try removeTemporaries(in: directory)
    }
    if Directory.exists(scratch) { try remove(scratch) }
    if Directory.holdsAnything(planPath) {
      let before = try DocumentFile.read(planPath, maximumByteCount: YAMLDocument.maximumByteCount)
      guard before == plan else {
        throw .usage("\(path): belongs to another plan, or to an earlier text of it; name a new directory")
      }
    } else {
      try OutputFile.write(plan, to: planPath)
    }
  }

  /// The lock that one run at a time holds.
  func lock() throws(Failure) -> FileLock {
    try Directory.create(path)
    return try FileLock.wait("\(path)/lock", for: "another run of this ceremony to end")
  }

  private func removeTemporaries(in directory: String) throws(Failure) {
    for name in try contents(of: directory) {
      let item = "\(directory)/\(name)"
      if name.hasPrefix(".escrow-"), name.hasSuffix(".tmp") { try remove(item) }
      // Keys in the making: they never got their name, and nobody has seen their public half.
      if directory == keys, name.hasPrefix(".") { try remove(item) }
      if directory == keys, Directory.exists(item), !name.hasPrefix(".") { try removeTemporaries(in: item) }
    }
  }

  private func contents(of directory: String) throws(Failure) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
      throw .internalFailure("\(directory): cannot be listed: \(error.localizedDescription)")
    }
  }

  private func remove(_ item: String) throws(Failure) {
    do { try FileManager.default.removeItem(atPath: item) } catch {
      throw .internalFailure("\(item): cannot be removed: \(error.localizedDescription)")
    }
  }

  // MARK: Keys

  func holder(_ id: HolderID) -> HolderDirectory { HolderDirectory(keyPath(of: .holder(id))) }

  func keyPath(of actor: CeremonyActor) -> String { "\(keys)/\(actor.fileName)" }

  var witnessKeyPath: String { "\(keyPath(of: .witness))/witness.pem" }

  func drillKeyPath(of id: HolderID) -> String { "\(keyPath(of: .holder(id)))/drill.pem" }

  /// Makes an actor's directory of keys with what `body` writes into it: the whole of it, or nothing.
  func makeKeys(of actor: CeremonyActor, _ body: (String) throws -> Void) throws {
    let final = keyPath(of: actor)
    let temporary = "\(keys)/.\(actor.fileName)"
    if Directory.exists(temporary) { try remove(temporary) }
    try Directory.create(temporary)
    do {
      try body(temporary)
      guard !Directory.holdsAnything(final) else {
        throw Failure.usage("\(final): is already there and is not overwritten")
      }
      try OutputFile.nameDirectory(temporary, final)
    } catch {
      try? remove(temporary)
      throw error
    }
  }

  func sheetsPath(of id: HolderID) -> String { "\(keyPath(of: .holder(id)))/sheets" }

  /// Takes away the sheets that were printed, if they are still there.
  func removeSheets(of id: HolderID) throws(Failure) {
    if Directory.exists(sheetsPath(of: id)) { try remove(sheetsPath(of: id)) }
  }

  // MARK: Steps

  func path(of name: String) -> String { "\(exchange)/\(name)" }

  /// Runs `body` with the path of a scratch directory, which is gone afterwards.
  func withScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
    if Directory.exists(scratch) { try remove(scratch) }
    try Directory.create(scratch)
    defer { try? remove(scratch) }
    return try body(scratch)
  }

  /// Takes away the drill's one-time key, once it has served.
  func removeDrillKey(of id: HolderID) throws(Failure) {
    let path = drillKeyPath(of: id)
    if Directory.holdsFile(path) { try remove(path) }
  }
}
