import CeremonyPlans
import FlowSupport
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

// What a ceremony reads: the plan and the answers that people write, the steps that cross between rooms, and the
// record that a court is given.

extension FuzzTarget {
  static let ceremonies: [FuzzTarget] = [
    FuzzTarget("ceremony-plan", isText: true, samples: { [Array(SampleCeremony.plan.utf8)] }) { bytes in
      guard let plan = try? CeremonyPlan(parsing: bytes) else { return false }
      let script = plan.script
      claim(script.map(\.number) == Array(1...script.count), "the steps of a plan are numbered from 1")
      claim(Set(script.map(\.fileName)).count == script.count, "no two steps leave a file of one name")
      claim(plan.holders.map(\.id) == plan.policy.holders, "a plan's holders are its policy's")
      claim(plan.isTest || plan.log != nil, "a roster without a log is planned for tests alone")
      _ = plan.warnings
      return true
    },
    FuzzTarget("ceremony-answers", isText: true, samples: { [Array(SampleCeremony.answers.utf8)] }) { bytes in
      (try? CeremonyAnswers(parsing: bytes)) != nil
    },
    FuzzTarget("ceremony-step", isText: true, samples: { [try SampleCeremony.get().step] }) { bytes in
      guard let sample = try? SampleCeremony.get(), let record = try? UnverifiedCeremonyRecord(parsing: bytes)
      else { return false }
      claim(record.bytes == bytes, "a step's record is written as it was read")
      guard (try? record.verified(by: sample.witness)) != nil else { return false }
      claim(isSigned(note(in: bytes), by: [sample.witness]), "only what its actor signed is a step")
      return true
    },
    FuzzTarget("transcript", isText: true, samples: { try SampleCeremony.get().transcripts }) { bytes in
      guard let transcript = try? UnverifiedTranscript(parsing: bytes) else { return false }
      claim(transcript.bytes == bytes, "a transcript is written as it was read")
      guard let verified = try? transcript.verified() else { return false }
      claim(
        isSigned(note(in: bytes), by: Array(verified.keys.values)),
        "only what everybody signed is a transcript")
      return true
    },
    FuzzTarget("crossing-part", isText: true, samples: { try SampleCeremony.get().parts }) { bytes in
      guard let line = String(validating: bytes, as: UTF8.self), let part = try? CrossingPart(parsing: line)
      else {
        return false
      }
      claim(Array(part.line.utf8) == bytes, "a part is written as it was read")
      claim(
        !part.name.contains("/") && !part.name.hasPrefix("."), "a part names no directory and nothing hidden")
      return true
    },
  ]

  // The signed note that a file of a ceremony begins with.
  private static func note(in bytes: [UInt8]) -> [UInt8] {
    let separator = Array("\n=== key-escrow/v1 openings ===\n".utf8)
    let end = bytes.indices.first { bytes[$0] == separator[0] && bytes[$0...].starts(with: separator) }
    return Array(bytes[..<((end ?? -1) + 1)])
  }
}

/// One complete ceremony of the sample world, with a witness, made once for a process.
private struct SampleCeremony: Sendable {
  let step: [UInt8]
  let witness: NoteVerifierKey
  /// The whole one, and one without what may be taken out.
  let transcripts: [[UInt8]]
  let parts: [[UInt8]]

  static let plan = """
    # A plan.
    version: 1
    title: First roster
    location: Paris, room 4.12
    test: true
    policy: and(judge, or(provider, agency))
    depositors: client
    sealing-days: 366
    limits:
      maximum-keys: 1000
      maximum-days: 90
      caps:
        - keys: 1000
          judges: 1
    holders:
      - id: judge
        person: Claire Martin
        room: Paris
        backup:
          scheme: slip-39
          group-threshold: 1
          groups:
            - threshold: 2
              officers: [A. Petit, B. Roux, C. Blanc]
      - id: provider
      - id: agency
        person: Paul Laurent
    log:
      origin: log.example/test
      vkey: log.example/test+9e3e5ecf+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
      witness-policy:
        - log log.example/test+9e3e5ecf+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs
        - quorum none
      maximum-witness-age-hours: 24
      unwitnessed: true
    witness:
      person: Jeanne Lefevre
    lead: judge
    drill-recipient: agency

    """
  static let answers = """
    version: 1
    confirm: everything as shown
    passphrase-files:
      judge: secret.txt
      witness: other.txt
    exceptions:
      - The lights went out.

    """

