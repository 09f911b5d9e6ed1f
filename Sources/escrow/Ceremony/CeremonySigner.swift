import KeyEscrow
import LibCrypto
import TransparencyLog

/// An actor with its opened keys.
final class CeremonySigner {
  private enum Keys: ~Copyable {
    case holder(Holder)
    case witness(Ed25519PrivateKey)
  }

  let actor: CeremonyActor
  private let keys: Keys
  /// The passphrase that opened them, for keys to be made beside them.
  let passphrase: Passphrase

  private init(_ actor: CeremonyActor, keys: consuming Keys, passphrase: Passphrase) {
    self.actor = actor
    self.keys = keys
    self.passphrase = passphrase
  }

  /// Opens the keys of `actor`, whose passphrase is asked for when they are encrypted.
  static func open(
    _ actor: CeremonyActor, in directory: CeremonyDirectory, console: CeremonyConsole
  ) throws(Failure) -> CeremonySigner {
    guard Directory.exists(directory.keyPath(of: actor)) else {
      throw .keyUnavailable(
        "\(directory.keyPath(of: actor)): the keys of \(actor) are not on this machine; run with --as on theirs"
      )
    }
    return try console.withPassphrase(of: actor) { passphrase throws(Failure) in
      switch actor {
      case .holder(let id):
        return CeremonySigner(
          actor, keys: .holder(try directory.holder(id).open(passphrase)), passphrase: passphrase)
      case .witness:
        let key = try KeyFile.ed25519(directory.witnessKeyPath, passphrase)
        return CeremonySigner(actor, keys: .witness(key), passphrase: passphrase)
      }
    }
  }

  /// Lends the holder.
  func withHolder<Result: ~Copyable>(_ body: (borrowing Holder) throws -> Result) throws -> Result {
    switch keys {
    case .holder(let holder): return try body(holder)
    case .witness: throw Failure.internalFailure("the witness holds no share")
    }
  }

  /// The key that verifies what this actor signs.
  func verifierKey() throws(Failure) -> NoteVerifierKey {
    switch keys {
    case .holder(let holder): return holder.verifierKey
    case .witness(let key):
      do {
        return try NoteVerifierKey(name: CeremonyActor.witnessName, publicKey: key.publicKey)
      } catch { throw Failure(error) }
    }
  }

  /// The signed record of a step.
  func record(
    _ statement: CeremonyStatement, openings: [CeremonyOpening], attachments: [String: [UInt8]]
  ) throws -> UnverifiedCeremonyRecord {
    switch keys {
    case .holder(let holder):
      return try UnverifiedCeremonyRecord(
        statement, openings: openings, attachments: attachments, signedBy: holder)
    case .witness(let key):
      return try UnverifiedCeremonyRecord(
        statement, openings: openings, attachments: attachments, signedBy: key)
    }
  }

  /// Signs a transcript.
  func sign(_ transcript: inout UnverifiedTranscript) throws(EscrowError) {
    switch keys {
    case .holder(let holder): try transcript.sign(as: holder)
    case .witness(let key): try transcript.sign(as: .witness, with: key)
    }
  }
}
