import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// What one actor does in one step.
struct CeremonyWork {
  /// What a step leaves.
  struct Result {
    let signer: CeremonySigner
    var isConfirmed = false
    var inputs: [NamedDigest] = []
    var attachments: [String: [UInt8]] = [:]
    var exceptions: [String] = []
    var holder: HolderRecord?
    var witnessKey: NoteVerifierKey?
  }

  let run: CeremonyRun
  let step: CeremonyStep

  private var plan: CeremonyPlan { run.plan }
  private var state: CeremonyState { run.state }
  private var directory: CeremonyDirectory { run.directory }

  /// Does it. Nothing that others see is written here but keys' own files.
  func perform() throws -> Result {
    switch step.kind {
    case .keys: try makeKeys()
    case .backup: try backUp()
    case .draft: try draftRoster()
    case .sign: try signRoster()
    case .verify: try verifyRoster()
    case .deposit: try deposit()
    case .warrant: try draftWarrant()
    case .approve: try approveWarrant()
    case .release: try release()
    case .recover: try recover()
    case .observe: try observe()
    }
  }

  private func signer() throws(Failure) -> CeremonySigner {
    try CeremonySigner.open(step.actor, in: directory, console: run.console)
  }

  private func show(what: String) { CeremonyScreen.line("what", what) }

  private func confirm(_ label: String, _ digest: Digest) throws(Failure) {
    CeremonyScreen.digest(label, digest)
    try run.console.confirm(digest, by: step.actor)
  }

  // MARK: Keys

  private func makeKeys() throws -> Result {
    let until = try Timestamp.now().adding(seconds: Int64(plan.sealingDays) * 86_400)
    switch step.actor {
    case .holder:
      show(what: "agrees to \"\(plan.title)\" and makes a sealing key and a signing key on this machine")
      CeremonyScreen.line("policy", plan.policy.description)
      CeremonyScreen.line("keys", plan.keyLimits)
      CeremonyScreen.line("until", LocalTime.text(until, on: Terminal.standardError))
    case .witness:
      show(what: "agrees to watch \"\(plan.title)\" and makes a key to sign the record with")
    }
    try confirm("plan", plan.digest)
    if !Directory.exists(directory.keyPath(of: step.actor)) { try create(until: until) }
    let signer = try signer()
    var result = Result(signer: signer, isConfirmed: true)
    switch step.actor {
    case .holder: try signer.withHolder { result.holder = $0.record }
    case .witness: result.witnessKey = try signer.verifierKey()
    }
    return result
  }

  private func create(until: Timestamp) throws {
    let passphrase = try run.console.passphraseForNewKeys(
      of: step.actor, at: directory.keyPath(of: step.actor))
    try directory.makeKeys(of: step.actor) { path in
      switch step.actor {
      case .holder(let id):
        _ = try HolderDirectory(path).create(id: id, sealingKeyNotAfter: until, passphrase: passphrase)
      case .witness:
        let key = try Ed25519PrivateKey.generate()
        try KeyFile.create("\(path)/witness.pem", key, under: try passphrase.toCreate(path)).commit()
      }
    }
  }

  // MARK: Backup

  private func backUp() throws -> Result {
    guard let id = step.actor.holder, let backup = plan.holder(id)?.backup,
      let record = state.holderRecords.first(where: { $0.id == id })
    else { throw nothing("backup") }
    show(what: "splits its keys into \(backup.officers.count) sheets, one for each officer")
    for group in backup.groups {
      CeremonyScreen.line("officers", "any \(group.threshold) of \(group.officers.joined(separator: ", "))")
    }
    if backup.groups.count > 1 {
      CeremonyScreen.line("groups", "any \(backup.groupThreshold) of these \(backup.groups.count)")
    }
    let signer = try signer()
    try BackupStep(directory: directory, console: run.console, id: id, backup: backup, record: record)
      .perform(signer.passphrase)
    return Result(signer: signer, isConfirmed: true)
  }

  // MARK: Roster

  private func draftRoster() throws -> Result {
    show(what: "puts the plan and the \(plan.holders.count) holders' keys together")
    let signer = try signer()
    let draft = try UnverifiedRoster(try state.plannedBody(issued: try Timestamp.now()))
    CeremonyScreen.line("roster", draft.id.hex)
    return Result(
      signer: signer, inputs: [NamedDigest(name: "roster", digest: draft.id)],
      attachments: ["roster": draft.bytes])
  }

