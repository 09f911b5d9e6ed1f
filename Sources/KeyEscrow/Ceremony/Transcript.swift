public import LibCrypto
import SecretSharing
public import TransparencyLog

/// A transcript that holds together by itself: every step by its actor, in order and after what it says, all of it
/// signed by everybody. Only `UnverifiedTranscript.verified` makes one.
public struct Transcript: Sendable {
  /// The statements, in order.
  public let statements: [CeremonyStatement]
  /// Whose key is whose, as the steps `keys` brought them.
  public let keys: [CeremonyActor: NoteVerifierKey]
  /// The holders, in the order in which they acted.
  public let holders: [HolderRecord]
  /// The roster that all holders signed, when the transcript carries it.
  public let signedRoster: Roster?
  /// The drill's report, when the transcript carries it.
  public let drill: DrillReport?
  /// The roster's id.
  public let roster: Digest
  /// SHA-256 of the transcript's text.
  public let digest: Digest
  /// Texts that were committed to and taken out: the step and the field's name.
  public let redacted: [(step: Int, name: String)]

  /// Whether it was a rehearsal.
  public var isRehearsal: Bool { statements[0].isRehearsal }

  fileprivate init(_ transcript: UnverifiedTranscript, _ check: TranscriptCheck) {
    statements = transcript.statements
    keys = check.keys
    holders = check.holders
    signedRoster = check.roster
    drill = check.drill
    roster = transcript.roster
    digest = transcript.digest
    var left: Set<String> = []
    for (step, name, _) in transcript.disclosed { left.insert("\(step) \(name)") }
    redacted = transcript.statements.flatMap { statement in
      statement.commitments.map(\.name).filter { !left.contains("\(statement.number) \($0)") }
        .map { (step: statement.number, name: $0) }
    }
  }
}

extension UnverifiedTranscript {
  /// The transcript, if it holds together. Nothing but the transcript is needed for this, and so it does not show
  /// whose hands the keys are in: that is what the words that were read aloud are for.
  ///
  /// - Throws: `.ceremony` naming the step; `.failedVerification` for a signature over the whole.
  public func verified() throws(EscrowError) -> Transcript {
    var check = TranscriptCheck()
    for entry in entries { try check.admit(entry) }
    try check.finish(roster: roster)
    try checkOpenings()
    try check.admit(attachments, of: entries.map(\.statement), roster: roster)
    let actors = entries.filter { $0.statement.kind == .keys }.map(\.statement.actor)
    for actor in actors {
      guard let key = check.keys[actor] else { continue }
      try signed.requireSignature(of: key)
    }
    return Transcript(self, check)
  }

  private func checkOpenings() throws(EscrowError) {
    var last = 0
    for (step, opening) in openings {
      guard step >= last, (1...entries.count).contains(step) else {
        throw .ceremony(.opening(step: step, name: opening.name))
      }
      last = step
    }
    for entry in entries {
      try CeremonyFile.check(
        openings.filter { $0.step == entry.statement.number }.map(\.opening), of: entry.statement)
    }
  }
}

/// What is known of a transcript from its first steps on.
private struct TranscriptCheck {
  private(set) var keys: [CeremonyActor: NoteVerifierKey] = [:]
  private(set) var holders: [HolderRecord] = []
  private(set) var roster: Roster?
  private(set) var drill: DrillReport?
  private var previous: TranscriptEntry?
  private var digests: [Digest] = []
  private var kindStart = 0
  private var actors: [CeremonyStep.Kind: [CeremonyActor]] = [:]
  private var publicKeys: Set<[UInt8]> = []
  private var inputs: [String: Digest] = [:]

  mutating func admit(_ entry: TranscriptEntry) throws(EscrowError) {
    let statement = entry.statement
    let number = statement.number
    guard number == digests.count + 1 else {
      throw .ceremony(.sequence(after: digests.count, found: number))
    }
    guard let key = statement.broughtKey ?? keys[statement.actor] else {
      throw .ceremony(.unknownActor(step: number, actor: statement.actor.description))
    }
    try entry.requireSignature(of: key)
    if let previous, previous.statement.kind != statement.kind {
      guard previous.statement.kind < statement.kind else {
        throw .ceremony(
          .misplaced(step: number, reason: "\(statement.kind.rawValue) comes too late"))
      }
      kindStart = digests.count
    }
    guard try statement.follows == CeremonyStatement.follows(Array(digests[..<kindStart])) else {
      throw .ceremony(.follows(step: number))
    }
    guard
      try entry.chain
        == TranscriptEntry.chain(after: previous, digest: entry.digest, signature: entry.signature)
    else { throw .ceremony(.chain(step: number)) }
    try admit(statement, key)
    digests.append(entry.digest)
    previous = entry
  }

