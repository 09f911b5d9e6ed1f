import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// One run of a ceremony on one machine: does what can be done here now, and says what is missing.
///
/// Each step leaves one file, which appears whole or not at all. What is there already is verified and kept, so that a
/// run that was killed is repeated by running it again, and a file that another room sends is put beside the others.
final class CeremonyRun {
  let plan: CeremonyPlan
  let directory: CeremonyDirectory
  let console: CeremonyConsole
  let isRehearsal: Bool
  /// Who acts on this machine; nil for everybody.
  let here: CeremonyActor?
  private let planBytes: [UInt8]
  private let tool: CeremonyTool
  private(set) var state: CeremonyState
  /// The files that this run made, by name.
  private(set) var made: [String] = []

  init(
    plan: CeremonyPlan, bytes: [UInt8], directory: CeremonyDirectory, console: CeremonyConsole,
    here: CeremonyActor?, isRehearsal: Bool
  ) throws(Failure) {
    self.plan = plan
    planBytes = bytes
    self.directory = directory
    self.console = console
    self.here = here
    self.isRehearsal = isRehearsal
    tool = try CeremonyTool.running()
    state = CeremonyState(plan: plan, isRehearsal: isRehearsal)
    if let here, !plan.actors.contains(here) {
      throw .usage("--as \(here): the plan has no such participant")
    }
  }

  /// Does every step that can be done here.
  ///
  /// - Returns: the names of the files that are missing, with whoever makes them; none when the ceremony is complete.
  func run() throws -> [(file: String, actor: CeremonyActor)] {
    let lock = try directory.lock()
    defer { withExtendedLifetime(lock) {} }
    try directory.prepare(plan: planBytes)
    while true {
      try load()
      for id in state.holdersBackedUpOnPaper { try directory.removeSheets(of: id) }
      guard let step = nextStep() else { break }
      try perform(step)
    }
    if state.isRecordComplete {
      try makeTranscript()
      try directory.removeDrillKey(of: plan.drillRecipient)
    }
    return missing()
  }

  private func isHere(_ actor: CeremonyActor) -> Bool { here == nil || here == actor }

  // MARK: What is there

  private func load() throws(Failure) {
    // Once all of a kind is there, the next kind may be there too.
    while try loadKind() {}
    if let roster = state.roster, !Directory.holdsAnything(directory.rosterPath) {
      try OutputFile.write(roster.bytes, to: directory.rosterPath)
    }
  }

  // Whether anything was there that was not known.
  private func loadKind() throws(Failure) -> Bool {
    var isNew = false
    for step in state.admissible {
      let path = directory.path(of: step.fileName)
      guard Directory.holdsAnything(path) else { continue }
      let bytes = try DocumentFile.read(path, maximumByteCount: UnverifiedCeremonyRecord.maximumByteCount)
      do { try state.admit(try UnverifiedCeremonyRecord(parsing: bytes), as: step) } catch {
        let sentence = Failure(error).sentence ?? ""
        throw .verification("\(path): \(sentence); take it away, and get it again from \(step.actor)")
      }
      isNew = true
    }
    return isNew
  }

  private func nextStep() -> CeremonyStep? { state.admissible.first { isHere($0.actor) } }

  /// The names of the files that this machine's participants have made, in order.
  var filesOfThisMachine: [String] {
    let steps = plan.script.filter { isHere($0.actor) }.map(\.fileName)
    return (steps + plan.actors.filter(isHere).map(signatureName)).filter {
      Directory.holdsFile(directory.path(of: $0))
    }
  }

  private func missing() -> [(file: String, actor: CeremonyActor)] {
    if !state.isRecordComplete { return state.admissible.map { ($0.fileName, $0.actor) } }
    return plan.actors.filter { !state.hasSigned($0) }.map { (signatureName($0), $0) }
  }

  // MARK: Steps

  private func perform(_ step: CeremonyStep) throws {
    CeremonyScreen.heading("step \(step.number) of \(plan.script.count): \(step.title)")
    CeremonyScreen.line("who", plan.introduction(of: step.actor))
    let work = CeremonyWork(run: self, step: step)
    let result = try work.perform()
    try write(result, of: step)
  }

  private func write(_ result: CeremonyWork.Result, of step: CeremonyStep) throws {
    var openings = [
      try CeremonyOpening(name: "location", value: plan.location),
      try CeremonyOpening(name: "plan", value: plan.digest.hex),
    ]
    if let person = plan.participant(step.actor).person {
      openings.append(try CeremonyOpening(name: "person", value: person))
    }
    for (index, exception) in result.exceptions.enumerated() {
      openings.append(try CeremonyOpening(name: "exception.\(index + 1)", value: exception))
    }
    let statement = try CeremonyStatement(
      step: step, done: try Timestamp.now(), follows: try state.follows(step), command: command,
      confirmation: result.isConfirmed ? console.confirmation : .unasked, isRehearsal: isRehearsal,
      tool: tool,
      inputs: result.inputs,
      attachments: try result.attachments.map {
        NamedDigest(name: $0.key, digest: try SHA256.digest($0.value))
      },
      commitments: try openings.map { NamedDigest(name: $0.name, digest: try $0.commitment()) },
      holder: result.holder, witnessKey: result.witnessKey)
    let record = try result.signer.record(statement, openings: openings, attachments: result.attachments)
    let path = directory.path(of: step.fileName)
    try OutputFile.write(record.bytes, to: path)
    made.append(step.fileName)
    Terminal.say("  done: \(step.fileName)")
  }

