/// The parts of a deposit that are stored each in a row of their own.
public enum StoredColumn: Hashable, Sendable, CustomStringConvertible {
  /// Digests of the other columns: T, C, D_1 …, ct_1 …; 32 bytes each.
  case digests
  /// The packed list: conversation ‖ be64(epoch) per position.
  case locators
  /// Tags: 16 bytes per position.
  case tags
  /// Commitments: 32 bytes per position.
  case commitments
  /// A row's share digests, rows counted from 0: 16 bytes per position.
  case shareDigests(row: Int)
  /// A row's sealed column, rows counted from 0: 32 bytes per position and 16 more.
  case sealed(row: Int)

  /// The number in the table's column `kind`.
  var kind: Int64 {
    switch self {
    case .digests: 1
    case .locators: 2
    case .tags: 3
    case .commitments: 4
    case .shareDigests: 5
    case .sealed: 6
    }
  }

  /// The number in the table's column `holder`: the row of the sharing matrix, or 0.
  var holder: Int64 {
    switch self {
    case .digests, .locators, .tags, .commitments: 0
    case .shareDigests(let row), .sealed(let row): Int64(row)
    }
  }

  /// What the column is called in messages.
  public var description: String {
    switch self {
    case .digests: "column digests"
    case .locators: "list of records"
    case .tags: "tags"
    case .commitments: "commitments"
    case .shareDigests(let row): "share digests of row \(row)"
    case .sealed(let row): "sealed column of row \(row)"
    }
  }
}
