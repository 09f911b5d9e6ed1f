import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct LogAppendCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Append files to a log, each file's bytes as one entry, and publish one checkpoint.",
    discussion: """
      All of them become entries, or none: an entry of more than 65535 bytes is refused before anything has changed. \
      The log's local witness, when it has one, cosigns the checkpoint.
      """)

  @Option(help: ArgumentHelp("The log's signer key; LOGDIR.keys/log.key.", valueName: "FILE"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "Each line of F, without its line feed, is an entry; - is standard input.", valueName: "F"))
  var lines: String?

  @Argument(help: ArgumentHelp("The directory of the log.", valueName: "LOGDIR"))
  var log: String

  @Argument(
    help: ArgumentHelp("The entries, in their order; - is standard input, one entry.", valueName: "FILE"))
  var files: [String] = []

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard lines == nil || files.isEmpty else { throw ValidationError("Give files or --lines, not both.") }
    guard lines != nil || !files.isEmpty else { throw ValidationError("Name files to append, or --lines.") }
  }

  func run() throws {
    let log = try LocalLog(log)
    var progress = ProgressLine("appending", unit: "entries")
    let publication: LocalLog.Publication
    if let lines {
      let entries = try EntryLines.check(lines)
      publication = try log.append(key: key) { (log) throws(Failure) in
        try entries.forEach { (entry) throws(Failure) in
          try append(entry, to: &log)
          progress.show(log.nextIndex)
        }
      }
    } else {
      let entries = try EntryFiles(files)
      publication = try log.append(key: key) { (log) throws(Failure) in
        try entries.forEach { (entry) throws(Failure) in
          try append(entry.span, to: &log)
          progress.show(log.nextIndex)
        }
      }
    }
    try Report(publication, log: log.location.path).print(json: report.json)
  }

  private func append(_ entry: Span<UInt8>, to log: inout TiledLog) throws(Failure) {
    do throws(LogError) { try log.append(entry) } catch { throw Failure(error, at: self.log) }
  }
}

extension Report {
  /// What became of an append.
  init(_ publication: LocalLog.Publication, log: String) {
    add("log", log)
    add("count", UInt64(publication.indices.count))
    if let first = publication.indices.first { add("firstIndex", first) }
    add(publication.checkpoint.checkpoint)
    if let time = publication.cosigned { add("cosigned", seconds: time) }
  }
}
