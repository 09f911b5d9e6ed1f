import ArgumentParser
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

struct ReceiptVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract:
      "Say what was asked under a warrant, by whom, when, and what was answered, and check every signature.",
    discussion: """
      Needs the documents alone: no store, no secret key. The roster is believed because all its holders signed it; \
      give --roster-id when you know it from elsewhere, and --vkey when you know the log's key. With --log it also \
      looks for revocations, and for the entries of the answers.
      """)

  @OptionGroup var options: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(help: ArgumentHelp("The roster's id, as you know it: 64 hexadecimal digits.", valueName: "HEX"))
  var rosterID: String?

  @Option(
    help: ArgumentHelp(
      "The log's verifier key as you know it, or a file that holds it: the roster must name it.",
      valueName: "VKEY"))
  var vkey: String?

  @Option(help: ArgumentHelp("The log's directory, or a copy of it.", valueName: "LOGDIR"))
  var log: String?

  @Argument(help: ArgumentHelp("Releases and refusals.", valueName: "FILE"))
  var files: [String] = []

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try options.roster.load()
    try requireKnown(roster)
    let name = options.name
    let read = try WarrantFile.read(options.warrant)
    let proof = try proof.load(beside: options.warrant, roster: roster)
    let warrant = try WarrantFile.verifyForRecovery(read, name: name, roster: roster, proof: proof)
    let logged = try proof.map { proof in
      try locating(self.proof.path(beside: options.warrant) ?? name) { try proof.verified(for: warrant) }
    }
    let answers = try Answers(files, for: warrant)
    var faults = answers.faults + (try answers.releases.flatMap { try $0.alteredChunks() }).map(\.sentence)

    var report = Report(read)
    report.add("signedBy", try read.signers(roster: roster).sorted().map(\.description))
    report.add("judges", warrant.judges.sorted().map(\.description))
    report.add("rosterSignedBy", roster.holders.map(\.id.description))
    if let logged { Self.add(logged, &report) }
    report.add("answers", Self.answers(answers))
    report.add("policyMet", roster.policy.isSatisfied(by: Set(answers.releases.map(\.body.holder))))
    if let log, let logged, let named = roster.body.log {
      let trail = try ReceiptTrail(
        log: try LocalLog(log), identity: named.identity, roster: roster, logged: logged,
        answers: answers.notes)
      trail.add(to: &report)
      faults += trail.faults
    }
    report.add("faults", faults)
    for fault in faults { Terminal.note(fault) }
    try report.print(json: self.report.json)
    if !faults.isEmpty { throw Failure(.verificationFailed) }
  }

  private func requireKnown(_ roster: Roster) throws {
    if let rosterID {
      let ids = ([roster] + roster.ancestors).map(\.id.hex)
      guard ids.contains(rosterID) else {
        throw Failure.verification("\(options.roster.roster): is roster \(roster.id), not \(rosterID)")
      }
    }
    guard let vkey else { return }
    let key = try NoteVerifierKey.given(vkey)
    guard roster.body.log?.identity.key == key else {
      throw Failure.verification("\(options.roster.roster): names another log than the one of this key")
    }
  }

  private static func add(_ logged: LoggedWarrant, _ report: inout Report) {
    let checkpoint = logged.logged.checkpoint
    report.add("log", checkpoint.checkpoint.origin)
    report.add("logVkey", checkpoint.signed.log.key.vkey)
    report.add("logIndex", logged.index)
    report.add("logSize", checkpoint.checkpoint.size)
    report.add("logged", logged.entry.logged)
    report.add(checkpoint)
  }

  private static func answers(_ answers: Answers) -> [Report] {
    let releases = answers.releases.map { release in
      var report = Report()
      report.add("holder", release.body.holder.description)
      report.add("answer", "released")
      report.add("answered", release.body.answered)
      report.add("keys", release.body.keys)
      report.add("records", release.body.records)
      report.add("checked", release.body.checked)
      return report
    }
    return releases
      + answers.refusals.map { refusal in
        var report = Report()
        report.add("holder", refusal.holder.description)
        report.add("answer", "refused")
        report.add("answered", refusal.answered)
        report.add("ground", refusal.ground.rawValue)
        report.add("reason", refusal.reason)
        return report
      }
  }
}
