import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct LogProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that an entry is in a log, or that the log extends an older checkpoint of itself.",
    discussion: """
      The proof of an entry is a C2SP tlog-proof file. It leads to the last checkpoint that the log's local witness \
      cosigned, when that holds the entry, or to that of the --cosigned files; else to the one that is published. The \
      proof of consistency is the body of a C2SP tlog-witness request, which `log cosign --request` takes.
      """)

  @Option(help: ArgumentHelp("The entry's index.", valueName: "n"))
  var index: UInt64?

  @Option(help: ArgumentHelp("A file whose bytes are the entry; - is standard input.", valueName: "FILE"))
  var entry: String?

  @Option(
    help: ArgumentHelp("An older checkpoint, or its size: prove that the log extends it.", valueName: "n|F"))
  var from: String?

  @OptionGroup var trust: LogTrustOptions
  @OptionGroup var cosignatures: CosignatureOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The proof; standard output.", valueName: "F"))
  var output = "-"

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard [index != nil, entry != nil, from != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("Give one of --index, --entry and --from.")
    }
  }

  func run() throws {
    let log = try LocalLog(log)
    if output != "-" { try OutputFile.requireAbsent(output) }
    let identity = try trust.identity(of: log)
    var report = Report()
    report.add("log", log.location.path)
    let proof: [UInt8]
    if let from {
      proof = try consistency(from: from, of: log, identity, &report)
    } else {
      proof = try inclusion(in: log, identity, &report)
    }
    try DocumentFile.write(proof, to: output)
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }

  // MARK: Inclusion

  private func inclusion(
    in log: LocalLog, _ identity: LogIdentity, _ report: inout Report
  ) throws -> [UInt8] {
    let (published, reader) = try log.published(of: identity)
    let index = try index ?? self.index(of: try leaf(), in: reader)
    var base = published
    if let given = try CosignedCheckpoint.checkpoint(of: cosignatures.cosigned, by: identity) {
      base = given
    } else if let known = try log.cosigned(of: identity), known.checkpoint.size > index {
      base = known
    }
    var collected = CosignedCheckpoint(base)
    if let known = try log.cosigned(of: identity) { collected.add(signaturesOf: known) }
    try collected.add(cosignatures.cosigned, of: identity)
    let proof = try locating(log.location.path) {
      // A cosigned checkpoint came from elsewhere: the log must still extend it.
      _ = try reader.consistencyProof(from: base.checkpoint)
      let hashes = try LogReader(base, source: log.location.directory).inclusionProof(of: index)
      return try TransparencyProof(index: index, hashes: hashes, checkpoint: collected.note)
    }
    report.add("index", index)
    report.add(base.checkpoint)
    if let policy = try trust.policyGiven() {
      let witnessed = try locating(log.location.path) {
        try proof.checkpoint.witnessedCheckpoint(by: policy.trusting(identity))
      }
      report.add(witnessed)
    }
    return proof.bytes
  }

  private func leaf() throws -> Digest {
    let bytes = try EntryFiles([entry ?? "-"]).first()
    return try locating("--entry") {
      var hasher = try TreeHasher()
      return try hasher.leaf(bytes.span)
    }
  }

  private func index(
    of leaf: Digest, in reader: LogReader<LogDirectory>
  ) throws(Failure) -> UInt64 {
    let found = try locating(log) { try reader.firstIndex(of: leaf) }
    guard let found else {
      throw .verification("\(DocumentFile.name(of: entry ?? "-")): is no entry of \(log)")
    }
    return found
  }

  // MARK: Consistency

  private func consistency(
    from text: String, of log: LocalLog, _ identity: LogIdentity, _ report: inout Report
  ) throws -> [UInt8] {
    let (published, reader) = try log.published(of: identity)
    let older: Checkpoint
    if let size = UInt64(text) {
      older = try locating(log.location.path) {
        guard size <= published.checkpoint.size else {
          throw LogError.outOfRange(size, size: published.checkpoint.size)
        }
        return try Checkpoint(
          origin: identity.origin, size: size, root: try MerkleTree.root(size: size, reader: reader))
      }
    } else {
      let bytes = try DocumentFile.read(text)
      older = try locating(DocumentFile.name(of: text)) {
        try UnverifiedNote(parsing: bytes.span).verifiedCheckpoint(of: identity).checkpoint
      }
    }
    var collected = CosignedCheckpoint(published)
    if let known = try log.cosigned(of: identity) { collected.add(signaturesOf: known) }
    try collected.add(cosignatures.cosigned, of: identity)
    let request = try locating(log.location.path) {
      try WitnessRequest(
        oldSize: older.size, hashes: try reader.consistencyProof(from: older), checkpoint: collected.note)
    }
    report.add("oldSize", older.size)
    report.add("oldRoot", older.root.hex)
    report.add(published.checkpoint)
    return request.bytes
  }
}
