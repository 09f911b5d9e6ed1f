import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct LogVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check a whole log, or a proof.",
    discussion: """
      `log verify LOGDIR` recomputes every tile and the root from the entries. `log verify --proof P ENTRY` checks a \
      tlog-proof file of an entry, `log verify --consistency P OLD` a proof that a log extends its older checkpoint \
      OLD; both need no log, only its verifier key or a policy that names it.
      """)

  @Option(help: ArgumentHelp("A tlog-proof file; the argument is then the entry.", valueName: "P"))
  var proof: String?

  @Option(
    help: ArgumentHelp("A proof of consistency; the argument is then the older checkpoint.", valueName: "P"))
  var consistency: String?

  @OptionGroup var trust: LogTrustOptions
  @OptionGroup var cosignatures: CosignatureOptions

  @Argument(help: ArgumentHelp("The log, the entry or the older checkpoint.", valueName: "LOGDIR|ENTRY|OLD"))
  var subject: String

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard proof == nil || consistency == nil else { throw ValidationError("Give --proof or --consistency.") }
    guard proof == nil && consistency == nil || cosignatures.cosigned.isEmpty else {
      throw ValidationError("--cosigned goes with LOGDIR.")
    }
    guard proof == nil && consistency == nil || trust.vkey != nil || trust.policy != nil else {
      throw ValidationError("Give the log's --vkey, or a --policy that names the log.")
    }
  }

  func run() throws {
    var report = Report()
    if let proof {
      try verify(proof: proof, &report)
    } else if let consistency {
      try verify(consistency: consistency, &report)
    } else {
      try verifyLog(&report)
    }
    try report.print(json: self.report.json)
  }

  // MARK: A log

  private func verifyLog(_ report: inout Report) throws {
    let log = try LocalLog(subject)
    let identity = try trust.identity(of: log)
    let (published, reader) = try log.published(of: identity)
    var progress = ProgressLine("verifying", unit: "entries")
    try locating(log.location.path) { try reader.audit { progress.show($0) } }
    report.add("log", log.location.path)
    report.add("vkey", identity.key.vkey)
    report.add(published.checkpoint)
    if let policy = try trust.policyGiven() {
      let witnessed = try witnessed(log, published, policy.trusting(identity), reader)
      report.add("witnessedSize", witnessed.checkpoint.size)
      report.add(witnessed)
    }
  }

  // The newest checkpoint that was cosigned may be older than what is published, and part of it.
  private func witnessed(
    _ log: LocalLog, _ published: VerifiedCheckpoint, _ policy: WitnessPolicy,
    _ reader: LogReader<LogDirectory>
  ) throws -> WitnessedCheckpoint {
    let base =
      try CosignedCheckpoint.checkpoint(of: cosignatures.cosigned, by: published.log)
      ?? log.cosigned(of: published.log) ?? published
    var collected = CosignedCheckpoint(base)
    if let known = try log.cosigned(of: published.log) { collected.add(signaturesOf: known) }
    try collected.add(cosignatures.cosigned, of: published.log)
    return try locating(log.location.path) {
      _ = try reader.consistencyProof(from: base.checkpoint)
      return try collected.note.witnessedCheckpoint(by: policy)
    }
  }

  // MARK: A proof

  private func verify(proof path: String, _ report: inout Report) throws {
    let proof = try TransparencyProofFile.read(path)
    let entry = try EntryFiles([subject]).first()
    let name = DocumentFile.name(of: path)
    let policy = try trust.policy(for: proof.checkpoint, in: name)
    let logged = try locating(name) { try proof.verified(entry: entry.span, by: policy) }
    report.add("index", logged.index)
    report.add("leaf", logged.leaf.hex)
    report.add("vkey", logged.checkpoint.signed.log.key.vkey)
    report.add(logged.checkpoint.checkpoint)
    report.add(logged.checkpoint)
    if !proof.extra.isEmpty { report.add("extraByteCount", UInt64(proof.extra.count)) }
  }

  private func verify(consistency path: String, _ report: inout Report) throws {
    let request = try WitnessRequestFile.read(path)
    let bytes = try DocumentFile.read(subject)
    let (name, oldName) = (DocumentFile.name(of: path), DocumentFile.name(of: subject))
    let policy = try trust.policy(for: request.checkpoint, in: name)
    let newer = try locating(name) { try request.checkpoint.witnessedCheckpoint(by: policy) }
    let older = try locating(oldName) {
      try UnverifiedNote(parsing: bytes.span).verifiedCheckpoint(of: newer.signed.log)
    }
    try locating(name) {
      guard older.checkpoint.size == request.oldSize else { throw LogError.consistencyNotProven }
      try newer.checkpoint.verifyExtension(of: older.checkpoint, proof: request.hashes)
    }
    report.add("oldSize", older.checkpoint.size)
    report.add("oldRoot", older.checkpoint.root.hex)
    report.add("vkey", newer.signed.log.key.vkey)
    report.add(newer.checkpoint)
    report.add(newer)
  }
}

/// Proofs of entries on disk.
enum TransparencyProofFile {
  static func read(_ path: String) throws(Failure) -> TransparencyProof {
    let bytes = try DocumentFile.read(path, maximumByteCount: TransparencyProof.maximumByteCount)
    return try locating(DocumentFile.name(of: path)) { try TransparencyProof(parsing: bytes.span) }
  }
}
