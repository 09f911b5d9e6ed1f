import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

/// A plan as people review it: the script that will run, who may open, and what to think about; at most 80 columns.
struct PlanText {
  private let plan: CeremonyPlan
  private let listed: Int

  init(_ plan: CeremonyPlan, listed: Int) {
    self.plan = plan
    self.listed = listed
  }

  var text: String {
    (header + participants + steps + sets + warnings).map { Terminal.printable($0) + "\n" }.joined()
  }

  private static func labelled(_ label: String, _ text: String) -> [String] {
    CeremonyScreen.wrap(text, width: 80 - 14).enumerated().map { index, line in
      let front = index == 0 ? label : ""
      return front + String(repeating: " ", count: 14 - front.count) + line
    }
  }

  private var header: [String] {
    let words = CeremonyScreen.wordRows(of: plan.digest)
    return Self.labelled("ceremony", plan.title) + Self.labelled("location", plan.location)
      + Self.labelled("plan", "\(plan.digest.hex)\n\(words.joined(separator: "\n"))")
      + Self.labelled("policy", plan.policy.description)
      + Self.labelled("keys", plan.keyLimits)
      + Self.labelled("sealing keys", "last \(plan.sealingDays) days")
      + Self.labelled(
        "deposits by", plan.depositors == .client ? "the members' devices" : "the provider's server")
      + Self.labelled("for tests", plan.isTest ? "yes" : "no")
      + Self.labelled("log", plan.log.map { "\($0.identity.origin)\n\($0.identity.key.vkey)" } ?? "none")
  }

  private var participants: [String] {
    var lines = ["", "PARTICIPANTS"]
    for actor in plan.actors {
      lines += Self.labelled("", plan.introduction(of: actor))
      guard let backup = actor.holder.flatMap({ plan.holder($0) })?.backup else { continue }
      for group in backup.groups {
        lines += Self.labelled(
          "", "  backup: \(group.threshold) of \(group.officers.joined(separator: ", "))")
      }
      if backup.groups.count > 1 {
        lines += Self.labelled("", "  backup: \(backup.groupThreshold) of these groups")
      }
    }
    return lines
  }

  private var steps: [String] {
    var lines = ["", "SCRIPT"]
    for step in plan.script {
      let number = String(step.number)
      lines.append("\(String(repeating: " ", count: max(0, 3 - number.count)))\(number). \(step.title)")
      lines.append("       leaves the room: \(step.fileName)")
      if let kept = step.kind.staysInTheRoom { lines.append("       stays in the room: \(kept)") }
    }
    let rooms = Set(plan.actors.compactMap { plan.participant($0).room })
    lines +=
      [""]
      + CeremonyScreen.wrap(
        "At the end everybody signs the transcript of these steps."
          + (rooms.count > 1 ? " There are \(rooms.count) rooms: each runs with --as, and files cross." : ""),
        width: 80)
    return lines
  }

  private var sets: [String] {
    let count = plan.policy.minimalAuthorizedSetCount
    var lines = ["", "WHO TOGETHER MAY OPEN"]
    for set in plan.policy.minimalAuthorizedSets(limit: listed) {
      lines += CeremonyScreen.wrap(Words.list(set), width: 74).map { "      \($0)" }
    }
    if count > listed { lines.append("      and \(count - listed) more sets") }
    return lines
  }

  private var warnings: [String] {
    var lines = ["", "WARNINGS"]
    for warning in plan.warnings {
      for (index, line) in CeremonyScreen.wrap(warning.sentence, width: 74).enumerated() {
        lines.append((index == 0 ? "    - " : "      ") + line)
      }
    }
    return plan.warnings.isEmpty ? lines + ["    none"] : lines
  }
}

extension CeremonyStep.Kind {
  /// What the step makes that must not leave; nil for nothing.
  fileprivate var staysInTheRoom: String? {
    switch self {
    case .keys: "the private keys"
    case .backup: "the sheets, until their officers take them"
    case .warrant: "the one-time key of the drill"
    default: nil
    }
  }
}

extension PlanWarning {
  /// What it means, and what to do.
  var sentence: String {
    switch self {
    case .test: "The roster will be for tests only: it opens no real deposit."
    case .unwitnessed:
      "The log's witnesses are not independent: it is a journal, and no protection against split views."
    case .singlePointOfLoss(let id):
      "\(id) is in every set and has no backup: if its keys are lost, nothing opens any more. Give it officers."
    case .mandatory(let id):
      "\(id) is in every set: if its keys and too many of its officers are lost, nothing opens any more."
    case .judgeAlone(let set):
      "One judge is enough: \(Words.list(set)) together open. Two judges are recommended."
    case .noBackup(let id): "\(id) has no backup: lost keys are lost. Give it officers."
    case .soleOfficer(let id, let officer):
      "\(officer) alone can restore the keys of \(id). Ask for two officers."
    case .everyOfficerNeeded(let id):
      "Every officer of a group of \(id) is needed: one lost sheet, and the backup is lost. Name one more."
    case .samePerson(let person, let places):
      "\(person) stands in \(places.count) places: \(places.joined(separator: ", "))."
    case .noLimit(let name): "There is no limit \(name)."
    case .longLivedKeys(let days):
      "Sealing keys last \(days) days; stolen, they open all that was deposited to them. A year is enough."
    }
  }
}
