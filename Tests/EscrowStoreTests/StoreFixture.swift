import EscrowStore
import Foundation
import GRDB
import KeyEscrow
import LibCrypto
import StoreTestSupport

/// An empty store in a folder of its own, and a world to fill it from.
struct StoreFixture {
  let folder: TemporaryFolder
  let world: StoreWorld
  let store: EscrowDatabase
  var path: String { folder.file("S.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    world = try StoreWorld()
    store = try EscrowDatabase.open(path: folder.file("S.sqlite"), mode: .create)
  }

  @discardableResult
  func accept(_ submission: DepositSubmission) throws(EscrowError) -> StoreReceipt {
    let key: Ed25519PrivateKey
    do { key = try StoreWorld.storeKey() } catch { throw .storage(reason: "\(error)") }
    return try store.verifyAndAccept(
      submission, roster: world.roster, receivedAt: StoreWorld.start, signingKey: key)
  }

  /// Locators `epochs` of conversation `number`.
  func locators(_ number: Int, _ epochs: ClosedRange<UInt64>) -> [RecordLocator] {
    epochs.map { RecordLocator(conversation: StoreWorld.conversation(number), epoch: $0) }
  }

  /// Changes the file behind the store's back, as somebody with write access to the disk would.
  func tamper(_ statements: String...) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
      for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
      for statement in statements { try db.execute(sql: statement) }
      for trigger in triggers { try db.execute(sql: trigger["sql"] as String) }
    }
    try queue.close()
  }
}
