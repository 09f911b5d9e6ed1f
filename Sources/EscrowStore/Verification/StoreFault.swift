public import KeyEscrow

/// What is wrong in a store.
public enum StoreFault: Equatable, Sendable, CustomStringConvertible {
  /// SQLite finds the file damaged; its words.
  case damaged(String)
  /// A table or trigger is missing, changed or added.
  case schema(String)
  /// A session's header does not verify, or is filed under another id or roster.
  case session(EscrowError)
  /// A deposit's header does not parse, does not fit its session, or differs from what the deposit is filed under.
  case header
  /// A deposit lacks a column.
  case columnMissing(StoredColumn)
  /// A column has not the length or the digest that is stored for it.
  case column(StoredColumn)
  /// A deposit has columns that it should not have.
  case columnUnexpected
  /// A deposit's columns do not have the digest that it is filed under.
  case depositDigest
  /// A deposit does not name the one before it.
  case brokenChain
  /// The list of records gives another conversation or epoch than the tag at this position.
  case tag(position: Int)
  /// A record of the list is not in the index: no lookup would find it.
  case recordNotIndexed(position: Int)
  /// The index holds a record that no list has; `deposit` is the number of its row.
  case recordNotListed(deposit: Int64, position: Int64)
  /// A head does not verify, or signs another deposit than the stored one.
  case head(EscrowError)
  /// The newest deposits of the session are under no signed head.
  case unsigned
  /// A receipt does not verify, is for another head, or is signed by another key than the store's.
  case receipt(String)

  /// One clause for people.
  public var description: String {
    switch self {
    case .damaged(let reason): "the file is damaged: \(reason)"
    case .schema(let object): "the schema is not this store's: \(object)"
    case .session(let error): "the session header does not verify: \(error)"
    case .header: "the deposit's header does not fit"
    case .columnMissing(let column): "the deposit has no \(column)"
    case .column(let column): "\(column): not what their digest says"
    case .columnUnexpected: "the deposit has more columns than rows"
    case .depositDigest: "the columns do not have the deposit's digest"
    case .brokenChain: "the deposit does not follow the one before it"
    case .tag(let position): "the tag at position \(position) belongs to another conversation or epoch"
    case .recordNotIndexed(let position): "the record at position \(position) is not in the index"
    case .recordNotListed(let deposit, let position):
      "the index has a record that no list has: row \(deposit), position \(position)"
    case .head(let error): "the signed head does not verify: \(error)"
    case .unsigned: "no signed head covers the newest deposits"
    case .receipt(let reason): "the receipt does not verify: \(reason)"
    }
  }
}
