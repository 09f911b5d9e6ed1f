import EscrowStore
import KeyEscrow
import LibCrypto
import TransparencyLog

/// A store on disk, S, and beside it S.key, the key that signs its receipts and extracts.
struct StoreLocation {
  let path: String

  var keyPath: String { "\(path).key" }

  init(_ path: String) {
    self.path = path
  }

  /// The store, to be read.
  func openForReading() throws(Failure) -> EscrowDatabase {
    try open(.readOnly)
  }

  /// The key that signs the receipts of `database`.
  func key(of database: EscrowDatabase) throws(Failure) -> Ed25519PrivateKey {
    let key = try KeyFile.ed25519(keyPath, Passphrase(.terminal))
    do {
      let vkey = try NoteVerifierKey(name: StoreReceipt.keyName, publicKey: key.publicKey).vkey
      if let recorded = try database.storeKey(), recorded != vkey {
        throw Failure.keyUnavailable(
          "\(keyPath): is not the key that this store signs with; restore the right one")
      }
    } catch { throw Failure(error, at: path) }
    return key
  }

  /// The store, to be deposited in; made, with its key, when it is not there.
  func openForDeposits() throws(Failure) -> ReceivingStore {
    let database = try Directory.holdsAnything(path) ? open(.readWrite) : create()
    do {
      // A store that has signed nothing yet may get its key now: perhaps a crash came between the two.
      if !Directory.holdsAnything(keyPath), try database.storeKey() == nil { try makeKey() }
    } catch { throw Failure(error, at: path) }
    return try ReceivingStore(database, key: try key(of: database), path: path)
  }

  private func open(_ mode: EscrowDatabase.Mode) throws(Failure) -> EscrowDatabase {
    do { return try EscrowDatabase.open(path: path, mode: mode) } catch { throw Failure(error, at: path) }
  }

  private func create() throws(Failure) -> EscrowDatabase {
    do throws(StoreError) {
      let database = try EscrowDatabase.open(path: path, mode: .create)
      Terminal.note("made the store \(path), and \(keyPath), the key that signs its receipts")
      return database
    } catch {
      // Another run may have made it meanwhile.
      guard error == .alreadyExists else { throw Failure(error, at: path) }
      return try open(.readWrite)
    }
  }

  // It signs at every deposit with nobody there to type, so it is not encrypted.
  private func makeKey() throws(Failure) {
    do {
      let key = try Ed25519PrivateKey.generate()
      let file = try KeyFile.create(keyPath, key, under: nil)
      try file.commit()
    } catch {
      // Another run may have made it meanwhile; the store records the first key it sees, and only that.
      guard Directory.holdsFile(keyPath) else { throw Failure(error, at: keyPath) }
    }
  }
}

/// A store that takes deposits, with its key.
final class ReceivingStore {
  let verifierKey: NoteVerifierKey
  private let database: EscrowDatabase
  private let key: Ed25519PrivateKey
  private let path: String

  init(_ database: EscrowDatabase, key: consuming Ed25519PrivateKey, path: String) throws(Failure) {
    do {
      verifierKey = try NoteVerifierKey(name: StoreReceipt.keyName, publicKey: key.publicKey)
    } catch { throw Failure(error, at: path) }
    self.database = database
    self.key = key
    self.path = path
  }

  /// The newest head that the store holds of `session`.
  func head(of session: Digest) throws(EscrowError) -> UnverifiedHead? {
    try database.head(ofSession: session)
  }

  /// Stores a submission, and checks the receipt for it.
  func accept(_ submission: DepositSubmission, roster: Roster) throws(Failure) -> StoreReceipt {
    do {
      let given = try database.verifyAndAccept(
        submission, roster: roster, receivedAt: try Timestamp.now(), signingKey: key)
      let receipt = try StoreReceipt(parsing: given.bytes.span)
      let head = submission.head.head
      guard receipt.session == head.session, receipt.sequence == head.sequence,
        receipt.deposit == head.deposit, receipt.store == verifierKey
      else { throw Failure.verification("\(path): the receipt is for something else than was deposited") }
      return receipt
    } catch { throw Failure(error, at: path) }
  }

  /// Closes the store's files.
  func close() throws(Failure) {
    do { try database.close() } catch { throw Failure(error, at: path) }
  }
}
