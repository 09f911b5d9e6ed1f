import KeyEscrow
import SecretSharing

/// The figures of a year as `log stats` prints them.
struct YearReport {
  let figures: YearFigures

  // MARK: JSON

  /// Every figure, under the name it has in `Spec/log.md`.
  func add(to report: inout Report) {
    report.add("year", UInt64(figures.year))
    report.add("test", figures.isTest)
    report.add("counted", figures.now)
    report.add("groups", figures.rows.map(Self.report))
    report.add("unloggedRefusals", unlogged)
    report.add("contradictions", .list(figures.contradictions.map { .number($0) }))
    report.add("entriesLeftOut", .list(figures.entriesLeftOut.map { .number($0) }))
  }

  private var unlogged: [Report] {
    Role.allCases.compactMap { role in
      guard let grounds = figures.unloggedRefusals[role] else { return nil }
      var report = Report()
      report.add("role", role.rawValue)
      report.add("refusals", Self.grounds(grounds))
      return report
    }
  }

  private static func report(_ row: YearFigures.Row) -> Report {
    var report = Report()
    if let jurisdiction = row.group.jurisdiction { report.add("jurisdiction", jurisdiction) }
    report.add("priority", row.group.priority.rawValue)
    report.add("warrants", row.warrants)
    report.add("warrantsByMonth", .list(row.warrantsByMonth.map { .number($0) }))
    report.add("maximumKeys", row.maximumKeys)
    report.add("recoveredKeys", row.recoveredKeys)
    report.add("revoked", row.revoked)
    report.add("unanswered", row.unanswered)
    report.add("overdueUnsealings", row.overdueUnsealings)
    report.add("overdueNotifications", row.overdueNotifications)
    report.add(
      "roles", Role.allCases.compactMap { role in row.answers[role].map { Self.report($0, of: role) } })
    return report
  }

  private static func report(_ answers: YearFigures.Answers, of role: Role) -> Report {
    var report = Report()
    report.add("role", role.rawValue)
    report.add("releases", answers.releases)
    report.add("keys", answers.keys)
    report.add("refusals", grounds(answers.refusals))
    if let seconds = answers.medianSeconds { report.add("medianSeconds", UInt64(seconds)) }
    if let seconds = answers.worstSeconds { report.add("worstSeconds", UInt64(seconds)) }
    report.add("late", answers.late)
    return report
  }

  private static func grounds(_ grounds: [RefusalGround: UInt64]) -> Report.Value {
    var report = Report()
    for ground in RefusalGround.allCases {
      if let count = grounds[ground] { report.add(ground.rawValue, count) }
    }
    return .group(report)
  }

  // MARK: Text

  /// Two tables: the warrants, and the answers to them.
  var lines: [String] {
    guard !figures.rows.isEmpty else { return ["no warrants were logged in \(figures.year)"] }
    var warrants = TextTable([
      "jurisdiction", "priority", "warrants", "keys allowed", "recovered", "revoked", "unanswered",
      "unsealing overdue", "notification overdue",
    ])
    var answers = TextTable([
      "jurisdiction", "priority", "role", "releases", "keys", "refusals", "median", "worst", "late",
    ])
    for row in figures.rows {
      let group = [Self.jurisdiction(row.group), row.group.priority.rawValue]
      warrants.add(
        group
          + [
            row.warrants, row.maximumKeys, row.recoveredKeys, row.revoked, row.unanswered,
            row.overdueUnsealings,
            row.overdueNotifications,
          ].map { String($0) })
      for role in Role.allCases {
        guard let found = row.answers[role] else { continue }
        answers.add(
          group + [role.rawValue, String(found.releases), String(found.keys), Self.words(found.refusals)]
            + [found.medianSeconds, found.worstSeconds].map { $0.map(Self.duration) ?? "-" }
            + [String(found.late)])
      }
    }
    var lines = warrants.lines
    if !answers.isEmpty { lines += [""] + answers.lines }
    return lines + remarks.map { "\n\($0)" }
  }

  /// What does not fit into a table.
  var remarks: [String] {
    var remarks: [String] = []
    for role in Role.allCases {
      guard let grounds = figures.unloggedRefusals[role] else { continue }
      remarks.append("\(role.rawValue): refused warrants that were not in the log: \(Self.words(grounds))")
    }
    if !figures.contradictions.isEmpty {
      remarks.append("a holder answered one warrant in two ways: \(Self.entries(figures.contradictions))")
    }
    if !figures.entriesLeftOut.isEmpty {
      remarks.append(
        "left out, with a wrong signature or opening, or about no warrant's entry: \(Self.entries(figures.entriesLeftOut))"
      )
    }
    return remarks
  }

  private static func entries(_ indices: [UInt64]) -> String {
    let shown = indices.prefix(20).map { String($0) }.joined(separator: ", ")
    return "\(indices.count == 1 ? "entry" : "entries") \(shown)"
      + (indices.count > 20 ? " and \(indices.count - 20) more" : "")
  }

  static func jurisdiction(_ group: YearFigures.Group) -> String { group.jurisdiction ?? "(none named)" }

  /// `cap 1, other 2`, or 0.
  static func words(_ grounds: [RefusalGround: UInt64]) -> String {
    let words = RefusalGround.allCases.compactMap { ground in
      grounds[ground].map { "\(ground.rawValue) \($0)" }
    }
    return words.isEmpty ? "0" : words.joined(separator: ", ")
  }

  /// `3 d 4 h`, `5 h 0 min`, `2 min`, `40 s`: the two largest units.
  static func duration(_ seconds: Int64) -> String {
    switch seconds {
    case 86_400...: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
    case 3600...: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    case 60...: "\(seconds / 60) min"
    default: "\(seconds) s"
    }
  }
}
