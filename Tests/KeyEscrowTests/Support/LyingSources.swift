import KeyEscrow
import LibCrypto
import SecretSharing

/// A store that lies to a holder.
struct LyingSource: HolderDepositSource {
  let store: MemoryStore
  /// What it says that it holds, when that is not the truth.
  var counted: ScopeCount?
  /// The scope it really serves, when it is not the one asked for.
  var served: WarrantScope?
  /// Changes each view.
  var alter: (inout HolderView) -> Void = { _ in }
  /// What it gives for a session.
  var session: (UnverifiedSession?) -> UnverifiedSession? = { $0 }

  func count(in scope: WarrantScope) -> ScopeCount { counted ?? store.count(in: scope) }

  func session(_ id: Digest) -> UnverifiedSession? { session(store.session(id)) }

  func forEachDeposit(
    in scope: WarrantScope, row: (Digest) -> Int?, _ body: (HolderView) throws(EscrowError) -> Void
  ) throws(EscrowError) {
    try store.forEachDeposit(in: served ?? scope, row: row) { view throws(EscrowError) in
      var view = view
      alter(&view)
      try body(view)
    }
  }
}

/// A store that lies to whoever recovers.
struct LyingRecoverySource: RecoverySource {
  let store: MemoryStore
  var missing: Set<Digest> = []
  var alter: @Sendable (inout RecoveryView) -> Void = { _ in }
  var alterShareDigests: @Sendable (inout [UInt8]) -> Void = { _ in }

  func session(_ id: Digest) -> UnverifiedSession? { store.session(id) }

  func deposit(_ digest: Digest) throws(EscrowError) -> RecoveryView? {
    guard !missing.contains(digest), var view = try store.deposit(digest) else { return nil }
    alter(&view)
    return view
  }

  func shareDigests(_ digest: Digest, row: Int) throws(EscrowError) -> [UInt8]? {
    guard var column = store.shareDigests(digest, row: row) else { return nil }
    alterShareDigests(&column)
    return column
  }
}

extension Escrow {
  /// Recovers from `releases` with the public columns that `source` gives.
  func recover(
    _ warrant: UnverifiedWarrant, _ releases: [Release], from source: some RecoverySource, jobs: Int = 1
  ) throws -> (keys: [TestKey], report: RecoveryReport) {
    let verified = try warrant.verifiedForRecovery(by: roster)
    var keys: [TestKey] = []
    let report = try Recovery.recover(
      warrant: verified, releases: releases, recipientKey: recipientKey.key, source: source, jobs: jobs
    ) { locators, recovered throws(EscrowError) in
      for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
        keys.append(TestKey(locator: locator, key: (0..<32).map { recovered[32 * index + $0] }))
      }
    }
    return (keys, report)
  }

  /// The roster's file: the text that every holder signed, and their signatures.
  func rosterBytes() throws -> [UInt8] {
    var draft = try UnverifiedRoster(roster.body)
    for id in policy.holders {
      let box = try holder(id.description)
      try draft.sign(with: box.holder)
    }
    return draft.bytes
  }

  /// A release by software that does as `rogue` says, signed with the real key of `name`.
  func rogueRelease(_ warrant: UnverifiedWarrant, by name: String, _ rogue: RogueRelease) throws -> Release {
    let verified = try warrant.verifiedForRecovery(by: roster)
    return try verifiedRelease(warrant, try rogue.bytes(verified, by: try holder(name), from: store))
  }
}