  /// The command as everybody may read it: without this machine's paths.
  private var command: String {
    var words = ["escrow ceremony run"]
    if isRehearsal { words.append("--dry-run") }
    if let here { words.append("--as \(here)") }
    if console.confirmation == .answered { words.append("--non-interactive") }
    return words.joined(separator: " ")
  }

  // MARK: Transcript

  private func signatureName(_ actor: CeremonyActor) -> String {
    let number = plan.script.count + 1 + (plan.actors.firstIndex(of: actor) ?? 0)
    let digits = String(number)
    return
      "\(String(repeating: "0", count: max(0, 3 - digits.count)))\(digits)-transcript-\(actor.fileName).txt"
  }

  private func makeTranscript() throws {
    try state.assemble()
    for actor in plan.actors {
      let path = directory.path(of: signatureName(actor))
      if Directory.holdsAnything(path) {
        let bytes = try DocumentFile.read(path, maximumByteCount: 4096)
        do { try state.admit(signature: bytes, of: actor) } catch {
          throw Failure.verification(
            "\(path): this is not the signature of \(actor) under the transcript that is here; take it away, and get"
              + " it again from \(actor)")
        }
      } else if isHere(actor) {
        try signTranscript(as: actor, at: path)
      }
    }
    guard plan.actors.allSatisfy(state.hasSigned), let transcript = state.transcript else { return }
    let verified = try transcript.verified()
    if plan.log != nil, let roster = state.roster?.roster, !Directory.holdsAnything(directory.entryPath) {
      let entry = try UnverifiedLogEntry(RosterEntry(roster, transcript: verified.digest))
      try OutputFile.write(entry.bytes, to: directory.entryPath)
    }
    if !Directory.holdsAnything(directory.transcriptPath) {
      try OutputFile.write(transcript.bytes, to: directory.transcriptPath)
    }
  }

  private func signTranscript(as actor: CeremonyActor, at path: String) throws {
    guard var transcript = state.transcript else { return }
    CeremonyScreen.heading("\(actor.inWords) signs the transcript")
    CeremonyScreen.line("who", plan.introduction(of: actor))
    CeremonyScreen.line(
      "what", "signs the record of all \(plan.script.count) steps, as it stands on this machine")
    CeremonyScreen.line("roster", transcript.roster.hex)
    for exception in state.exceptions { CeremonyScreen.line("exception", exception) }
    CeremonyScreen.digest("transcript", transcript.digest)
    try console.confirm(transcript.digest, by: actor)
    let signer = try CeremonySigner.open(actor, in: directory, console: console)
    try signer.sign(&transcript)
    guard let line = transcript.signatureLine(of: actor) else {
      throw Failure.internalFailure("the transcript was not signed")
    }
    try OutputFile.write(Array("\(line)\n".utf8), to: path)
    try state.admit(signature: Array("\(line)\n".utf8), of: actor)
    made.append(signatureName(actor))
    Terminal.say("  done: \(signatureName(actor))")
  }
}

extension CeremonyTool {
  /// The program that is running.
  static func running() throws(Failure) -> CeremonyTool {
    CeremonyTool(
      version: Build.version, commit: buildCommit, digest: try Build.digest(),
      libcrypto: LibCryptoVersion.text)
  }
}

extension CeremonyPlan {
  /// Who `actor` is, in words.
  func introduction(of actor: CeremonyActor) -> String {
    let participant = participant(actor)
    var text = actor.description
    if let person = participant.person { text += ", \(person)" }
    if let room = participant.room { text += ", in \(room)" }
    return text
  }

  /// How many keys a warrant may ask for under the roster.
  var keyLimits: String {
    var parts: [String] = []
    if let maximum = limits.maximumKeys { parts.append("at most \(maximum) for one warrant") }
    parts += limits.caps.map { "\($0.judges) judges for up to \($0.keys)" }
    if let maximum = limits.maximumKeysPerMonth { parts.append("at most \(maximum) a month from one holder") }
    return parts.isEmpty ? "no limit" : parts.joined(separator: "; ")
  }
}

extension CeremonyActor {
  /// The holder's id, or `the witness`.
  var inWords: String { self == .witness ? "the witness" : description }
}

extension CeremonyStep {
  /// What happens, in words.
  var title: String {
    switch kind {
    case .keys: "\(actor.inWords) confirms the plan and makes its keys"
    case .backup: "\(actor) backs up its keys"
    case .draft: "\(actor) drafts the roster"
    case .sign: "\(actor) signs the roster"
    case .verify: "the witness verifies the roster"
    case .deposit: "\(actor) deposits test keys for the drill"
    case .warrant: "\(actor) drafts the test warrant"
    case .approve: "\(actor) signs the test warrant"
    case .release: "\(actor) answers the test warrant"
    case .recover: "\(actor) recovers through every set"
    case .observe: "the witness notes exceptions"
    }
  }
}
