public import LibCrypto
public import TransparencyLog

/// What a store holds at a moment, as one root: a store that later shows another history for it is found out.
public struct DepositsEntry: Hashable, Sendable {
  /// The roster whose log the entry is for.
  public let roster: Digest
  /// The store's key, which signs the entry.
  public let store: NoteVerifierKey
  /// `MTH` (RFC 6962 section 2.1) over the newest heads of the store's sessions in the order of their ids, each
  /// `sessionId (32) ‖ be64 sequence ‖ depositDigest (32)`.
  public let root: Digest
  /// How many sessions it holds.
  public let sessions: UInt64
  /// When.
  public let counted: Timestamp
  /// Whether the roster is for tests.
  public let isTest: Bool

  /// The state of `store` at `counted`, with `heads`, the newest of each session, in any order.
  ///
  /// - Throws: `.storage` for two heads of one session.
  public init(heads: [Head], store: NoteVerifierKey, roster: Roster, counted: Timestamp) throws(EscrowError) {
    self.roster = roster.id
    self.store = store
    root = try Self.root(heads)
    sessions = UInt64(heads.count)
    self.counted = counted
    isTest = roster.body.isTest
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    roster = try fields.digest("roster")
    store = try fields.verifierKey("store")
    guard store.name == StoreReceipt.keyName else { throw fields.fault("store", "is not named store") }
    root = try fields.digest("root")
    sessions = try fields.integer("sessions")
    counted = try fields.timestamp("counted")
    isTest = try fields.boolean("test")
  }

  var members: [String: CanonicalJSON] {
    [
      "roster": .string(roster.hex),
      "store": .string(store.vkey),
      "root": .string(root.hex),
      "sessions": .integer(sessions),
      "counted": .string(counted.description),
      "test": .boolean(isTest),
    ]
  }

  /// The root over `heads`, the newest head of each session.
  public static func root(_ heads: [Head]) throws(EscrowError) -> Digest {
    let ordered = heads.sorted { $0.session < $1.session }
    for (left, right) in zip(ordered, ordered.dropFirst()) where left.session == right.session {
      throw .storage(reason: "session \(left.session) has two newest heads")
    }
    let leaves = ordered.map { head in
      var leaf = head.session.bytes
      leaf.appendBigEndian(head.sequence)
      return leaf + head.deposit.bytes
    }
    do { return try MerkleTree.root(of: leaves) } catch { throw .log(error) }
  }
}