  private mutating func admit(_ statement: CeremonyStatement, _ key: NoteVerifierKey) throws(EscrowError) {
    let number = statement.number
    guard !actors[statement.kind, default: []].contains(statement.actor) else {
      throw .ceremony(.misplaced(step: number, reason: "\(statement.actor) did this before"))
    }
    actors[statement.kind, default: []].append(statement.actor)
    if statement.kind == .keys {
      keys[statement.actor] = key
      if let holder = statement.holder { holders.append(holder) }
      let brought = [key.publicKey.bytes] + (statement.holder.map { [$0.sealingKey.bytes] } ?? [])
      for bytes in brought where !publicKeys.insert(bytes).inserted {
        throw .ceremony(.contradiction(step: number, about: "keys: one appears twice"))
      }
    }
    if let first = previous?.statement, first.isRehearsal != statement.isRehearsal {
      throw .ceremony(.contradiction(step: number, about: "whether this is a rehearsal"))
    }
    for name in ["roster", "drilled", "deposit", "warrant"] {
      guard let digest = statement.input(name) else { continue }
      guard inputs[name, default: digest] == digest else {
        throw .ceremony(.contradiction(step: number, about: name))
      }
      inputs[name] = digest
    }
  }

  /// Checks that nobody is missing and nothing was left out.
  func finish(roster: Digest) throws(EscrowError) {
    func incomplete(_ reason: String) -> EscrowError { .ceremony(.incomplete(reason: reason)) }
    let everybody = holders.map { CeremonyActor.holder($0.id) }
    guard !everybody.isEmpty, actors[.keys] == everybody + [.witness] else {
      throw incomplete("the holders and then the witness must have made keys")
    }
    for kind in [CeremonyStep.Kind.sign, .release] where actors[kind] != everybody {
      throw incomplete("the step \(kind.rawValue) was not done by every holder in turn")
    }
    guard actors[.approve] == everybody.filter({ $0.holder?.role == .judge }) else {
      throw incomplete("the step approve was not done by every judge in turn")
    }
    for kind in [CeremonyStep.Kind.draft, .deposit, .warrant, .recover]
    where actors[kind]?.count != 1 || actors[kind]?[0].holder == nil {
      throw incomplete("the step \(kind.rawValue) was not done by one holder")
    }
    for kind in [CeremonyStep.Kind.verify, .observe] where actors[kind] != [.witness] {
      throw incomplete("the step \(kind.rawValue) was not done by the witness")
    }
    guard inputs["roster"] == roster else {
      throw incomplete("the roster that it names is not the one that was signed")
    }
  }

  /// Checks the roster and the drill's report, where the transcript carries them, against the steps.
  mutating func admit(
    _ attachments: [CeremonyAttachment], of statements: [CeremonyStatement], roster id: Digest
  ) throws(EscrowError) {
    for attachment in attachments {
      guard let kind = UnverifiedTranscript.carried.first(where: { $0.name == attachment.name })?.kind,
        let statement = statements.first(where: { $0.kind == kind })
      else { throw .ceremony(.attachment(step: 0, name: attachment.name)) }
      let fault = EscrowError.ceremony(.attachment(step: statement.number, name: attachment.name))
      let digest = try attachment.digest()
      guard statement.attachments.contains(NamedDigest(name: attachment.name, digest: digest)) else {
        throw fault
      }
      switch kind {
      case .verify:
        let roster = try UnverifiedRoster(parsing: attachment.bytes.span).verified()
        guard roster.id == id, roster.holders == holders else { throw fault }
        self.roster = roster
      default:
        guard let recipient = statement.actor.holder, let key = keys[statement.actor] else { throw fault }
        let report = try UnverifiedDrillReport(parsing: attachment.bytes.span).verified(by: [key])
        guard report.roster == inputs["drilled"], report.deposit == inputs["deposit"],
          report.recipient == recipient
        else { throw fault }
        drill = report
      }
    }
  }
}
