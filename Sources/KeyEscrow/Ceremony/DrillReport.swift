public import LibCrypto
public import SecretSharing

/// What a drill showed: every minimal authorised set of a roster recovers, and no maximal unauthorised one does.
public struct DrillReport: Hashable, Sendable {
  /// The roster that was drilled.
  public let roster: Digest
  /// Its policy.
  public let policy: AccessPolicy
  /// When.
  public let performed: Timestamp
  /// Who received the shares.
  public let recipient: HolderID
  /// The test deposit.
  public let deposit: Digest
  /// How many test keys it held.
  public let keys: UInt64
  /// The minimal authorised sets that recovered every key.
  public let recovered: [[HolderID]]
  /// The maximal unauthorised sets that recovered nothing.
  public let refused: [[HolderID]]
  /// Whether these are all such sets of the policy.
  public let isComplete: Bool

  /// A report that says this.
  public init(
    roster: Roster, performed: Timestamp, recipient: HolderID, deposit: Digest, keys: UInt64,
    recovered: [[HolderID]], refused: [[HolderID]]
  ) {
    self.roster = roster.id
    policy = roster.policy
    self.performed = performed
    self.recipient = recipient
    self.deposit = deposit
    self.keys = keys
    self.recovered = recovered
    self.refused = refused
    isComplete = Self.isComplete(recovered, refused, policy: roster.policy)
  }

  private static func isComplete(
    _ recovered: [[HolderID]], _ refused: [[HolderID]], policy: AccessPolicy
  ) -> Bool {
    recovered == policy.minimalAuthorizedSets(limit: recovered.count + 1)
      && refused == policy.maximalUnauthorizedSets(limit: refused.count + 1)
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.drill.fields(of: text)
    roster = try fields.digest("roster")
    let policyText = try fields.string("policy")
    do { policy = try AccessPolicy(parsing: policyText) } catch {
      throw fields.fault("policy", "is wrong: \(error)")
    }
    guard policy.description == policyText else { throw fields.fault("policy", "is not in canonical form") }
    performed = try fields.timestamp("performed")
    recipient = try fields.holder("recipient")
    deposit = try fields.digest("deposit")
    keys = try fields.integer("keys", 1...UInt64.max)
    recovered = try Self.sets("recovered", in: &fields)
    refused = try Self.sets("refused", in: &fields)
    isComplete = try fields.boolean("complete")
    try fields.finish()
    for set in recovered where !policy.isSatisfied(by: Set(set)) {
      throw fields.fault("recovered", "names a set that the policy does not authorise")
    }
    for set in refused where policy.isSatisfied(by: Set(set)) {
      throw fields.fault("refused", "names a set that the policy authorises")
    }
    guard isComplete == Self.isComplete(recovered, refused, policy: policy) else {
      throw fields.fault("complete", "does not fit the sets")
    }
  }

  // A set is written as its holders with `, ` between them.
  private static func sets(
    _ name: String, in fields: inout DocumentFields
  ) throws(EscrowError) -> [[HolderID]] {
    var sets: [[HolderID]] = []
    for text in try fields.strings(name, maximumCount: maximumSets) {
      var set: [HolderID] = []
      for part in text.split(separator: ", ", omittingEmptySubsequences: false) {
        do { set.append(try HolderID(parsing: String(part))) } catch {
          throw fields.fault(name, "holds something other than sets of holders")
        }
      }
      sets.append(set)
    }
    return sets
  }

  /// The most sets of each kind that a report names.
  public static let maximumSets = 4096

  var text: String {
    func list(_ sets: [[HolderID]]) -> CanonicalJSON {
      .array(sets.map { .string($0.map(\.description).joined(separator: ", ")) })
    }
    return DocumentType.drill.text([
      "roster": .string(roster.hex),
      "policy": .string(policy.description),
      "performed": .string(performed.description),
      "recipient": .string(recipient.description),
      "deposit": .string(deposit.hex),
      "keys": .integer(keys),
      "recovered": list(recovered),
      "refused": list(refused),
      "complete": .boolean(isComplete),
    ])
  }
}
