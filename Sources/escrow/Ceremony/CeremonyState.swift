import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// What a ceremony has come to: the records that are there, each verified against those before it.
struct CeremonyState {
  let plan: CeremonyPlan
  private let isRehearsal: Bool
  private let script: [CeremonyStep]
  private var records: [Int: CeremonyRecord] = [:]
  private var keys: [CeremonyActor: NoteVerifierKey] = [:]
  /// The roster's draft, without signatures.
  private(set) var draft: UnverifiedRoster?
  /// The roster, with all signatures, and its file.
  private(set) var roster: (roster: Roster, bytes: [UInt8])?
  /// The roster that the drill is under, with all signatures: the roster itself, or its twin when it names a log.
  private(set) var drillRoster: Roster?
  /// The drill's deposit.
  private(set) var submission: DepositSubmission?
  /// The test warrant, with the judges' signatures that are there.
  private(set) var warrant: UnverifiedWarrant?
  /// The transcript, once every step is done, with the signatures that are there.
  private(set) var transcript: UnverifiedTranscript?
  private var signers: Set<CeremonyActor> = []

  init(plan: CeremonyPlan, isRehearsal: Bool) {
    self.plan = plan
    self.isRehearsal = isRehearsal
    script = plan.script
  }

  /// The steps of the present kind that are not done: each can be done now, in any order.
  var admissible: [CeremonyStep] {
    guard let first = script.first(where: { records[$0.number] == nil }) else { return [] }
    return script.filter { $0.kind == first.kind && records[$0.number] == nil }
  }

  /// Whether every step is done.
  var isRecordComplete: Bool { records.count == script.count }

  /// What a statement about `step` names as what it follows.
  func follows(_ step: CeremonyStep) throws(EscrowError) -> Digest {
    try CeremonyStatement.follows(
      script.filter { $0.kind < step.kind }.compactMap { records[$0.number]?.digest })
  }

  private func record(_ kind: CeremonyStep.Kind, _ actor: CeremonyActor? = nil) -> CeremonyRecord? {
    script.first { $0.kind == kind && (actor == nil || $0.actor == actor) }.flatMap { records[$0.number] }
  }

  /// The public halves of the holders' keys, in the policy's order.
  var holderRecords: [HolderRecord] {
    plan.holders.compactMap { record(.keys, .holder($0.id))?.statement.holder }
  }

  /// The holders whose officers have read their printed sheets.
  var holdersBackedUpOnPaper: [HolderID] {
    script.filter { $0.kind == .backup }.compactMap { records[$0.number]?.statement }
      .filter { $0.confirmation == .typed }.compactMap(\.actor.holder)
  }

  /// What the witness noted.
  var exceptions: [String] {
    record(.observe)?.openings.filter { $0.name.hasPrefix("exception.") }.map(\.value) ?? []
  }

  /// The bytes of a holder's release of the test keys.
  func release(of id: HolderID) throws -> [UInt8] {
    guard let record = record(.release, .holder(id)) else {
      throw Failure.internalFailure("\(id) has not answered the test warrant")
    }
    return try record.attachment("release")
  }

  // MARK: Records

  /// Takes in the record of `step`, if everything about it holds.
  mutating func admit(_ unverified: UnverifiedCeremonyRecord, as step: CeremonyStep) throws {
    let statement = unverified.statement
    guard statement.step == step else {
      throw Failure.verification(
        "this is step \(statement.number), \(statement.kind.rawValue) of \(statement.actor), and not \(step.title)"
      )
    }
    guard let key = statement.broughtKey ?? keys[step.actor] else {
      throw Failure.verification("the keys of \(step.actor) are not known")
    }
    let record = try unverified.verified(by: key)
    guard statement.isRehearsal == isRehearsal else {
      throw Failure.verification(
        isRehearsal
          ? "it is not from a rehearsal, and this is one" : "it is from a rehearsal, and this is none")
    }
    guard record.opening("plan") == plan.digest.hex else {
      throw Failure.verification("it was made under another plan")
    }
    guard try statement.follows == follows(step) else {
      throw Failure.verification("other files were there when it was made than are here")
    }
    try check(record)
    if step.kind == .keys { keys[step.actor] = key }
    records[step.number] = record
    try conclude(step)
  }

