import LibCrypto

/// Tells the demonstration: as prose of at most 80 columns while it happens, or, when silent, as a report at the end.
final class Narrator {
  private static let width = 80
  private static let indent = 4
  private static let markWidth = 3
  // Where the text beside a label begins.
  private static let column = 26

  private let isSilent: Bool
  private var steps: [Report] = []
  private var current = Report()
  private var refusals: [Report] = []
  private var rates: [Report] = []
  private var number = 0

  init(isSilent: Bool) {
    self.isSilent = isSilent
  }

  // MARK: Prose

  /// A line in capitals that opens a part.
  func heading(_ text: String) throws(Failure) {
    try output("\n\(text.uppercased())\n")
  }

  /// A paragraph outside any step.
  func paragraph(_ text: String) throws(Failure) {
    try output("\n" + Self.wrap(text, indent: 0))
  }

  /// Begins the next step: what happens, and who does it.
  func step(_ title: String, by actors: String) throws(Failure) {
    closeStep()
    number += 1
    current.add("number", number)
    current.add("title", title)
    current.add("actors", actors)
    let front = (number < 10 ? " " : "") + "\(number). \(title) "
    let back = " \(actors)"
    let dots = String(repeating: ".", count: max(3, Self.width - front.count - back.count))
    try output("\n\(front)\(dots)\(back)\n")
  }

  /// A paragraph of the current step. With a mark, it stands beside the mark; an empty mark only indents it.
  func say(_ text: String, mark: String? = nil) throws(Failure) {
    guard let mark else { return try output(Self.wrap(text, indent: Self.indent)) }
    let lines = Self.lines(text, width: Self.width - Self.indent - Self.markWidth)
    for (index, line) in lines.enumerated() {
      let front = Self.padded(index == 0 ? mark : "", to: Self.markWidth)
      try output(String(repeating: " ", count: Self.indent) + front + line + "\n")
    }
  }

  /// One line of the current step: a label and what stands beside it, which may go on below itself.
  func line(_ label: String, _ text: String) throws(Failure) {
    let lines = Self.lines(text, width: Self.width - Self.column)
    let front = String(repeating: " ", count: Self.indent + Self.markWidth) + label
    for (index, line) in lines.enumerated() {
      try output(Self.padded(index == 0 ? front : "", to: Self.column) + line + "\n")
    }
  }

  /// What was checked and held, in words.
  func checked(_ text: String) throws(Failure) {
    try say(text, mark: "ok")
  }

  // MARK: Report

  /// Adds a fact of the current step to the report.
  func fact(_ name: String, _ value: Report.Value) { current.add(name, value) }

  /// An attempt that was refused as it had to be.
  func refused(_ attempt: String, because sentence: String, error: String) {
    var report = Report()
    report.add("attempt", attempt)
    report.add("refused", true)
    report.add("reason", sentence)
    report.add("error", error)
    refusals.append(report)
  }

  /// How fast a stage was.
  func rate(_ stage: String, keys: UInt64, seconds: Double) {
    var report = Report()
    report.add("stage", stage)
    report.add("keys", keys)
    report.add("microseconds", UInt64((seconds * 1e6).rounded()))
    report.add("keysPerSecond", UInt64((Double(keys) / max(seconds, 1e-9)).rounded()))
    rates.append(report)
  }

  /// Everything that was told.
  func report(failure: String?) -> Report {
    closeStep()
    var report = Report()
    report.add("passed", failure == nil)
    if let failure { report.add("failure", failure) }
    report.add("steps", steps)
    report.add("refusals", refusals)
    report.add("rates", rates)
    return report
  }

  private func closeStep() {
    if number > 0 { steps.append(current) }
    current = Report()
  }

  // MARK: Layout

  private func output(_ text: String) throws(Failure) {
    if !isSilent { try Terminal.output(text) }
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(text.isEmpty ? 0 : 1, width - text.count))
  }

  private static func wrap(_ text: String, indent: Int) -> String {
    lines(text, width: width - indent).map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
  }

  private static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension Narrator {
  /// A long number as the story shows it: its first 12 hexadecimal digits.
  static func short(_ digest: Digest) -> String { short(digest.hex) }

  static func short(_ bytes: [UInt8]) -> String { short(Hexadecimal.encode(bytes.span)) }

  static func short(_ hex: String) -> String { hex.prefix(12) + "…" }

  /// `text` with every such number shortened.
  static func shortening(_ text: String) -> String {
    text.replacing(/[0-9a-f]{64}/) { short(String($0.output)) }
  }

  /// 1234567 as 1,234,567.
  static func grouped(_ number: UInt64) -> String {
    var digits = Array(String(number))
    for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
    return String(digits)
  }

  /// The same, with spaces before it up to `width`.
  static func aligned(_ number: UInt64, width: Int) -> String {
    let text = grouped(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func grouped(_ number: Int) -> String { grouped(UInt64(max(0, number))) }
}
