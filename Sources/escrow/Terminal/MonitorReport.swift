import LibCrypto
import TransparencyLog

/// What `log monitor` prints: the checkpoint, and one line for each new entry, written as they are read, so that a long
/// log needs no memory.
struct MonitorReport {
  private let view: LogMonitor.View
  private let witnessed: WitnessedCheckpoint?

  init(_ view: LogMonitor.View, witnessed: WitnessedCheckpoint?) {
    self.view = view
    self.witnessed = witnessed
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
    if json {
      // One object on one line, like every report.
      try Terminal.output("\(head.json.dropLast()),\"entries\":[")
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
    return report
  }

  private static func line(_ index: UInt64, _ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    "entry \(index)  \(bytes.count) bytes  sha256 \(try digest(bytes).hex)\n"
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Digest {
    do { return try SHA256.digest(Array(bytes)) } catch { throw Failure(error) }
  }
}