  static let shared = Result { try SampleCeremony() }
  static func get() throws -> SampleCeremony { try shared.get() }

  private static let witnessSeed = [UInt8](repeating: 0x57, count: 32)

  private static func witnessKey() throws -> Ed25519PrivateKey {
    let seed = witnessSeed
    return try Ed25519PrivateKey.fromSeed(seed.span)
  }

  private init() throws {
    let world = try FlowWorld()
    let policy = world.roster.policy
    let short = try CeremonyPlan(
      title: "First roster", location: "Paris", isTest: true, policy: policy,
      holders: policy.holders.map { CeremonyPlan.PlannedHolder(id: $0) }, witness: CeremonyPlan.Participant(),
      depositors: .client, sealingDays: 366, limits: RosterLimits(), digest: world.roster.id)
    let drill = DrillReport(
      roster: world.roster, performed: FlowWorld.now, recipient: world.recipient, deposit: world.roster.id,
      keys: 1,
      recovered: policy.minimalAuthorizedSets(limit: 9), refused: policy.maximalUnauthorizedSets(limit: 9))
    var report = try UnverifiedDrillReport(drill)
    try world.withHolder(world.recipient) { try report.sign(with: $0) }

    let witness = try NoteVerifierKey(
      name: CeremonyActor.witnessName, publicKey: try Self.witnessKey().publicKey)
    let script = short.script
    var records: [CeremonyRecord] = []
    var first: UnverifiedCeremonyRecord?
    for step in script {
      let attachments: [String: [UInt8]] =
        switch step.kind {
        case .verify: ["roster": world.rosterBytes]
        case .recover: ["report": report.bytes]
        default: [:]
        }
      let openings = [
        try CeremonyOpening(name: "location", value: "Paris"),
        try CeremonyOpening(name: "person", value: "Claire Martin"),
      ]
      let statement = try CeremonyStatement(
        step: step, done: FlowWorld.now,
        follows: try CeremonyStatement.follows(
          records.filter { $0.statement.kind < step.kind }.map(\.digest)),
        command: "escrow ceremony run", confirmation: .typed, isRehearsal: false,
        tool: CeremonyTool(version: "0.1.0", commit: "0", digest: world.roster.id, libcrypto: "OpenSSL"),
        inputs: Self.inputs(of: step.kind, world.roster.id),
        attachments: try attachments.map { NamedDigest(name: $0.key, digest: try SHA256.digest($0.value)) },
        commitments: try openings.map { NamedDigest(name: $0.name, digest: try $0.commitment()) },
        holder: step.kind == .keys ? step.actor.holder.flatMap { world.roster.holder($0) } : nil,
        witnessKey: step.kind == .keys && step.actor == .witness ? witness : nil)
      let record: UnverifiedCeremonyRecord
      let key: NoteVerifierKey
      if let id = step.actor.holder, let holder = world.roster.holder(id) {
        key = holder.verifierKey
        record = try world.withHolder(id) {
          try UnverifiedCeremonyRecord(statement, openings: openings, attachments: attachments, signedBy: $0)
        }
      } else {
        key = witness
        record = try UnverifiedCeremonyRecord(
          statement, openings: openings, attachments: attachments, signedBy: try Self.witnessKey())
      }
      if step.kind == .verify || first == nil { first = record }
      records.append(try record.verified(by: key))
    }
    var transcript = try UnverifiedTranscript(of: records)
    for id in policy.holders { try world.withHolder(id) { try transcript.sign(as: $0) } }
    try transcript.sign(as: .witness, with: try Self.witnessKey())
    let redacted = transcript.redacted { _, name in name == "person" }
    transcripts = [transcript.bytes, redacted.bytes]
    guard let first else { throw EscrowError.ceremony(.incomplete(reason: "there is no step")) }
    step = first.bytes
    self.witness = witness
    parts = try CrossingPart.parts(of: step, name: "001-keys-judge.txt", lineLength: 425).map {
      Array($0.line.utf8)
    }
  }

  private static func inputs(of kind: CeremonyStep.Kind, _ digest: Digest) -> [NamedDigest] {
    let names =
      switch kind {
      case .draft, .sign, .verify: ["roster"]
      case .deposit: ["deposit", "drilled"]
      case .warrant: ["drilled", "warrant"]
      case .approve, .release, .recover: ["warrant"]
      case .keys, .backup, .observe: [String]()
      }
    return names.map { NamedDigest(name: $0, digest: digest) }
  }
}
