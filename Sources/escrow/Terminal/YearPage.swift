import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// The figures of a year as one HTML page: tables and charts, without script, font or image from anywhere else.
///
/// A log may hold any text, so all of it is escaped.
struct YearPage {
  let figures: YearFigures
  let checkpoint: VerifiedCheckpoint
  /// Whether a roster was given, by which signatures were checked.
  let isVerified: Bool

  /// The page.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Key escrow, \(figures.year)</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <h1>Key escrow in \(figures.year)\(figures.isTest ? " (tests)" : "")</h1>
    <p class="sub">Recomputed from the transparency log <b>\(Self.escaped(checkpoint.checkpoint.origin))</b>.</p>
    \(tiles)
    \(months)
    \(times)
    <h2>Warrants</h2>
    \(warrantTable)
    <h2>Answers</h2>
    \(answerTable)
    \(remarks)
    \(source)
    </body>
    </html>

    """
  }

  // MARK: Numbers

  private var tiles: String {
    let rows = figures.rows
    let answers = rows.flatMap(\.answers.values)
    func sum(_ values: some Sequence<UInt64>) -> UInt64 { values.reduce(0) { $0 &+ $1 } }
    let tiles: [(label: String, value: UInt64, isBad: Bool)] = [
      ("warrants", sum(rows.map(\.warrants)), false),
      ("keys recovered", sum(rows.map(\.recoveredKeys)), false),
      ("releases", sum(answers.map(\.releases)), false),
      ("refusals", sum(answers.map { $0.count - $0.releases }), false),
      ("late answers", sum(answers.map(\.late)), true),
      ("unanswered in time", sum(rows.map(\.unanswered)), true),
      ("overdue unsealings", sum(rows.map(\.overdueUnsealings)), true),
      ("overdue notifications", sum(rows.map(\.overdueNotifications)), true),
    ]
    return "<div class=\"tiles\">"
      + tiles.map { tile in
        "<div class=\"tile\(tile.isBad && tile.value > 0 ? " bad" : "")\">"
          + "<b>\(Self.grouped(tile.value))</b><span>\(tile.label)</span></div>"
      }.joined() + "</div>"
  }

  // MARK: Charts

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Columns: warrants of each month, emergencies on top.
  private var months: String {
    func counts(_ priority: WarrantPriority) -> [UInt64] {
      figures.rows.filter { $0.group.priority == priority }.reduce([UInt64](repeating: 0, count: 12)) {
        zip($0, $1.warrantsByMonth).map { $0 + $1 }
      }
    }
    let (routine, emergency) = (counts(.routine), counts(.emergency))
    let most = zip(routine, emergency).map { $0 + $1 }.max() ?? 0
    guard most > 0 else { return "" }
    let (width, height, left, bottom) = (720.0, 220.0, 44.0, 190.0)
    let axis = Self.axis(most)
    let scale = (bottom - 16) / Double(axis.last ?? 1)
    let step = (width - left) / 12
    var svg = axis.map { value in
      let y = bottom - Double(value) * scale
      return
        "<line class=\"grid\" x1=\"\(left)\" x2=\"\(width)\" y1=\"\(Self.number(y))\" y2=\"\(Self.number(y))\"/>"
        + Self.label(Self.grouped(value), x: left - 6, y: y + 4, anchor: "end")
    }.joined()
    for month in 0..<12 {
      let x = left + step * (Double(month) + 0.2)
      let lower = Double(routine[month]) * scale
      let upper = Double(emergency[month]) * scale
      let name = Self.monthNames[month]
      // A gap parts the two colours for those who cannot tell them apart.
      let gap = lower > 0 && upper > 0 ? min(2, upper / 2) : 0
      svg += Self.bar(
        x: x, y: bottom - lower, width: step * 0.6, height: lower, "routine",
        "\(name): \(routine[month]) routine")
      svg += Self.bar(
        x: x, y: bottom - lower - upper, width: step * 0.6, height: upper - gap, "emergency",
        "\(name): \(emergency[month]) emergency")
      svg += Self.label(name, x: x + step * 0.3, y: bottom + 18, anchor: "middle")
    }
    return """
      <h2>Warrants by month</h2>
      <p class="legend"><i class="routine"></i>routine <i class="emergency"></i>emergency</p>
      \(Self.chart(svg, width: width, height: height, name: "Warrants by month and priority"))
      """
  }

  /// A row for everybody who answered: median and longest time, as a share of the time that is allowed.
  private var times: String {
    let rows = figures.rows.flatMap { row in
      Role.allCases.compactMap { role in
        row.answers[role].map { (group: row.group, role: role, answers: $0) }
      }
    }
    guard !rows.isEmpty else { return "" }
    func share(_ seconds: Int64?, _ group: YearFigures.Group) -> Double {
      Double(seconds ?? 0) / Double(group.priority.secondsToAnswer)
    }
    let worst = rows.map { share($0.answers.worstSeconds, $0.group) }.max() ?? 0
    // What is far beyond the time allowed is cut at three times of it, and its number says how far.
    let end = min(max(worst * 1.05, 1.2), 3)
    let (width, left, right, line) = (720.0, 250.0, 80.0, 26.0)
    let scale = (width - left - right) / end
    let height = Double(rows.count) * line + 34
    let limit = Self.number(left + scale)
    var svg = ""
    for (index, row) in rows.enumerated() {
      let y = 24 + Double(index) * line
      let (median, most) = (row.answers.medianSeconds, row.answers.worstSeconds)
      let (m, w) = (min(share(median, row.group), end), min(share(most, row.group), end))
      let name = "\(YearReport.jurisdiction(row.group)), \(row.role.rawValue), \(row.group.priority.rawValue)"
      let times = "median \(YearReport.duration(median ?? 0)), longest \(YearReport.duration(most ?? 0))"
      let shown = name.count > 38 ? name.prefix(37) + "…" : name[...]
      svg += Self.label(Self.escaped(String(shown)), x: left - 8, y: y + 11, anchor: "end")
      svg += "<g><title>\(Self.escaped(name)): \(times)</title>"
      svg +=
        "<line class=\"reach\" x1=\"\(Self.number(left))\" x2=\"\(Self.number(left + max(w * scale, 1)))\""
        + " y1=\"\(Self.number(y + 7))\" y2=\"\(Self.number(y + 7))\"/>"
      svg += Self.bar(
        x: left, y: y, width: max(m * scale, 2), height: 14, row.group.priority.rawValue, "")
      svg += "</g>"
      svg += Self.label(
        YearReport.duration(most ?? 0), x: left + max(w * scale, 1) + 6, y: y + 11, anchor: "start")
    }
    svg +=
      "<line class=\"limit\" x1=\"\(limit)\" x2=\"\(limit)\" y1=\"18\" y2=\"\(Self.number(height - 8))\"/>"
      + Self.label("time allowed", x: left + scale, y: 12, anchor: "middle")
    return """
      <h2>Time to answer</h2>
      <p class="legend">Bars end at the median, lines at the longest, as shares of the time allowed: 10 days for \
      <i class="routine"></i>routine warrants, 8 hours for <i class="emergency"></i>emergencies.</p>
      \(Self.chart(svg, width: width, height: height, name: "Median and longest time to answer"))
      """
  }

  private static func chart(_ content: String, width: Double, height: Double, name: String) -> String {
    "<svg viewBox=\"0 0 \(number(width)) \(number(height))\" role=\"img\" aria-label=\"\(name)\">\(content)</svg>"
  }

  private static func bar(
    x: Double, y: Double, width: Double, height: Double, _ kind: String, _ title: String
  ) -> String {
    guard height > 0 else { return "" }
    let label = title.isEmpty ? "" : "<title>\(escaped(title))</title>"
    return "<rect class=\"\(kind)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\""
      + " height=\"\(number(height))\" rx=\"1.5\">\(label)</rect>"
  }

  /// `text` is escaped already.
  private static func label(_ text: String, x: Double, y: Double, anchor: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(text)</text>"
  }

  /// Up to five round values from 0 to at least `most`.
  private static func axis(_ most: UInt64) -> [UInt64] {
    var step: UInt64 = 1
    while step * 4 < most {
      let digits = String(step)
      // 1, 2, 5, 10, 20, …
      let (factor, overflow) = step.multipliedReportingOverflow(by: digits.hasPrefix("2") ? 5 : 2)
      step = digits.hasPrefix("2") ? factor / 2 : factor
      if overflow { return [0, most] }
    }
    let last = (most + step - 1) / step
    return (0...last).map { $0 * step }
  }

  // MARK: Tables

  private var warrantTable: String {
    Self.table(
      [
        "Jurisdiction", "Priority", "Warrants", "Keys allowed", "Recovered", "Revoked", "Unanswered in time",
        "Unsealing overdue", "Notification overdue",
      ], texts: 2,
      figures.rows.map { row in
        [YearReport.jurisdiction(row.group), row.group.priority.rawValue]
          + [
            row.warrants, row.maximumKeys, row.recoveredKeys, row.revoked, row.unanswered,
            row.overdueUnsealings,
            row.overdueNotifications,
          ].map(Self.grouped)
      })
  }

  private var answerTable: String {
    let rows = figures.rows.flatMap { row in
      Role.allCases.compactMap { role -> [String]? in
        guard let answers = row.answers[role] else { return nil }
        return [
          YearReport.jurisdiction(row.group), row.group.priority.rawValue, role.rawValue,
          YearReport.words(answers.refusals), Self.grouped(answers.releases), Self.grouped(answers.keys),
          answers.medianSeconds.map(YearReport.duration) ?? "–",
          answers.worstSeconds.map(YearReport.duration) ?? "–", Self.grouped(answers.late),
        ]
      }
    }
    return Self.table(
      [
        "Jurisdiction", "Priority", "Role", "Refusals by ground", "Releases", "Keys", "Median time",
        "Longest time",
        "Late",
      ], texts: 4, rows)
  }

  /// A table whose first columns are text.
  private static func table(_ headings: [String], texts: Int, _ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "<p>None.</p>" }
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, cell in
        "<\(tag)\(column < texts ? "" : " class=\"n\"")>\(escaped(cell))</\(tag)>"
      }.joined()
    }
    return "<div class=\"wide\"><table><thead><tr>\(cells(headings, "th"))</tr></thead><tbody>"
      + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n") + "</tbody></table></div>"
  }

  // MARK: Words

  private var remarks: String {
    let remarks = YearReport(figures: figures).remarks
    guard !remarks.isEmpty else { return "" }
    return "<h2>Remarks</h2><ul>" + remarks.map { "<li>\(Self.escaped($0))</li>" }.joined() + "</ul>"
  }

  private var source: String {
    let root = checkpoint.checkpoint.root.hex
    let signatures =
      isVerified
      ? "Every signature was checked by the holders' roster."
      : "No roster was given: holders were taken at their word, and only the log's own signature was checked."
    return """
      <footer>
      <p>Counted at \(figures.now) from the \(Self.grouped(checkpoint.checkpoint.size)) entries under the root \
      <code>\(root)</code>, signed by <code>\(Self.escaped(checkpoint.log.key.vkey))</code>. \(signatures)</p>
      <p>Warrants belong to the year in which they were logged, and whatever is about them to the warrants. To recompute: \
      <code>escrow log stats --year \(figures.year)\(figures.isTest ? " --test" : "") LOGDIR</code>.</p>
      </footer>
      """
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in Terminal.printable(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate with one decimal.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// Groups of three digits, with spaces that do not break.
  private static func grouped(_ value: UInt64) -> String {
    let digits = Array(String(value))
    return digits.enumerated().reduce(into: "") { result, digit in
      if digit.offset > 0, (digits.count - digit.offset).isMultiple(of: 3) { result += "\u{202F}" }
      result.append(digit.element)
    }
  }

  private static let style = """
    :root{--text:#1c1c1a;--soft:#5d5c57;--line:#dcdad3;--back:#fcfcfa;--tile:#f2f1ec;--routine:#2f6fb3;\
    --emergency:#d9722e;--bad:#b3261e;color-scheme:light dark}
    @media (prefers-color-scheme:dark){:root{--text:#ecebe6;--soft:#a9a79f;--line:#3b3a36;--back:#191917;\
    --tile:#242421;--routine:#5b9ade;--emergency:#e8894a;--bad:#ff8a80}}
    body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back);max-width:60rem;\
    margin:2rem auto;padding:0 1rem}
    h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem}.sub{color:var(--soft);margin:.2rem 0 1.4rem}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem}
    .tile{background:var(--tile);border-radius:6px;padding:.7rem .9rem}.tile b{display:block;font-size:1.6rem;\
    font-weight:600;line-height:1.2}.tile span{color:var(--soft);font-size:.86rem}.bad b{color:var(--bad)}
    svg{display:block;width:100%;height:auto;margin:.4rem 0}svg text{font-size:12px;fill:var(--soft)}
    .grid{stroke:var(--line)}.limit{stroke:var(--bad);stroke-dasharray:4 3}.reach{stroke:var(--soft);stroke-width:2}
    rect.routine{fill:var(--routine)}rect.emergency{fill:var(--emergency)}
    .legend{color:var(--soft);margin:.2rem 0;font-size:.9rem}.legend i{display:inline-block;width:.75em;height:.75em;\
    border-radius:2px;margin:0 .35em 0 .6em}.legend i:first-child{margin-left:0}
    i.routine{background:var(--routine)}i.emergency{background:var(--emergency)}
    .wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
    th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top}
    th{color:var(--soft);font-weight:500}.n{text-align:right;font-variant-numeric:tabular-nums}
    footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem}code{overflow-wrap:anywhere}
    """
}
