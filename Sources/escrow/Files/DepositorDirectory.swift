import KeyEscrow
import LibCrypto
import SecretMemory
import TransparencyLog

/// Where a depositor keeps its key, the genesis it trusts, and its open sessions.
///
/// Not for backups: a restored copy of an old session would count its numbers again. `deposit` notices and opens a
/// new session.
struct DepositorDirectory {
  let path: String

  var keyPath: String { "\(path)/depositor.pem" }
  var verifierKeyPath: String { "\(path)/depositor.vkey" }
  var genesisPath: String { "\(path)/genesis" }
  var sessionsPath: String { "\(path)/sessions" }

  init(_ path: String) {
    self.path = path
  }

  /// Makes the depositor's key.
  func create(_ passphrase: Passphrase) throws(Failure) -> NoteVerifierKey {
    for file in [keyPath, verifierKeyPath] { try OutputFile.requireAbsent(file) }
    let isNew = try Directory.create(path)
    if isNew { Interruption.register(path) }
    defer { Interruption.forget(path) }
    do {
      let key = try Ed25519PrivateKey.generate()
      let verifierKey = try NoteVerifierKey(name: Depositor.keyName, publicKey: key.publicKey)
      let keyFile = try KeyFile.create(keyPath, key, under: try passphrase.toCreate(path))
      let verifierKeyFile = try OutputFile.create(verifierKeyPath)
      try verifierKeyFile.write(Array("\(verifierKey.vkey)\n".utf8).span)
      try OutputFile.commit(keyFile, verifierKeyFile)
      return verifierKey
    } catch {
      if isNew { Directory.removeIfEmpty(path) }
      throw Failure(error, at: path)
    }
  }

  /// The depositor with its private key.
  func open(_ passphrase: Passphrase) throws(Failure) -> Depositor {
    let key = try KeyFile.ed25519(keyPath, passphrase)
    do { return try Depositor(signingKey: key) } catch { throw Failure(error, at: keyPath) }
  }

  /// Pins the genesis of `roster` on first use, and refuses every other one from then on.
  func pin(_ roster: Roster) throws(Failure) {
    let line = Array("\(roster.genesis.hex)\n".utf8)
    if !Directory.holdsAnything(genesisPath) {
      do throws(Failure) { return try OutputFile.write(line, to: genesisPath) } catch {
        // Another run may have pinned it meanwhile.
        guard Directory.holdsFile(genesisPath) else { throw error }
      }
    }
    let pinned = try DocumentFile.read(genesisPath, maximumByteCount: 1024)
    guard pinned == line else {
      throw .verification(
        "\(genesisPath): this depositor trusts the rosters of another genesis than \(roster.genesis);"
          + " use its roster, or a depositor of its own for this one")
    }
  }

  /// The saved state of the session under `roster`.
  func state(under roster: Roster) throws(Failure) -> FileSessionState {
    try Directory.create(sessionsPath)
    return FileSessionState("\(sessionsPath)/\(roster.id.hex).state")
  }

  /// The lock that the one writer of that session holds.
  func lock(under roster: Roster) throws(Failure) -> FileLock {
    try Directory.create(sessionsPath)
    return try FileLock.wait(
      "\(sessionsPath)/\(roster.id.hex).lock", for: "another deposit of this depositor to end")
  }
}
