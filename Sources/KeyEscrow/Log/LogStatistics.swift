import LibCrypto
import SecretSharing

/// Recomputes from the entries of a log what the escrow did in a year, as anybody can.
///
/// Every entry of the log is added, in its order. A warrant belongs to the year in which it was logged, and whatever is
/// about it (answers, revocation, recovery, unsealing) belongs to the warrant: so each figure is of one set of warrants,
/// and those of a past year change only when something about them happens late. Time to answer runs from when the
/// warrant was logged or came into force, whichever is later.
///
/// Memory grows with the warrants that were logged, not with the other entries.
public struct LogStatistics: Sendable {
  private struct Logged: Sendable {
    let entry: WarrantEntry
    var isRevoked = false
    var isUnsealed = false
    var isNotified = false
    var recoveredKeys: UInt64 = 0
    var answers: [HolderID: Answer] = [:]

    /// When the time to answer begins.
    var start: Timestamp { max(entry.logged, entry.notBefore) }
  }

  private struct Answer: Sendable {
    let digest: Digest
    let outcome: AnswerEntry.Outcome
    let answered: Timestamp
  }

  private struct Refused: Sendable, Hashable {
    let answer: Digest
    let holder: HolderID
    let ground: RefusalGround
    let answered: Timestamp
  }

  private let roster: Roster?
  private let isTest: Bool
  private var warrants: [UInt64: Logged] = [:]
  private var unlogged: Set<Refused> = []
  private var entriesLeftOut: [UInt64] = []
  private var contradictions: [UInt64] = []

  /// - Parameters:
  ///   - roster: the newest roster of the log's holders. With it every signature is checked and entries under other
  ///     rosters are left out; without it they are taken at their word.
  ///   - isTest: whether to count tests in place of what is real.
  public init(roster: Roster?, isTest: Bool = false) {
    self.roster = roster
    self.isTest = isTest
  }

  /// Takes in entry `index`, one after the other. What is not an entry of this library's is passed over.
  public mutating func add(_ bytes: Span<UInt8>, at index: UInt64) throws(EscrowError) {
    guard let entry = try? UnverifiedLogEntry(parsing: bytes) else { return }
    guard entry.body.isTest == isTest else { return }
    if let roster {
      do { _ = try entry.verified(by: roster) } catch {
        entriesLeftOut.append(index)
        return
      }
    }
    switch entry.body {
    case .roster, .deposits: return
    case .warrant(let body): warrants[index] = Logged(entry: body)
    case .answer(let body): add(body, at: index)
    default:
      guard let about = entry.body.warrantIndex, try add(entry.body, about: about) else {
        entriesLeftOut.append(index)
        return
      }
    }
  }

  private mutating func add(_ body: AnswerEntry, at index: UInt64) {
    guard let about = body.warrantIndex else {
      if case .refused(let ground) = body.outcome {
        unlogged.insert(
          Refused(answer: body.answer, holder: body.holder, ground: ground, answered: body.answered))
      }
      return
    }
    guard var logged = warrants[about], logged.entry.roster == body.roster,
      logged.entry.priority == body.priority
    else {
      entriesLeftOut.append(index)
      return
    }
    if let earlier = logged.answers[body.holder] {
      // The same answer may be logged again; another one is one too many.
      if earlier.digest != body.answer { contradictions.append(index) }
      return
    }
    logged.answers[body.holder] = Answer(
      digest: body.answer, outcome: body.outcome, answered: body.answered)
    warrants[about] = logged
  }

  /// Whether `body` is about the warrant whose entry is `about`.
  private mutating func add(_ body: LogEntryBody, about: UInt64) throws(EscrowError) -> Bool {
    guard var logged = warrants[about], logged.entry.roster == body.roster else { return false }
    switch body {
    case .revocation: logged.isRevoked = true
    case .recovery(let entry):
      guard entry.holder == logged.entry.recipient else { return false }
      logged.recoveredKeys = max(logged.recoveredKeys, entry.keys)
    case .unsealing(let entry):
      guard try entry.opens(logged.entry) else { return false }
      logged.isUnsealed = true
      logged.isNotified = logged.isNotified || entry.notified != nil
    default: return false
    }
    warrants[about] = logged
    return true
  }

