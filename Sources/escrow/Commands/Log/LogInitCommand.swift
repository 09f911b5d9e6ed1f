import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct LogInitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a log, and publish the checkpoint of the empty tree.",
    discussion: """
      Without --key it also makes the log's key and one local witness, in LOGDIR.keys and LOGDIR.witness. A witness \
      that the log's own operator runs shows nobody that there is one history only: name witnesses elsewhere for that.
      """)

  @Option(
    help: ArgumentHelp("The log's signer key; no key and no witness is made then.", valueName: "FILE"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The log's name in its checkpoints, unique in the world; the key's name, or one that is made up.",
      valueName: "O"))
  var origin: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let log = try LocalLog(log)
    let location = log.location
    if Directory.holdsAnything("\(location.path)/checkpoint") {
      throw Failure(LogError.alreadyExists, at: location.path)
    }
    var report = Report()
    report.add("log", location.path)
    if let key {
      try NewLog(location).create(origin: origin, key: key, report: &report)
    } else {
      try NewLog(location).createWithWitness(origin: origin, report: &report)
    }
    try report.print(json: self.report.json)
  }
}
