import Foundation
import LibCrypto

/// The rows that a holder has under the rosters of a store, each asked for once.
struct RosterRows {
  private var known: [Data: Int?] = [:]

  /// The row under the roster with the id `bytes`.
  mutating func row(ofRoster bytes: Data, _ ask: (Digest) -> Int?) throws -> Int? {
    if let row = known[bytes] { return row }
    guard let roster = Digest(bytes: Array(bytes).span) else {
      throw StoreError.corrupt(reason: "a roster's id has not 32 bytes")
    }
    let row = ask(roster)
    known.updateValue(row, forKey: bytes)
    return row
  }
}
