import KeyEscrow
import LibCrypto

/// A warrant's one-time key on disk: made when it is not there, with the warrant that names it.
struct RecipientKeyFile: ~Copyable {
  let publicKey: X25519PublicKey
  private var file: OutputFile?

  private init(publicKey: X25519PublicKey, file: consuming OutputFile?) {
    self.publicKey = publicKey
    self.file = file
  }

  /// Reads the key at `path`, or begins a new one.
  static func open(_ path: String, _ passphrase: Passphrase) throws(Failure) -> RecipientKeyFile {
    if Directory.holdsFile(path) {
      return RecipientKeyFile(publicKey: try KeyFile.x25519(path, passphrase).publicKey, file: nil)
    }
    let key: X25519PrivateKey
    do { key = try X25519PrivateKey.generate() } catch { throw Failure(error, at: path) }
    return RecipientKeyFile(
      publicKey: key.publicKey, file: try KeyFile.create(path, key, under: try passphrase.toCreate(path)))
  }

  /// Writes `document`, and with it the key if it is new: both or neither.
  consuming func commit(with document: [UInt8], at path: String) throws(Failure) {
    let key = file.take()
    guard path != "-" else {
      if let key { try key.commit() }
      return try Terminal.output(document.span)
    }
    let output = try OutputFile.create(path)
    try output.write(document.span)
    if let key {
      try OutputFile.commit(key, output)
    } else {
      try output.commit()
    }
  }
}
