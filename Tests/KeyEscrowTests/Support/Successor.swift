import SecretSharing

@testable import KeyEscrow

extension Escrow {
  /// The escrow of `first` after its roster was followed by one with `policy`: same holders where the ids are the
  /// same, same store, same depositor.
  convenience init(succeeding first: Escrow, policy: AccessPolicy) throws {
    var holders: [HolderID: HolderBox] = [:]
    for id in policy.holders {
      holders[id] =
        try first.holders[id]
        ?? HolderBox(try Holder.generate(id, sealingKeyNotAfter: Escrow.start.adding(seconds: 366 * 86_400)))
    }
    self.init(
      policy: policy, holders: holders,
      roster: try Escrow.roster(policy: policy, holders: holders, succeeding: first.roster),
      store: first.store,
      depositor: first.depositor, recipientKey: first.recipientKey)
  }
}
