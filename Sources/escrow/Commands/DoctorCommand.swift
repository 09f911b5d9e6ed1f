import ArgumentParser

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check whether this machine is fit for keys: versions, randomness, memory, clock, files, log.",
    discussion: """
      Every finding is ok, a warning or a fault, with what to do. Exits 1 when there is a fault. The signatures of a \
      log are checked by `log verify` and `log monitor`; here only its files must be there and be a log's.
      """)

  @Argument(help: ArgumentHelp("Directories of keys, whose file modes are checked.", valueName: "D"))
  var directories: [String] = []

  @Option(help: ArgumentHelp("A log's directory, which must be there.", valueName: "LOGDIR"))
  var log: [String] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    let findings =
      MachineChecks.all + directories.flatMap { DirectoryChecks(path: $0).all }
      + log.map { LogChecks(path: $0).finding }
    let faults = findings.count { $0.state == .fault }
    var report = Report()
    if self.report.json {
      report.add("findings", findings.map { Self.describe($0) })
      report.add("warnings", findings.count { $0.state == .warning })
      report.add("faults", faults)
    } else {
      for finding in findings { report.add(finding.subject, Self.text(finding)) }
    }
    try report.print(json: self.report.json)
    guard faults == 0 else {
      throw Failure.internalFailure("this machine is not fit: \(faults) \(faults == 1 ? "fault" : "faults")")
    }
  }

  private static func text(_ finding: Finding) -> String {
    let advice = finding.advice.isEmpty ? "" : "; \(finding.advice)"
    return "\(finding.state.rawValue): \(finding.fact)\(advice)"
  }

  private static func describe(_ finding: Finding) -> Report {
    var report = Report()
    report.add("subject", finding.subject)
    report.add("state", finding.state.rawValue)
    report.add("fact", finding.fact)
    if !finding.advice.isEmpty { report.add("advice", finding.advice) }
    return report
  }
}
