import LibCrypto
import ArgumentParser
import KeyEscrow
import SecretSharing

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say who answered a warrant, who is late, and whether the releases suffice.",
    discussion: "Exits 4 until the releases satisfy the access policy.")

  @OptionGroup var options: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Argument(help: ArgumentHelp("Releases and refusals.", valueName: "FILE"))
  var files: [String] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.verifyForRecovery(
      try WarrantFile.read(options.warrant), name: options.name, roster: roster,
      proof: try proof.load(beside: options.warrant, roster: roster))
    let answers = try Answers(files, for: warrant)
    let faults = answers.faults + (try answers.releases.flatMap { try $0.alteredChunks() }).map(\.sentence)
    for fault in faults { Terminal.note(fault) }
    let now = try Timestamp.now()
    let due = warrant.body.notBefore.adding(seconds: warrant.body.priority.secondsToAnswer)
    let isMet = roster.policy.isSatisfied(by: Set(answers.releases.map(\.body.holder)))
    var report = Report()
    report.add("warrant", warrant.digest.hex)
    report.add("priority", warrant.body.priority.rawValue)
    if let index = warrant.logIndex { report.add("logIndex", index) }
    report.add("due", due)
    report.add("holders", roster.holders.map { Self.state(of: $0.id, answers, due: due, now: now) })
    report.add("policy", roster.policy.description)
    report.add("policyMet", isMet)
    report.add("faults", faults)
    try report.print(json: self.report.json)
    if !faults.isEmpty { throw Failure(.verificationFailed) }
    if !isMet { throw Failure(.quorumNotReached) }
  }

  private static func state(
    of holder: HolderID, _ answers: Answers, due: Timestamp, now: Timestamp
  ) -> Report {
    var report = Report()
    report.add("id", holder.description)
    if let release = answers.releases.first(where: { $0.body.holder == holder }) {
      report.add("answer", "released")
      report.add("answered", release.body.answered)
      report.add("late", release.body.answered > due)
      report.add("passedOver", release.body.passedOver)
    } else if let refusal = answers.refusals.first(where: { $0.holder == holder }) {
      report.add("answer", "refused")
      report.add("ground", refusal.ground.rawValue)
      report.add("reason", refusal.reason)
      report.add("answered", refusal.answered)
      report.add("late", refusal.answered > due)
    } else {
      report.add("answer", "none")
      report.add("late", now > due)
    }
    return report
  }
}
