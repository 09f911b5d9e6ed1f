import KeyEscrow
import TransparencyLog

/// All entries of a log, for those who count them.
struct LogEntryReader {
  private let reader: LogReader<LogDirectory>
  private let place: String

  /// The entries of `log` under the checkpoint that `reader` has.
  init(_ reader: LogReader<LogDirectory>, of log: LocalLog) {
    self.reader = reader
    place = log.location.path
  }

  /// What the log shows, counted: every entry is checked against the checkpoint before it counts.
  func statistics(roster: Roster?, isTest: Bool) throws(Failure) -> LogStatistics {
    var statistics = LogStatistics(roster: roster, isTest: isTest)
    var entries = reader.entries()
    var progress = ProgressLine("reading", unit: "entries")
    do {
      while let entry = try entries.next() {
        progress.show(entry.index)
        let bytes = Array(entry.bytes)
        try statistics.add(bytes.span, at: entry.index)
      }
    } catch { throw Failure(error, at: place) }
    return statistics
  }
}
