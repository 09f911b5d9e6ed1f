import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// What `log monitor` prints: the checkpoint, what is overdue, and one line for each new entry, written as they are
/// read, so that a long log needs no memory.
struct MonitorReport {
  private let view: LogMonitor.View
  private let witnessed: WitnessedCheckpoint?
  private let overdue: [(index: UInt64, unsealAfter: Timestamp)]

  init(
    _ view: LogMonitor.View, witnessed: WitnessedCheckpoint?,
    overdue: [(index: UInt64, unsealAfter: Timestamp)]
  ) {
    self.view = view
    self.witnessed = witnessed
    self.overdue = overdue
  }

  func print(json: Bool) throws(Failure) {
    var head = Report()
    head.add("log", view.log.location.path)
    head.add("vkey", view.now.log.key.vkey)
    if let before = view.before { head.add("seenSize", before.checkpoint.size) }
    head.add(view.now.checkpoint)
    if let witnessed {
      head.add("witnessedSize", witnessed.checkpoint.size)
      head.add(witnessed)
    }
    head.add(
      "overdueUnsealings",
      overdue.map { index, time in
        var report = Report()
        report.add("entry", index)
        report.add("unsealAfter", time)
        return report
      })
    if json {
      // One object on one line, like every report.
      try Terminal.output("\(head.versioned.json.dropLast()),\"entries\":[")
      var separator = ""
      try NewEntries(view).forEach { (index, bytes) throws(Failure) in
        try Terminal.output(separator + (try Self.report(index, bytes)).json)
        separator = ","
      }
      try Terminal.output("]}\n")
    } else {
      try head.print(json: false)
      try NewEntries(view).forEach { (index, bytes) throws(Failure) in
        try Terminal.output(try Self.line(index, bytes))
      }
    }
  }

  private static func report(_ index: UInt64, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Report {
    var report = Report()
    report.add("index", index)
    report.add("byteCount", UInt64(bytes.count))
    report.add("sha256", try digest(bytes).hex)
    if let body = body(bytes) {
      report.add("kind", body.kind.rawValue)
      report.add("time", body.time)
      report.add("roster", body.roster.hex)
      if let index = body.warrantIndex { report.add("warrantEntry", index) }
      if let holder = body.holder { report.add("holder", holder.description) }
      report.add("test", body.isTest)
    }
    return report
  }

  private static func line(_ index: UInt64, _ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    var line = "entry \(index)  \(bytes.count) bytes  sha256 \(try digest(bytes).hex)"
    if let body = body(bytes) {
      line += "  \(body.isTest ? "test " : "")\(body.kind.rawValue)"
      if let index = body.warrantIndex { line += " of entry \(index)" }
      if let holder = body.holder { line += " by \(holder)" }
    }
    return line + "\n"
  }

  /// What the entry says, unchecked, if it is one of this library's.
  private static func body(_ bytes: ArraySlice<UInt8>) -> LogEntryBody? {
    let entry = Array(bytes)
    return (try? UnverifiedLogEntry(parsing: entry.span))?.body
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Digest {
    do { return try SHA256.digest(Array(bytes)) } catch { throw Failure(error) }
  }
}
