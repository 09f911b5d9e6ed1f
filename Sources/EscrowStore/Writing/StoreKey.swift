import GRDB

/// The key that signs the store's receipts: recorded with the first, and never another after it.
struct StoreKey {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Its vkey.
  func recorded() throws -> String? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT value FROM meta WHERE name = 'vkey'"))
  }

  /// Records `vkey` the first time; later refuses any other.
  func require(_ vkey: String) throws {
    if let recorded = try recorded() {
      guard recorded == vkey else { throw StoreError.otherKey(recorded: recorded, given: vkey) }
    } else {
      try db.execute(sql: "INSERT INTO meta (name, value) VALUES ('vkey', ?)", arguments: [vkey])
    }
  }
}
