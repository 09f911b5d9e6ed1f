import ArgumentParser
import KeyEscrow
import TransparencyLog

struct LogCheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint",
    abstract: "Show what a log publishes, and hand out its checkpoint with the cosignatures there are.")

  @OptionGroup var trust: LogTrustOptions
  @OptionGroup var cosignatures: CosignatureOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the cosigned checkpoint here; - is standard output.", valueName: "F"))
  var output: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let log = try LocalLog(log)
    if let output, output != "-" { try OutputFile.requireAbsent(output) }
    let identity = try trust.identity(of: log)
    let (published, _) = try log.published(of: identity)
    var collected = CosignedCheckpoint(published)
    if let known = try log.cosigned(of: identity) { collected.add(signaturesOf: known) }
    try collected.add(cosignatures.cosigned, of: identity)
    let note = collected.note
    var report = Report()
    report.add("log", log.location.path)
    report.add("vkey", identity.key.vkey)
    report.add(published.checkpoint)
    // Who says to have signed: without a policy nobody can tell whether the cosignatures are theirs.
    report.add("signatureLines", note.signatures.map(\.name))
    if let policy = try trust.policyGiven() {
      let witnessed = try locating(log.location.path) {
        try note.witnessedCheckpoint(by: policy.trusting(identity))
      }
      report.add(witnessed)
    }
    if let output { try DocumentFile.write(note.bytes, to: output) }
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}

extension Report {
  /// Who cosigned a checkpoint, and when.
  mutating func add(_ witnessed: WitnessedCheckpoint) {
    let cosigners = witnessed.times.sorted { $0.key.name < $1.key.name }.map { key, time in
      var report = Report()
      report.add("witness", key.name)
      report.add("cosigned", seconds: time)
      return report
    }
    add("witnesses", cosigners)
    if let time = witnessed.witnessTime { add("witnessTime", seconds: time) }
  }
}
