import ArgumentParser
import KeyEscrow
import TransparencyLog

struct LogCosignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cosign",
    abstract:
      "Cosign a log's checkpoint as a witness, once it extends the last one that this witness cosigned.",
    discussion: """
      A witness keeps the last checkpoint of every log it knows in its memory, and cosigns nothing that does not \
      extend it. Give LOGDIR, a copy of one, or with --request a file that `log prove --from` made.
      """)

  @Option(help: ArgumentHelp("The witness's signer key; LOGDIR.keys/witness.key.", valueName: "FILE"))
  var key: String?

  @Option(
    help: ArgumentHelp("The witness's memory, a directory of its own; LOGDIR.witness.", valueName: "DIR"))
  var memory: String?

  @OptionGroup var trust: LogTrustOptions

  @Option(help: ArgumentHelp("A checkpoint with its proof, in place of LOGDIR.", valueName: "F"))
  var request: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the cosigned checkpoint here; - is standard output.", valueName: "F"))
  var output: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (log == nil) != (request == nil) else { throw ValidationError("Give LOGDIR or --request.") }
    guard request == nil || key != nil && memory != nil && trust.vkey != nil else {
      throw ValidationError("With --request give --key, --memory and --vkey.")
    }
  }

  func run() throws {
    if let output, output != "-" { try OutputFile.requireAbsent(output) }
    let local = try log.map { path throws(Failure) in try LocalLog(path) }
    let request = try request.map { path throws(Failure) in try WitnessRequestFile.read(path) }
    let identity: LogIdentity
    if let local {
      identity = try trust.identity(of: local)
    } else if let request, let name = self.request {
      identity = try trust.identity(of: request.checkpoint, in: name)
    } else {
      return
    }
    guard let key = key ?? local?.location.witnessKeyPath, let memory = memory ?? local?.location.witnessPath
    else {
      return
    }
    var witness = try Witness.open(key: key, memory: memory, log: identity)
    let witnessKey = witness.verifierKey
    let time = try WitnessClock.now()
    let place = local?.location.path ?? self.request ?? ""
    let cosigned = try locating(place) {
      if let request {
        _ = try witness.cosign(request, at: time)
      } else if let local {
        _ = try witness.cosign(local.location.directory, at: time)
      }
      guard let latest = try witness.latest(origin: identity.origin) else {
        throw LogError.missing(path: memory)
      }
      return latest
    }
    var report = Report()
    report.add("witness", witnessKey.vkey)
    report.add(cosigned.checkpoint)
    report.add("cosigned", seconds: time)
    if let output { try DocumentFile.write(cosigned.note.bytes, to: output) }
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}

/// Proofs of consistency on disk, with the checkpoint that they lead to.
enum WitnessRequestFile {
  static func read(_ path: String) throws(Failure) -> WitnessRequest {
    let bytes = try DocumentFile.read(path, maximumByteCount: WitnessRequest.maximumByteCount)
    return try locating(DocumentFile.name(of: path)) { try WitnessRequest(parsing: bytes.span) }
  }
}
