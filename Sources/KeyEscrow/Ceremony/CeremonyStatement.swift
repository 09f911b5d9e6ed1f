public import LibCrypto
public import TransparencyLog

/// What an actor signs after a step: what was done, by whom, with what, after what.
public struct CeremonyStatement: Hashable, Sendable {
  /// How the actor confirmed.
  public enum Confirmation: String, Sendable {
    /// By typing the words asked for.
    case typed
    /// By an answers file: nobody was there.
    case answered
    /// The step asks for no decision.
    case unasked
  }

  /// The step's number, from 1.
  public let number: Int
  /// What was done.
  public let kind: CeremonyStep.Kind
  /// Who did it.
  public let actor: CeremonyActor
  /// When it was done, by the clock of the actor's machine.
  public let done: Timestamp
  /// The digest of everything that earlier kinds of steps left: see `CeremonyStatement.follows(_:)`.
  public let follows: Digest
  /// The command, without the paths of the machine.
  public let command: String
  /// How the actor confirmed.
  public let confirmation: Confirmation
  /// Whether it was a rehearsal, whose keys serve for nothing.
  public let isRehearsal: Bool
  /// The program.
  public let tool: CeremonyTool
  /// What the step relied on, in rising order of the names.
  public let inputs: [NamedDigest]
  /// What the step's file holds besides, in rising order of the names: SHA-256 of each attachment's bytes.
  public let attachments: [NamedDigest]
  /// Commitments to text that may be taken out, in rising order of the names.
  public let commitments: [NamedDigest]
  /// The public half of the keys that a holder made; only in its step `keys`.
  public let holder: HolderRecord?
  /// The key that the witness made; only in its step `keys`.
  public let witnessKey: NoteVerifierKey?

  /// A statement about `step`.
  ///
  /// - Throws: `.malformed(.ceremonyStep)` when it says what no statement may.
  public init(
    step: CeremonyStep, done: Timestamp, follows: Digest, command: String, confirmation: Confirmation,
    isRehearsal: Bool, tool: CeremonyTool, inputs: [NamedDigest], attachments: [NamedDigest],
    commitments: [NamedDigest], holder: HolderRecord? = nil, witnessKey: NoteVerifierKey? = nil
  ) throws(EscrowError) {
    number = step.number
    kind = step.kind
    actor = step.actor
    self.done = done
    self.follows = follows
    self.command = command
    self.confirmation = confirmation
    self.isRehearsal = isRehearsal
    self.tool = tool
    self.inputs = Self.sorted(inputs)
    self.attachments = Self.sorted(attachments)
    self.commitments = Self.sorted(commitments)
    self.holder = holder
    self.witnessKey = witnessKey
    // Reading what was written applies every rule of the format to what the caller gave.
    guard try CeremonyStatement(parsing: text) == self else {
      throw .malformed(.ceremonyStep, reason: "it does not read as it was written")
    }
  }

  private static func sorted(_ list: [NamedDigest]) -> [NamedDigest] {
    list.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  init(parsing text: String) throws(EscrowError) {
    var fields = try DocumentType.ceremonyStep.fields(of: text)
    try self.init(&fields)
    try fields.finish()
  }

  // Without `type`, which the caller has taken.
  init(_ fields: inout DocumentFields) throws(EscrowError) {
    number = Int(try fields.integer("number", 1...9999))
    guard let kind = CeremonyStep.Kind(rawValue: try fields.string("kind")) else {
      throw fields.fault("kind", "is no step that this version knows")
    }
    self.kind = kind
    let name = try fields.string("actor")
    do { actor = try CeremonyActor(parsing: name) } catch {
      throw fields.fault("actor", "is neither a holder nor the witness")
    }
    done = try fields.timestamp("done")
    follows = try fields.digest("follows")
    command = try fields.humanText("command")
    guard let confirmation = Confirmation(rawValue: try fields.string("confirmed")) else {
      throw fields.fault("confirmed", "is neither typed, answered nor unasked")
    }
    self.confirmation = confirmation
    isRehearsal = try fields.boolean("rehearsal")
    var nested = try fields.object("tool")
    tool = try CeremonyTool(&nested)
    try nested.finish()
    inputs = try NamedDigest.list("inputs", in: &fields)
    attachments = try NamedDigest.list("attachments", in: &fields)
    commitments = try NamedDigest.list("committed", in: &fields)
    if fields.has("holder") {
      var nested = try fields.object("holder")
      holder = try HolderRecord(&nested)
      try nested.finish()
    } else {
      holder = nil
    }
    witnessKey = fields.has("vkey") ? try fields.verifierKey("vkey") : nil
    let brings = kind == .keys ? actor : nil
    guard (holder != nil) == (brings?.holder != nil), holder?.id == brings?.holder else {
      throw fields.fault("holder", "does not fit the step")
    }
    guard (witnessKey != nil) == (brings == .witness),
      witnessKey.map({ $0.name == CeremonyActor.witnessName }) ?? true
    else { throw fields.fault("vkey", "does not fit the step") }
  }

  var members: [String: CanonicalJSON] {
    var members: [String: CanonicalJSON] = [
      "number": .integer(UInt64(number)),
      "kind": .string(kind.rawValue),
      "actor": .string(actor.description),
      "done": .string(done.description),
      "follows": .string(follows.hex),
      "command": .string(command),
      "confirmed": .string(confirmation.rawValue),
      "rehearsal": .boolean(isRehearsal),
      "tool": .object(tool.members),
      "inputs": .array(inputs.map(\.member)),
      "attachments": .array(attachments.map(\.member)),
      "committed": .array(commitments.map(\.member)),
    ]
    members["holder"] = holder.map { .object($0.members) }
    members["vkey"] = witnessKey.map { .string($0.vkey) }
    return members
  }

  /// The canonical text that the actor signs.
  public var text: String { DocumentType.ceremonyStep.text(members) }

  /// The key that a step `keys` brings, with which its actor signs this and every later statement.
  public var broughtKey: NoteVerifierKey? { holder?.verifierKey ?? witnessKey }

  /// The step that it is about.
  public var step: CeremonyStep { CeremonyStep(number: number, kind: kind, actor: actor) }

  /// The digest of the input called `name`.
  public func input(_ name: String) -> Digest? { inputs.first { $0.name == name }?.digest }

  /// What statements that come after steps with these texts' digests name as `follows`:
  /// `SHA-256("key-escrow/v1 follows" ‖ digest of step 1 ‖ digest of step 2 ‖ …)`.
  public static func follows(_ digests: [Digest]) throws(EscrowError) -> Digest {
    let label = Array("key-escrow/v1 follows".utf8)
    do { return try SHA256.digest(label + digests.flatMap(\.bytes)) } catch { throw .crypto(error) }
  }
}