  private func signRoster() throws -> Result {
    guard var draft = state.draft, let id = step.actor.holder else { throw nothing("roster") }
    show(what: "gives its word for the roster: these holders, this policy, these limits")
    for holder in draft.body.holders {
      CeremonyScreen.line(holder.id == id ? "own key" : "key", holder.verifierKey.vkey)
    }
    CeremonyScreen.line("policy", draft.body.policy.description)
    CeremonyScreen.line("keys", plan.keyLimits)
    if let until = draft.body.holders.map(\.sealingKeyNotAfter).min() {
      CeremonyScreen.line("until", LocalTime.text(until, on: Terminal.standardError))
    }
    if draft.body.isTest { CeremonyScreen.line("test", "for tests only") }
    if let log = draft.body.log {
      CeremonyScreen.line("log", log.identity.key.vkey)
      CeremonyScreen.line("also", "signs the same for tests and without a log, which the drill is made under")
    }
    try confirm("roster", draft.id)
    let signer = try signer()
    try signer.withHolder { try draft.sign(with: $0) }
    var result = Result(
      signer: signer, isConfirmed: true, inputs: [NamedDigest(name: "roster", digest: draft.id)],
      attachments: ["signature": try Self.line(in: draft.bytes, of: step.actor)])
    if var twin = try state.twin() {
      try signer.withHolder { try twin.sign(with: $0) }
      result.attachments["drill-signature"] = try Self.line(in: twin.bytes, of: step.actor)
    }
    return result
  }

  // The signature line of `actor`, without its line feed.
  private static func line(in note: [UInt8], of actor: CeremonyActor) throws -> [UInt8] {
    guard let line = try AttachmentReader.note(note).signatures.last(where: { $0.name == actor.description })
    else { throw Failure.internalFailure("\(actor) did not sign") }
    return Array(line.line.utf8)
  }

  private func verifyRoster() throws -> Result {
    let signed = try state.rosterSignedByAll()
    let roster = try signed.verified()
    show(
      what:
        "has checked that all \(roster.holders.count) holders signed the same roster, and that it is the plan's"
    )
    CeremonyScreen.line("policy", roster.policy.description)
    CeremonyScreen.line("keys", plan.keyLimits)
    try confirm("roster", roster.id)
    return Result(
      signer: try signer(), isConfirmed: true, inputs: [NamedDigest(name: "roster", digest: roster.id)],
      attachments: ["roster": signed.bytes])
  }

  // MARK: Drill

  private func deposit() throws -> Result {
    guard let roster = state.drillRoster else { throw nothing("roster") }
    let deposit = try DrillDeposit(roster: roster, limits: plan.limits, now: try Timestamp.now())
    show(what: "splits \(deposit.count) random test keys among the holders; nobody keeps them")
    CeremonyScreen.line("deposit", deposit.digest.hex)
    return Result(
      signer: try signer(),
      inputs: [
        NamedDigest(name: "deposit", digest: deposit.digest), NamedDigest(name: "drilled", digest: roster.id),
      ],
      attachments: deposit.attachments)
  }

  private func draftWarrant() throws -> Result {
    guard let roster = state.drillRoster, let submission = state.submission, let id = step.actor.holder else {
      throw nothing("deposit")
    }
    let signer = try signer()
    let key = try oneTimeKey(of: id, passphrase: signer.passphrase)
    let body = try DrillWarrant.body(
      roster: roster, submission: submission, recipient: id, key: key.publicKey, now: try Timestamp.now())
    show(what: "asks for the test keys, to show that they come back; it opens nothing real")
    CeremonyScreen.line("keys", "\(body.maximumKeys), of 1 test conversation")
    CeremonyScreen.line("until", LocalTime.text(body.notAfter, on: Terminal.standardError))
    let warrant = try signer.withHolder { try UnverifiedWarrant(drafting: body, recipient: $0) }
    CeremonyScreen.line("warrant", warrant.digest.hex)
    return Result(
      signer: signer,
      inputs: [
        NamedDigest(name: "drilled", digest: roster.id), NamedDigest(name: "warrant", digest: warrant.digest),
      ],
      attachments: ["warrant": warrant.bytes])
  }

