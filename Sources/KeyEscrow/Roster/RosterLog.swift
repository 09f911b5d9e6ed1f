import LibCrypto
public import TransparencyLog

/// The transparency log of a roster: which log its warrants must be in, who must have witnessed that, how lately.
public struct RosterLog: Hashable, Sendable {
  /// The bounds of `maximumWitnessAgeHours`: an hour to a year.
  public static let witnessAgeHours: ClosedRange<UInt64> = 1...8760
  private static let maximumLines = 256
  private static let maximumLineByteCount = 1024

  /// The log: origin and key.
  public let identity: LogIdentity
  /// The lines of the witness policy (C2SP tlog-policy), words parted by single spaces, without empty lines.
  public let policyLines: [String]
  /// What the lines say, for this log alone.
  public let policy: WitnessPolicy
  /// The most hours between witness time and an answer.
  public let maximumWitnessAgeHours: UInt64
  /// Whether the roster says openly that its witnesses are not independent of the log's operator and the holders, or
  /// that it needs none: the log is a journal then, and no protection against split views.
  public let isUnwitnessed: Bool

  /// The log `identity` under the policy in the file `policy`, whose comments are left out.
  ///
  /// - Throws: `.rosterRefused(.invalidLog)` for a policy that does not parse, names other logs only, or needs no
  ///   witness in a roster that does not say so; `.rosterRefused(.duplicateKey)` when log and witness share a key.
  public init(
    identity: LogIdentity, policy: [UInt8], maximumWitnessAgeHours: UInt64 = 24, isUnwitnessed: Bool = false
  ) throws(EscrowError) {
    guard let text = String(validating: policy, as: UTF8.self) else {
      throw .rosterRefused(.invalidLog("the witness policy is not UTF-8"))
    }
    guard text.isEmpty || text.utf8.last == UInt8(ascii: "\n") else {
      // A file that was cut off would otherwise mean something else.
      throw .rosterRefused(.invalidLog("the witness policy does not end in a newline"))
    }
    let lines = text.split(separator: "\n").map { line in
      line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }
    do {
      try self.init(
        identity: identity, policyLines: lines.filter { !$0.isEmpty && !$0.hasPrefix("#") },
        maximumWitnessAgeHours: maximumWitnessAgeHours, isUnwitnessed: isUnwitnessed)
    } catch { throw .rosterRefused(error) }
  }

  private init(
    identity: LogIdentity, policyLines: [String], maximumWitnessAgeHours: UInt64, isUnwitnessed: Bool
  ) throws(RosterRefusal) {
    guard policyLines.count <= Self.maximumLines else {
      throw .invalidLog("the witness policy has more than \(Self.maximumLines) lines")
    }
    for line in policyLines {
      if let fault = HumanText.fault(in: line, maximumByteCount: Self.maximumLineByteCount) {
        throw .invalidLog("a line of the witness policy \(fault)")
      }
    }
    if let fault = HumanText.fault(in: identity.origin, maximumByteCount: 512) {
      throw .invalidLog("the log's origin \(fault)")
    }
    guard Self.witnessAgeHours.contains(maximumWitnessAgeHours) else {
      throw .invalidLog("maximumWitnessAgeHours is not in \(Self.witnessAgeHours)")
    }
    let read: WitnessPolicy
    let file = Array(policyLines.map { $0 + "\n" }.joined().utf8)
    do { read = try WitnessPolicy(parsing: file.span) } catch {
      throw .invalidLog("the witness policy does not parse: \(error)")
    }
    guard read.logs.isEmpty || read.logs.contains(where: { $0.key == identity.key }) else {
      throw .invalidLog("the witness policy is another log's: it does not name this log's key")
    }
    guard isUnwitnessed || read.quorum != .nobody else {
      throw .invalidLog("the witness policy needs no witness, and the roster does not say unwitnessed")
    }
    if let witness = read.witnesses.first(where: { $0.publicKey == identity.key.publicKey }) {
      throw .duplicateKey("the log and the witness \(witness.name) have the same key")
    }
    self.identity = identity
    self.policyLines = policyLines
    self.maximumWitnessAgeHours = maximumWitnessAgeHours
    self.isUnwitnessed = isUnwitnessed
    policy = read.trusting(identity)
  }

  /// What a roster says of its log, in good form; no rule was looked at.
  struct Fields {
    private let identity: LogIdentity
    private let policyLines: [String]
    private let maximumWitnessAgeHours: UInt64
    private let isUnwitnessed: Bool

    /// What `fields` say of a log; nil when they name none.
    init?(_ fields: inout DocumentFields) throws(EscrowError) {
      guard fields.has("log") else { return nil }
      var nested = try fields.object("log")
      identity = LogIdentity(origin: try nested.humanText("origin"), key: try nested.verifierKey("vkey"))
      try nested.finish()
      policyLines = try fields.strings("witnessPolicy", maximumCount: RosterLog.maximumLines)
      guard !policyLines.isEmpty else { throw fields.fault("witnessPolicy", "is empty") }
      maximumWitnessAgeHours = try fields.integer("maximumWitnessAgeHours", RosterLog.witnessAgeHours)
      isUnwitnessed = fields.has("unwitnessed")
      if isUnwitnessed, try !fields.boolean("unwitnessed") {
        throw fields.fault("unwitnessed", "is left out where it is not true")
      }
    }

    /// The log that is meant, when it follows the rules.
    func log() throws(EscrowError) -> RosterLog {
      do {
        return try RosterLog(
          identity: identity, policyLines: policyLines, maximumWitnessAgeHours: maximumWitnessAgeHours,
          isUnwitnessed: isUnwitnessed)
      } catch { throw .rosterRefused(error) }
    }
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "log": .object(["origin": .string(identity.origin), "vkey": .string(identity.key.vkey)]),
      "witnessPolicy": .array(policyLines.map { .string($0) }),
      "maximumWitnessAgeHours": .integer(maximumWitnessAgeHours),
    ]
    if isUnwitnessed { members["unwitnessed"] = .boolean(true) }
    return members
  }

  /// The keys of log and witnesses, with a name for each.
  var keys: [(name: String, key: Ed25519PublicKey)] {
    [("the log", identity.key.publicKey)]
      + policy.witnesses.map { ("the witness \($0.name)", $0.publicKey) }
  }
}
