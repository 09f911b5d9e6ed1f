import ArgumentParser
import Foundation
import KeyEscrow
import TransparencyLog

struct LogMonitorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor",
    abstract:
      "Follow a log from the checkpoint seen last: check that it only grew, and show the new entries.",
    discussion: """
      The checkpoint is kept in the state file. A log that shows another history than before ends with exit code 5; \
      the state stays as it is, and the contradicting checkpoint is kept beside it: together they are the evidence.
      """)

  @OptionGroup var trust: LogTrustOptions
  @OptionGroup var cosignatures: CosignatureOptions

  @Option(help: ArgumentHelp("What was seen last; LOGDIR.monitor.", valueName: "F"))
  var state: String?

  @Option(
    help: ArgumentHelp(
      "A checkpoint of the log that somebody else was shown: it must be of the same history; repeat.",
      valueName: "F"))
  var against: [String] = []

  @Option(help: ArgumentHelp("Look again every N seconds, until interrupted.", valueName: "N"))
  var every: UInt32?

  @Argument(help: ArgumentHelp("The directory of the log, or a copy of it.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if every == 0 { throw ValidationError("--every is a number from 1.") }
  }

  func run() throws {
    let log = try LocalLog(log)
    let monitor = LogMonitor(
      log: log, identity: try trust.identity(of: log), state: state ?? log.location.monitorPath)
    while true {
      try look(with: monitor)
      guard let every else { return }
      sleep(every)
    }
  }

  private func look(with monitor: LogMonitor) throws {
    let view = try monitor.look()
    for path in against { try monitor.compare(view, with: path) }
    var witnessed: WitnessedCheckpoint?
    if let policy = try trust.policyGiven() {
      witnessed = try monitor.witnessed(view, cosignatures.cosigned, by: policy)
    }
    // All entries, old and new, are read and checked before the first is shown: an old warrant may be overdue by now.
    let now = try Timestamp.now()
    let overdue = try LogEntryReader(view.reader, of: view.log).statistics(roster: nil, isTest: false)
      .overdueUnsealings(now: now)
    try MonitorReport(view, witnessed: witnessed, overdue: overdue).print(json: report.json)
    try monitor.remember(view)
  }
}