  // Made once; a run that was killed finds it again.
  private func oneTimeKey(of id: HolderID, passphrase: Passphrase) throws -> X25519PrivateKey {
    let path = directory.drillKeyPath(of: id)
    if !Directory.holdsFile(path) {
      let encrypted = try KeyFile.isEncrypted(at: directory.holder(id).sealingPath)
      let known = encrypted ? try passphrase.toOpen(path) : nil
      try KeyFile.create(path, try X25519PrivateKey.generate(), under: known).commit()
    }
    return try KeyFile.x25519(path, passphrase)
  }

  private func showWarrant(_ warrant: UnverifiedWarrant) {
    let body = warrant.body
    CeremonyScreen.line("recipient", body.recipient.description)
    CeremonyScreen.line(
      "keys", "at most \(body.maximumKeys), of \(body.scope.conversations.count) test conversation")
    CeremonyScreen.line("until", LocalTime.text(body.notAfter, on: Terminal.standardError))
  }

  private func approveWarrant() throws -> Result {
    guard let roster = state.drillRoster, var warrant = state.warrant else { throw nothing("warrant") }
    show(what: "orders the test keys released to \(warrant.body.recipient); it opens nothing real")
    showWarrant(warrant)
    try confirm("warrant", warrant.digest)
    let signer = try signer()
    try signer.withHolder { try warrant.sign(with: $0, roster: roster) }
    return Result(
      signer: signer, isConfirmed: true, inputs: [NamedDigest(name: "warrant", digest: warrant.digest)],
      attachments: ["signature": try Self.line(in: warrant.bytes, of: step.actor)])
  }

  private func release() throws -> Result {
    guard let roster = state.drillRoster, let warrant = state.warrant, let submission = state.submission
    else {
      throw nothing("warrant")
    }
    show(what: "opens its own shares of the test keys and seals them to \(warrant.body.recipient)")
    showWarrant(warrant)
    let signer = try signer()
    let release = try directory.withScratch { path in
      let store = try DrillStore(in: path, roster: roster, submission: submission)
      return try signer.withHolder { holder in
        try store.release(warrant, by: holder, now: try Timestamp.now())
      }
    }
    return Result(
      signer: signer, inputs: [NamedDigest(name: "warrant", digest: warrant.digest)],
      attachments: ["release": release])
  }

  private func recover() throws -> Result {
    guard let roster = state.drillRoster, let warrant = state.warrant, let submission = state.submission,
      let id = step.actor.holder
    else { throw nothing("warrant") }
    show(what: "puts the answers of every authorised set together, and of every set that is too small")
    let signer = try signer()
    let key = try KeyFile.x25519(directory.drillKeyPath(of: id), signer.passphrase)
    var releases: [HolderID: [UInt8]] = [:]
    for holder in roster.holders { releases[holder.id] = try state.release(of: holder.id) }
    let found = try directory.withScratch { path in
      let store = try DrillStore(in: path, roster: roster, submission: submission)
      let trial = try DrillTrial(
        store: store, warrant: try warrant.verifiedForRecovery(by: roster), releases: releases)
      return try trial.report(performed: try Timestamp.now(), by: id, with: key)
    }
    CeremonyScreen.line("recovered", found.recovered.map { Words.list($0) }.joined(separator: "\n"))
    CeremonyScreen.line("refused", found.refused.map { Words.list($0) }.joined(separator: "\n"))
    if !found.isComplete { Terminal.warn("the policy has more sets than a drill goes through") }
    var report = try UnverifiedDrillReport(found)
    try signer.withHolder { try report.sign(with: $0) }
    return Result(
      signer: signer, inputs: [NamedDigest(name: "warrant", digest: warrant.digest)],
      attachments: ["report": report.bytes])
  }

  // MARK: End

  private func observe() throws -> Result {
    show(what: "notes what went otherwise than planned, and closes the record")
    let exceptions = try run.console.exceptions()
    for exception in exceptions { CeremonyScreen.line("exception", exception) }
    return Result(signer: try signer(), exceptions: exceptions)
  }

  private func nothing(_ what: String) -> Failure {
    .internalFailure("step \(step.number) came before its \(what)")
  }
}