  // What a record must be for the steps after it, each in its own way.
  private func check(_ record: CeremonyRecord) throws {
    let statement = record.statement
    switch statement.kind {
    case .keys:
      let brought = Self.publicKeys(of: statement)
      let others = script.compactMap { records[$0.number]?.statement }.flatMap(Self.publicKeys)
      guard Set(brought).count == brought.count, Set(brought).isDisjoint(with: others) else {
        throw Failure.verification("it brings a key that somebody else brought")
      }
      if let holder = statement.holder {
        let latest = statement.done.adding(seconds: Int64(plan.sealingDays) * 86_400)
        guard holder.sealingKeyNotAfter <= latest else {
          throw Failure.verification(
            "its sealing key is to last until \(holder.sealingKeyNotAfter), longer than the plan says")
        }
      }
    case .draft:
      try checkDraft(try Self.unsignedRoster(try record.attachment("roster")), named: statement)
    case .sign:
      try requireRoster(statement)
      _ = try signedDraft(adding: [try Self.line(record)], requiring: [statement.actor])
      if let twin = try twin() {
        let line = try Self.line(record, "drill-signature")
        _ = try Self.signed(twin, adding: [line], requiring: [statement.actor])
      }
    case .verify:
      try requireRoster(statement)
      let bytes = try record.attachment("roster")
      let attached = try AttachmentReader.roster(bytes)
      guard let draft, attached.id == draft.id else {
        throw Failure.verification("it verified another roster")
      }
      _ = try attached.verified()
    case .deposit:
      try requireDrilled(statement)
      _ = try DrillDeposit.submission(in: record)
    case .warrant:
      try requireDrilled(statement)
      _ = try warrantDraft(in: record)
    case .approve:
      try requireWarrant(statement)
      guard let warrant, let drillRoster, let id = statement.actor.holder else { return }
      let signed = try Self.adding(try Self.line(record), to: warrant)
      guard try signed.signers(roster: drillRoster).contains(id) else {
        throw Failure.verification("it holds no signature of \(id) under the test warrant")
      }
    case .release:
      try requireWarrant(statement)
      guard let warrant, let drillRoster else { return }
      let verified = try warrant.verifiedForRecovery(by: drillRoster)
      let release = try UnverifiedRelease(MemoryBytes(try record.attachment("release"))).verified(
        for: verified)
      guard release.body.holder == statement.actor.holder else {
        throw Failure.verification("it holds the release of \(release.body.holder)")
      }
    case .recover:
      try requireWarrant(statement)
      guard let key = keys[statement.actor], let drillRoster else { return }
      let bytes = try record.attachment("report")
      let report = try AttachmentReader.report(bytes).verified(by: [key])
      guard report.roster == drillRoster.id, report.policy == plan.policy else {
        throw Failure.verification("it reports on another roster")
      }
    case .backup, .observe: break
    }
  }

  private mutating func conclude(_ step: CeremonyStep) throws {
    guard let record = records[step.number] else { return }
    switch step.kind {
    case .draft: draft = try Self.unsignedRoster(try record.attachment("roster"))
    case .verify:
      let bytes = try record.attachment("roster")
      let verified = try AttachmentReader.roster(bytes).verified()
      roster = (verified, bytes)
      drillRoster = plan.log == nil ? verified : try twinSignedByAll().verified()
    case .deposit: submission = try DrillDeposit.submission(in: record)
    case .warrant: warrant = try warrantDraft(in: record)
    case .approve:
      if let warrant { self.warrant = try Self.adding(try Self.line(record), to: warrant) }
    default: break
    }
  }

  private static func publicKeys(of statement: CeremonyStatement) -> [[UInt8]] {
    [statement.broughtKey?.publicKey.bytes, statement.holder?.sealingKey.bytes].compactMap { $0 }
  }

  private static func line(_ record: CeremonyRecord, _ name: String = "signature") throws -> String {
    String(decoding: try record.attachment(name), as: UTF8.self)
  }

  // MARK: Roster

  /// Refuses a draft that is not what the plan and the holders' records make.
  private func checkDraft(_ draft: UnverifiedRoster, named statement: CeremonyStatement) throws {
    let planned = try plannedBody(issued: draft.body.issued)
    guard draft.body == planned else {
      throw Failure.verification("its roster is not what the plan and the holders' keys make")
    }
    guard statement.input("roster") == draft.id else {
      throw Failure.verification("it names another roster than it holds")
    }
  }

  /// The roster that the plan and the holders' records make.
  func plannedBody(issued: Timestamp) throws(EscrowError) -> RosterBody {
    try RosterBody(
      policy: plan.policy, holders: holderRecords, depositors: plan.depositors, limits: plan.limits,
      log: plan.log, isTest: plan.isTest, issued: issued)
  }

  /// The draft's twin for the drill: the same but for the log, and for tests only. Nil when the roster names no log.
  func twin() throws(EscrowError) -> UnverifiedRoster? {
    guard plan.log != nil, let draft else { return nil }
    return try UnverifiedRoster(
      try RosterBody(
        policy: plan.policy, holders: holderRecords, depositors: plan.depositors, limits: plan.limits,
        isTest: true, issued: draft.body.issued))
  }

