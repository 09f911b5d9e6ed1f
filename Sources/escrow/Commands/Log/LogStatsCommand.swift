import ArgumentParser
import KeyEscrow
import TransparencyLog

struct LogStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Recompute the figures of a year from a log, as anybody can.",
    discussion: """
      Warrants count for the year in which they were logged, and answers for their warrants. With --roster every \
      signature is checked; without it holders are taken at their word.
      """)

  @Option(help: ArgumentHelp("The year, in UTC.", valueName: "Y"))
  var year: Int

  @OptionGroup var trust: LogTrustOptions

  @Option(help: ArgumentHelp("The newest roster of the log's holders.", valueName: "R"))
  var roster: String?

  @Option(
    help: ArgumentHelp("A predecessor of the roster, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  @Flag(help: "Count tests, and not what is real.")
  var test = false

  @Option(
    help: ArgumentHelp("Also write a page with a chart, which opens without a network.", valueName: "FILE"))
  var html: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard 1970...9999 ~= year else { throw ValidationError("--year is a number from 1970 to 9999.") }
    guard roster != nil || previousRoster.isEmpty else {
      throw ValidationError("--previous-roster goes with --roster.")
    }
  }

  func run() throws {
    if let html, html != "-" { try OutputFile.requireAbsent(html) }
    let roster = try roster.map { try RosterFile.load($0, after: previousRoster) }
    let log = try LocalLog(log)
    let identity = try trust.identity(of: log)
    if let named = roster?.body.log, named.identity != identity {
      throw Failure.verification("\(log.location.path): is not the log that the roster names")
    }
    let (checkpoint, reader) = try log.published(of: identity)
    let figures = try LogEntryReader(reader, of: log).statistics(roster: roster, isTest: test)
      .figures(of: year, now: try Timestamp.now())
    let year = YearReport(figures: figures)
    if let html {
      let page = YearPage(figures: figures, checkpoint: checkpoint, isVerified: roster != nil)
      try DocumentFile.write(Array(page.text.utf8), to: html)
    }
    var report = Report()
    report.add("log", log.location.path)
    report.add("vkey", identity.key.vkey)
    report.add(checkpoint.checkpoint)
    report.add("signaturesChecked", roster != nil)
    let target = html == "-" ? Terminal.standardError : Terminal.standardOutput
    if self.report.json {
      year.add(to: &report)
      return try report.print(json: true, to: target)
    }
    report.add("year", UInt64(self.year))
    report.add("test", test)
    report.add("counted", figures.now)
    try report.print(json: false, to: target)
    let text = "\n" + year.lines.map { $0 + "\n" }.joined()
    try Descriptor.write(Array(text.utf8).span, to: target, name: "standard output")
  }
}
