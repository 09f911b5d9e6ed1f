public import LibCrypto
public import SecretSharing
import TransparencyLog

/// Who knows the conversation keys and deposits them.
public enum DepositorKind: String, Sendable, CaseIterable {
  /// The conversation's members' own devices: the provider does not know the keys.
  case client
  /// The provider's server, which knows every key anyway: the roster says so openly.
  case server
}

/// What a roster says: holders, access policy, limits.
public struct RosterBody: Hashable, Sendable {
  /// Every holder signs one note, beside holders of the predecessor, and readers of notes accept 100 signatures.
  public static let maximumHolders = 50

  /// 1 for the first roster, one more for each successor.
  public let generation: UInt64
  /// The predecessor's id; nil for generation 1.
  public let previous: Digest?
  /// The id of generation 1, which depositors pin; nil in generation 1 itself, whose id it is.
  public let genesis: Digest?
  /// When the roster was drafted.
  public let issued: Timestamp
  /// The access policy; its leaves, left to right, are the rows of the sharing matrix.
  public let policy: AccessPolicy
  /// The holders in the order of the policy's leaves.
  public let holders: [HolderRecord]
  /// Who deposits.
  public let depositors: DepositorKind
  /// What no warrant may exceed.
  public let limits: RosterLimits
  /// The transparency log that warrants must be in before anybody answers; nil only in a test roster.
  public let log: RosterLog?
  /// Whether deposits and warrants under this roster are for tests only.
  public let isTest: Bool

  /// A first roster, or the successor of `previous`.
  ///
  /// - Parameter isTest: when it is not given, a roster is for tests exactly if it has no log.
  /// - Throws: `EscrowError.rosterRefused` for a policy that opens without a judge or by one role alone, for
  ///   holders that are not exactly the policy's, for a key that appears twice, for limits that contradict
  ///   themselves, and for a roster that is not for tests and has no log. The policy is judged before the holders.
  public init(
    policy: AccessPolicy, holders: [HolderRecord], depositors: DepositorKind = .client,
    limits: RosterLimits = RosterLimits(), log: RosterLog? = nil, isTest: Bool? = nil, issued: Timestamp,
    succeeding previous: Roster? = nil
  ) throws(EscrowError) {
    var byID: [HolderID: HolderRecord] = [:]
    do throws(RosterRefusal) {
      try RosterRules.check(policy)
      for holder in holders {
        guard policy.holders.contains(holder.id) else { throw .holderNotInPolicy(holder.id) }
        guard byID.updateValue(holder, forKey: holder.id) == nil else {
          throw .duplicateKey("holder \(holder.id) is given twice")
        }
      }
    } catch { throw .rosterRefused(error) }
    var ordered: [HolderRecord] = []
    for id in policy.holders {
      guard let holder = byID[id] else { throw .rosterRefused(.holderMissing(id)) }
      ordered.append(holder)
    }
    self.policy = policy
    self.holders = ordered
    self.depositors = depositors
    self.limits = limits
    self.log = log
    self.isTest = isTest ?? (log == nil)
    self.issued = issued
    generation = previous.map { $0.body.generation + 1 } ?? 1
    self.previous = previous?.id
    genesis = previous?.genesis
    try check()
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.roster.fields(of: text)
    generation = try fields.integer("generation", 1...1_000_000)
    previous = try fields.optionalDigest("previous")
    genesis = try fields.optionalDigest("genesis")
    guard (generation == 1) == (previous == nil), (generation == 1) == (genesis == nil) else {
      throw fields.fault("generation", "does not fit previous and genesis")
    }
    issued = try fields.timestamp("issued")
    let policyText = try fields.string("policy")
    do { policy = try AccessPolicy(parsing: policyText) } catch {
      throw fields.fault("policy", "is wrong: \(error)")
    }
    guard policy.description == policyText else { throw fields.fault("policy", "is not in canonical form") }
    let kind = try fields.string("depositors")
    guard let depositors = DepositorKind(rawValue: kind) else {
      throw fields.fault("depositors", "is neither client nor server")
    }
    self.depositors = depositors
    isTest = try fields.boolean("test")
    if fields.has("limits") {
      var nested = try fields.object("limits")
      limits = try RosterLimits(&nested)
      try nested.finish()
    } else {
      limits = RosterLimits()
    }
    let logFields = try RosterLog.Fields(&fields)
    var holders: [HolderRecord] = []
    for var nested in try fields.objects("holders", maximumCount: 255) {
      holders.append(try HolderRecord(&nested))
      try nested.finish()
    }
    guard holders.map(\.id) == policy.holders else {
      throw fields.fault("holders", "are not the policy's holders in its order")
    }
    self.holders = holders
    try fields.finish()
    // Form first, in all members; then the rules.
    log = try logFields?.log()
    try check()
  }

  private func check() throws(EscrowError) {
    do throws(RosterRefusal) {
      guard holders.count <= Self.maximumHolders else { throw .tooManyHolders(holders.count) }
      try RosterRules.check(policy)
      try limits.check(judges: holders.count { $0.id.role == .judge })
      var seen: [[UInt8]: HolderID] = [:]
      for holder in holders {
        // Across kinds too: an X25519 and an Ed25519 key of the same bytes is somebody's mistake or trick.
        for key in [holder.sealingKey.bytes, holder.verifierKey.publicKey.bytes] {
          #if !PLANTED_DUPLICATE_KEY  // A bug that the fuzzers must find: Scripts/fuzz --planted.
            if let other = seen.updateValue(holder.id, forKey: key) {
              throw .duplicateKey("\(other) and \(holder.id) give the same key")
            }
          #else
            seen[key] = holder.id
          #endif
        }
      }
      guard let log else {
        guard isTest else { throw .logMissing }
        return
      }
      // Who runs the log or a witness must not be counted again as a holder.
      for (name, key) in log.keys {
        if let holder = seen[key.bytes] { throw .duplicateKey("\(holder) and \(name) have the same key") }
      }
    } catch { throw .rosterRefused(error) }
  }

  var text: String {
    var members: [String: CanonicalJSON] = [
      "generation": .integer(generation),
      "issued": .string(issued.description),
      "policy": .string(policy.description),
      "holders": .array(holders.map { .object($0.members) }),
      "depositors": .string(depositors.rawValue),
      "limits": .object(limits.members.filter { $0.value != .array([]) }),
      "test": .boolean(isTest),
    ]
    members.merge(log?.members ?? [:]) { $1 }
    members["previous"] = previous.map { .string($0.hex) }
    members["genesis"] = genesis.map { .string($0.hex) }
    return DocumentType.roster.text(members)
  }
}
