import ArgumentParser
import KeyEscrow
import SecretSharing

struct HolderRebuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Take in from the log which answers a holder gave whose own copy was lost.",
    discussion: """
      A holder does not answer with a directory that is older than the log. After this it does: the answers that only \
      the log knows count for the month, and their warrants are not answered again.
      """)

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The directory of the log that the roster names.", valueName: "LOGDIR"))
  var log: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    guard let named = roster.body.log else {
      throw Failure.usage(
        "--log: the roster names no transparency log, and so there is nothing to rebuild from")
    }
    let directory = HolderDirectory(holder)
    let record = try directory.record()
    guard roster.holder(record.id)?.verifierKey == record.verifierKey else {
      throw Failure(EscrowError.warrantRefused(.unknownHolder(record.id)), at: holder)
    }
    let memory = try AnswerArchive(directory).rebuild(
      from: log, roster: roster, identity: named.identity, holder: record)
    var report = Report()
    report.add("holder", record.id.description)
    report.add("size", memory.size)
    report.add("answers", memory.answers.count)
    report.add("lost", memory.answers.count { $0.isLost })
    report.add("keysLostThisMonth", memory.keysLost(inMonthOf: try Timestamp.now()))
    try report.print(json: self.report.json)
  }
}