  private func twinSignedByAll() throws -> UnverifiedRoster {
    guard let twin = try twin() else { throw Failure.internalFailure("there is no roster to drill") }
    var lines: [String] = []
    for holder in plan.holders {
      guard let record = record(.sign, .holder(holder.id)) else { continue }
      lines.append(try Self.line(record, "drill-signature"))
    }
    return try Self.signed(twin, adding: lines, requiring: plan.holders.map { .holder($0.id) })
  }

  // A draft's file is its text and the empty line.
  private static func unsignedRoster(_ bytes: [UInt8]) throws(EscrowError) -> UnverifiedRoster {
    try AttachmentReader.roster(bytes)
  }

  /// The draft with signature lines that other rooms sent.
  private func signedDraft(
    adding lines: [String], requiring actors: [CeremonyActor]
  ) throws -> UnverifiedRoster {
    guard let draft else { throw Failure.internalFailure("there is no roster to sign") }
    return try Self.signed(draft, adding: lines, requiring: actors)
  }

  private static func signed(
    _ draft: UnverifiedRoster, adding lines: [String], requiring actors: [CeremonyActor]
  ) throws -> UnverifiedRoster {
    var note = try UnverifiedNote(text: draft.text)
    for line in lines { note.add(try NoteSignature(line: line)) }
    let bytes = note.bytes
    let signed = try AttachmentReader.roster(bytes)
    let signers = try signed.signers()
    for actor in actors {
      guard let id = actor.holder, signers.contains(id) else {
        throw Failure.verification("it holds no signature of \(actor) under the roster")
      }
    }
    return signed
  }

  /// The roster with the signatures of all holders.
  func rosterSignedByAll() throws -> UnverifiedRoster {
    var lines: [String] = []
    for holder in plan.holders {
      guard let record = record(.sign, .holder(holder.id)) else { continue }
      lines.append(try Self.line(record))
    }
    return try signedDraft(adding: lines, requiring: plan.holders.map { .holder($0.id) })
  }

  private func requireRoster(_ statement: CeremonyStatement) throws {
    guard let draft, statement.input("roster") == draft.id else {
      throw Failure.verification("it is about another roster")
    }
  }

  private func requireDrilled(_ statement: CeremonyStatement) throws {
    guard let drillRoster, statement.input("drilled") == drillRoster.id else {
      throw Failure.verification("it drills another roster")
    }
  }

  // MARK: Warrant

  private func requireWarrant(_ statement: CeremonyStatement) throws {
    guard let warrant, statement.input("warrant") == warrant.digest else {
      throw Failure.verification("it is about another test warrant")
    }
  }

  private func warrantDraft(in record: CeremonyRecord) throws -> UnverifiedWarrant {
    guard let drillRoster else { throw Failure.internalFailure("there is no roster") }
    let bytes = try record.attachment("warrant")
    let warrant = try AttachmentReader.warrant(bytes)
    guard warrant.body.isTest, warrant.body.roster == drillRoster.id,
      warrant.body.recipient == plan.drillRecipient,
      try warrant.signers(roster: drillRoster).contains(plan.drillRecipient)
    else { throw Failure.verification("its warrant is not for this drill") }
    return warrant
  }

  private static func adding(_ line: String, to warrant: UnverifiedWarrant) throws -> UnverifiedWarrant {
    let unsigned = warrant.bytes
    var note = try AttachmentReader.note(unsigned)
    note.add(try NoteSignature(line: line))
    let bytes = note.bytes
    return try AttachmentReader.warrant(bytes)
  }

  // MARK: Transcript

  /// Puts the transcript together, once every step is done.
  mutating func assemble() throws(EscrowError) {
    guard transcript == nil, isRecordComplete else { return }
    transcript = try UnverifiedTranscript(of: script.compactMap { records[$0.number] })
  }

  func hasSigned(_ actor: CeremonyActor) -> Bool { signers.contains(actor) }

  /// Takes in a signature of the transcript: the line alone.
  mutating func admit(signature bytes: [UInt8], of actor: CeremonyActor) throws(EscrowError) {
    guard var transcript, let key = keys[actor], bytes.last == UInt8(ascii: "\n"),
      let line = String(validating: bytes.dropLast(), as: UTF8.self)
    else { throw .failedVerification(.signatureMissing(.transcript, signer: actor.description)) }
    try transcript.add(signatureLine: line, of: actor, by: key)
    self.transcript = transcript
    signers.insert(actor)
  }
}
