public import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// The plan of a ceremony as people write it: `ceremony.yaml` (`Spec/ceremony.md`, Plan).
extension CeremonyPlan {
  static let version: UInt64 = 1

  /// Reads a plan's file.
  ///
  /// - Throws: `.malformed`, `.policy` and `.log` with the line; `.refused` for a plan that reads well and leads to no
  ///   roster.
  public init(parsing bytes: [UInt8]) throws(PlanFileError) {
    let document = try YAMLDocument(bytes)
    var fields = try document.fields()
    guard try fields.integer("version", 1...UInt64.max) == Self.version else {
      throw fields.fault("version", "is not \(Self.version), the only one that this tool knows")
    }
    let title = try fields.text("title")
    let location = try fields.text("location")
    let isTest = try fields.flag("test")
    let policy = try Self.policy(&fields)
    var holders: [CeremonyPlan.PlannedHolder] = []
    for var nested in try fields.list("holders") {
      holders.append(try Self.holder(&nested))
      try nested.finish()
    }
    let witness = try Self.participantAlone("witness", in: &fields)
    let depositors = try Self.depositors(&fields)
    let sealingDays = try fields.optionalInteger("sealing-days", 1...36_500) ?? 366
    let limits = try Self.limits(&fields)
    let log = try Self.log(&fields)
    let lead = try Self.optionalHolderID("lead", in: &fields)
    let recipient = try Self.optionalHolderID("drill-recipient", in: &fields)
    try fields.finish()
    let digest: Digest
    do { digest = try SHA256.digest(bytes) } catch { throw .refused(.crypto(error)) }
    do throws(EscrowError) {
      try self.init(
        title: title, location: location, isTest: isTest, policy: policy, holders: holders, witness: witness,
        depositors: depositors, sealingDays: sealingDays, limits: limits, log: log, lead: lead,
        drillRecipient: recipient, digest: digest)
    } catch { throw .refused(error) }
  }

  private static func policy(_ fields: inout YAMLFields) throws(PlanFileError) -> AccessPolicy {
    let line = fields.line(of: "policy")
    let text = try fields.text("policy")
    do { return try AccessPolicy(parsing: text) } catch {
      throw .policy(error, place: fields.place(of: "policy", at: line))
    }
  }

  private static func depositors(_ fields: inout YAMLFields) throws(PlanFileError) -> DepositorKind {
    guard fields.has("depositors") else { return .client }
    let line = fields.line(of: "depositors")
    guard let kind = DepositorKind(rawValue: try fields.text("depositors")) else {
      throw fields.fault("depositors", "is neither client nor server", at: line)
    }
    return kind
  }

  private static func limits(_ fields: inout YAMLFields) throws(PlanFileError) -> RosterLimits {
    guard fields.has("limits") else { return RosterLimits() }
    var nested = try fields.fields("limits")
    var limits = RosterLimits()
    limits.maximumKeys = try nested.optionalInteger("maximum-keys", 1...UInt64.max)
    limits.maximumDays = try nested.optionalInteger("maximum-days", 1...36_500)
    limits.maximumKeysPerMonth = try nested.optionalInteger("maximum-keys-per-month", 1...UInt64.max)
    limits.maximumSealedDays = try nested.optionalInteger("maximum-sealed-days", 1...36_500)
    for var cap in try nested.list("caps") {
      limits.caps.append(
        RosterLimits.Cap(
          keys: try cap.integer("keys", 1...UInt64.max), judges: Int(try cap.integer("judges", 1...255))))
      try cap.finish()
    }
    try nested.finish()
    return limits
  }

  private static func log(_ fields: inout YAMLFields) throws(PlanFileError) -> RosterLog? {
    guard fields.has("log") else { return nil }
    var nested = try fields.fields("log")
    let origin = try nested.text("origin")
    let line = nested.line(of: "vkey")
    let vkey = try nested.text("vkey")
    let key: NoteVerifierKey
    do { key = try NoteVerifierKey(vkey: vkey) } catch {
      throw nested.fault("vkey", "is not a verifier key", at: line)
    }
    let lines = try nested.texts("witness-policy")
    let hours = try nested.optionalInteger("maximum-witness-age-hours", RosterLog.witnessAgeHours) ?? 24
    let isUnwitnessed = nested.has("unwitnessed") ? try nested.flag("unwitnessed") : false
    try nested.finish()
    do {
      return try RosterLog(
        identity: LogIdentity(origin: origin, key: key), policy: Array(lines.map { $0 + "\n" }.joined().utf8),
        maximumWitnessAgeHours: hours, isUnwitnessed: isUnwitnessed)
    } catch {
      throw .log(error, place: fields.place(of: "log", at: line))
    }
  }

  // MARK: People

  private static func holder(_ fields: inout YAMLFields) throws(PlanFileError) -> CeremonyPlan.PlannedHolder {
    let id = try holderID("id", in: &fields)
    let participant = try participant(&fields)
    return CeremonyPlan.PlannedHolder(id: id, participant: participant, backup: try backup(&fields))
  }

  private static func participant(_ fields: inout YAMLFields) throws(PlanFileError)
    -> CeremonyPlan.Participant
  {
    CeremonyPlan.Participant(
      person: try fields.optionalText("person"), room: try fields.optionalText("room"))
  }

  private static func participantAlone(
    _ key: String, in fields: inout YAMLFields
  ) throws(PlanFileError) -> CeremonyPlan.Participant {
    var nested = try fields.fields(key)
    let participant = try participant(&nested)
    try nested.finish()
    return participant
  }

  // One group may be written without its group.
  private static func backup(_ fields: inout YAMLFields) throws(PlanFileError) -> CeremonyPlan.Backup? {
    guard fields.has("backup") else { return nil }
    var nested = try fields.fields("backup")
    let line = nested.line(of: "scheme")
    guard try nested.text("scheme") == "slip-39" else {
      throw nested.fault("scheme", "is not slip-39, the only one that this tool knows", at: line)
    }
    let backup: CeremonyPlan.Backup
    if nested.has("groups") {
      var groups: [CeremonyPlan.BackupGroup] = []
      for var group in try nested.list("groups") {
        groups.append(try backupGroup(&group))
        try group.finish()
      }
      backup = CeremonyPlan.Backup(
        groupThreshold: Int(try nested.integer("group-threshold", 1...16)), groups: groups)
    } else {
      backup = CeremonyPlan.Backup(groupThreshold: 1, groups: [try backupGroup(&nested)])
    }
    try nested.finish()
    return backup
  }

  private static func backupGroup(
    _ fields: inout YAMLFields
  ) throws(PlanFileError) -> CeremonyPlan.BackupGroup {
    CeremonyPlan.BackupGroup(
      threshold: Int(try fields.integer("threshold", 1...16)), officers: try fields.texts("officers"))
  }

  private static func holderID(_ key: String, in fields: inout YAMLFields) throws(PlanFileError) -> HolderID {
    let line = fields.line(of: key)
    let text = try fields.text(key)
    do { return try HolderID(parsing: text) } catch {
      throw fields.fault(key, "is not a holder's id, such as judge or judge:paris", at: line)
    }
  }

  private static func optionalHolderID(
    _ key: String, in fields: inout YAMLFields
  ) throws(PlanFileError) -> HolderID? {
    fields.has(key) ? try holderID(key, in: &fields) : nil
  }
}