  // MARK: Results

  /// The entries of warrants, in the order of the log, that were to be unsealed before `now` and are not.
  public func overdueUnsealings(now: Timestamp) -> [(index: UInt64, unsealAfter: Timestamp)] {
    warrants.compactMap { index, logged in
      guard let time = logged.entry.unsealAfter, time < now, !logged.isUnsealed else { return nil }
      return (index: index, unsealAfter: time)
    }.sorted { $0.index < $1.index }
  }

  /// The figures of `year`; what is overdue is so at `now`.
  public func figures(of year: Int, now: Timestamp) -> YearFigures {
    var rows: [YearFigures.Group: YearFigures.Row] = [:]
    for logged in warrants.values where logged.entry.logged.year == year {
      let group = YearFigures.Group(
        jurisdiction: logged.entry.jurisdiction, priority: logged.entry.priority)
      var row = rows[group] ?? YearFigures.Row(group: group)
      Self.count(logged, in: &row, now: now)
      rows[group] = row
    }
    for group in rows.keys {
      for role in Role.allCases { rows[group]?.answers[role]?.seconds.sort() }
    }
    var figures = YearFigures(year: year, isTest: isTest, now: now)
    figures.rows = rows.values.sorted { Self.order($0.group) < Self.order($1.group) }
    for refused in unlogged where refused.answered.year == year {
      figures.unloggedRefusals[refused.holder.role, default: [:]][refused.ground, default: 0] += 1
    }
    figures.entriesLeftOut = entriesLeftOut
    figures.contradictions = contradictions
    return figures
  }

  private static func count(_ logged: Logged, in row: inout YearFigures.Row, now: Timestamp) {
    let entry = logged.entry
    row.warrants += 1
    row.warrantsByMonth[entry.logged.monthNumber - 1] += 1
    row.maximumKeys = row.maximumKeys.adding(entry.maximumKeys)
    row.recoveredKeys = row.recoveredKeys.adding(logged.recoveredKeys)
    if logged.isRevoked { row.revoked += 1 }
    let allowed = entry.priority.secondsToAnswer
    if logged.answers.isEmpty, !logged.isRevoked, now > logged.start.adding(seconds: allowed) {
      row.unanswered += 1
    }
    if let time = entry.unsealAfter, time < now, !logged.isUnsealed { row.overdueUnsealings += 1 }
    if let time = entry.notifyBy, time < now, !logged.isNotified { row.overdueNotifications += 1 }
    for (holder, answer) in logged.answers {
      var answers = row.answers[holder.role] ?? YearFigures.Answers()
      switch answer.outcome {
      case .released(let keys):
        answers.releases += 1
        answers.keys = answers.keys.adding(keys)
      case .refused(let ground): answers.refusals[ground, default: 0] += 1
      }
      let seconds = max(0, answer.answered.secondsSince1970 - logged.start.secondsSince1970)
      answers.seconds.append(seconds)
      if seconds > allowed { answers.late += 1 }
      row.answers[holder.role] = answers
    }
  }

  // Those that name no jurisdiction come last.
  private static func order(_ group: YearFigures.Group) -> (Int, String, String) {
    (group.jurisdiction == nil ? 1 : 0, group.jurisdiction ?? "", group.priority.rawValue)
  }
}

extension Timestamp {
  /// The calendar year in UTC.
  var year: Int { Int(description.prefix(4)) ?? 0 }

  /// The calendar month in UTC, 1 to 12.
  var monthNumber: Int { Int(description.dropFirst(5).prefix(2)) ?? 1 }
}

extension UInt64 {
  /// The sum, or the largest number there is: an entry may say anything.
  fileprivate func adding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
