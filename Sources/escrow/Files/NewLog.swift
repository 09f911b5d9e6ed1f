import KeyEscrow
import LibCrypto
import SecretMemory
import TransparencyLog

/// A log in the making.
struct NewLog {
  private let location: LogLocation

  init(_ location: LogLocation) {
    self.location = location
  }

  /// Makes a log of the key in the file `key`. Beside it lies the public half only.
  func create(origin: String?, key: String, report: inout Report) throws(Failure) {
    let signer = try LogKeyFile.read(key)
    let vkey = signer.verifierKey.vkey
    let name = signer.name
    try requireOwnVerifierKey(vkey)
    try publish(origin: origin ?? name, signer: signer, report: &report)
    if !Directory.holdsFile(location.verifierKeyPath) {
      try Directory.create(location.keysPath)
      try LogKeyFile.create(location.verifierKeyPath, vkey: vkey).commit()
    }
  }

  /// Makes a key, a log of that key, and a witness that cosigns it.
  func createWithWitness(
    origin: String?, report: inout Report, isQuiet: Bool = false
  ) throws(Failure) {
    let keys = [
      location.keyPath, location.verifierKeyPath, location.witnessKeyPath, location.witnessVerifierKeyPath,
    ]
    // Where a key is, there was a log of that key: a second one would be another history under the same name.
    for path in keys + [location.policyPath] { try OutputFile.requireAbsent(path) }
    let name = if let origin { origin } else { try madeUpOrigin() }
    let signer = try LogKeyFile.generate(name)
    let witness = try LogKeyFile.generate("\(name)/witness")
    let vkey = signer.verifierKey
    let isNew = try Directory.create(location.keysPath)
    // Until the log is there, an interruption takes the keys away again.
    let unfinished = keys + (isNew ? [location.keysPath] : [])
    for path in unfinished { Interruption.register(path) }
    defer { for path in unfinished { Interruption.forget(path) } }
    do {
      let cosigner = try CosignatureVerifierKey(name: witness.name, publicKey: witness.verifierKey.publicKey)
      let keyFile = try LogKeyFile.create(location.keyPath, signer)
      try OutputFile.commit(keyFile, try LogKeyFile.create(location.verifierKeyPath, vkey: vkey.vkey))
      let witnessFile = try LogKeyFile.create(location.witnessKeyPath, witness)
      try OutputFile.commit(
        witnessFile, try LogKeyFile.create(location.witnessVerifierKeyPath, vkey: cosigner.vkey))
      try publish(origin: name, signer: signer, report: &report)
      let log = LogIdentity(key: vkey)
      let time = try LocalLog(location.path).cosign(log).time
      try OutputFile.write(
        Array("log \(vkey.vkey)\nwitness local \(cosigner.vkey)\nquorum local\n".utf8),
        to: location.policyPath)
      report.add("key", location.keyPath)
      report.add("witness", cosigner.vkey)
      report.add("policy", location.policyPath)
      report.add("cosigned", seconds: time)
    } catch {
      if !Directory.holdsAnything("\(location.path)/checkpoint") { removeKeys(keys, andDirectory: isNew) }
      throw Failure(error, at: location.path)
    }
    guard !isQuiet else { return }
    Terminal.warn(
      "the new keys in \(location.keysPath) are not encrypted, and the witness is the log's own operator's: it shows"
        + " nobody else that the log has one history")
  }

  private func publish(
    origin: String, signer: consuming NoteSigner, report: inout Report
  ) throws(Failure) {
    let log: TiledLog
    do throws(LogError) {
      log = try TiledLog.create(at: location.path, origin: origin, signer: signer)
    } catch {
      guard case .malformedCheckpoint = error else { throw Failure(error, at: location.path) }
      throw .usage("--origin is one line that is not empty")
    }
    report.add("vkey", log.identity.key.vkey)
    report.add(log.checkpoint.checkpoint)
  }

  private func requireOwnVerifierKey(_ vkey: String) throws(Failure) {
    guard Directory.holdsAnything(location.verifierKeyPath) else { return }
    guard try LogKeyFile.verifierKey(at: location.verifierKeyPath).vkey == vkey else {
      throw .usage("\(location.verifierKeyPath): is of another key; move it away, or name another directory")
    }
  }

  /// A name that no other log has.
  private func madeUpOrigin() throws(Failure) -> String {
    let name = location.name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains(scalar))
        ? String(scalar) : "-"
    }
    do {
      let random = try SystemRandom().bytes(8)
      return "localhost/\(name.joined())-\(Hexadecimal.encode(random.span))"
    } catch { throw Failure(error) }
  }

  private func removeKeys(_ keys: [String], andDirectory isNew: Bool) {
    for path in keys { OutputFile.remove(path) }
    if isNew { Directory.removeIfEmpty(location.keysPath) }
  }
}
