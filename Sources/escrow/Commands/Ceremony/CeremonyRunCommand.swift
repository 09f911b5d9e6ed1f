import ArgumentParser
import Foundation
import KeyEscrow
import LibCrypto

struct CeremonyRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Go through a ceremony, step by step, on one machine or on several.",
    discussion: """
      Each step leaves one file in D/exchange. What is there is verified and kept, so that a run that was interrupted \
      goes on when it is run again. With --as, only that participant's steps are done here: carry the files in \
      D/exchange to the other machines, put theirs beside them, and run again. Exit code 4 says that files of others \
      are missing. With --qr, what was made here is shown as QR codes too, and written as pictures to D/qr: the other \
      machine scans them into `ceremony receive`.
      """)

  @Argument(help: ArgumentHelp("The plan.", valueName: "ceremony.yaml"))
  var plan: String

  @Option(help: ArgumentHelp("Where this machine keeps its part; made when it is not there.", valueName: "D"))
  var directory: String?

  @Flag(help: "Rehearse: every step, with keys that serve for nothing; without --directory, nothing is kept.")
  var dryRun = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Do only this participant's steps here: a holder's id, or witness.", valueName: "HOLDER"),
    transform: ArgumentText.actor)
  var actor: CeremonyActor?

  @Flag(help: "Show what was made here as QR codes, and write them as pictures to D/qr.")
  var qr = false

  @Flag(help: "Ask nobody; --answers answers.")
  var nonInteractive = false

  @Option(help: ArgumentHelp("What is answered in place of people.", valueName: "answers.yaml"))
  var answers: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard directory != nil || dryRun else { throw ValidationError("Give --directory, or --dry-run.") }
    guard !qr || directory != nil else { throw ValidationError("--qr goes with --directory.") }
    guard nonInteractive == (answers != nil) else {
      throw ValidationError("--non-interactive and --answers go together.")
    }
    guard !passphrase.source.isGiven || actor != nil else {
      throw ValidationError("A passphrase is one participant's; say whose with --as.")
    }
    guard !passphrase.source.isGiven || answers == nil else {
      throw ValidationError("With --answers, the answers say where passphrases stand.")
    }
  }

  func run() throws {
    let (plan, bytes) = try PlanFile.read(plan)
    let console = try CeremonyConsole(
      answers: try answers.map { path throws(Failure) in try AnswersFile(at: path) }, given: passphrase)
    guard let directory else {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("escrow-\(UUID().uuidString)")
        .path
      defer { try? FileManager.default.removeItem(atPath: path) }
      return try run(plan, bytes, in: path, console)
    }
    try run(plan, bytes, in: directory, console)
  }

  private func run(_ plan: CeremonyPlan, _ bytes: [UInt8], in path: String, _ console: CeremonyConsole) throws
  {
    let directory = CeremonyDirectory(path)
    let run = try CeremonyRun(
      plan: plan, bytes: bytes, directory: directory, console: console, here: actor, isRehearsal: dryRun)
    let missing = try run.run()
    if qr { try showCodes(of: run, console) }
    try summary(run, missing).print(json: report.json)
    guard let first = missing.first else { return }
    let rest = missing.count == 1 ? "" : " and \(missing.count - 1) more"
    throw Failure(
      .quorumNotReached,
      "waiting for \(first.file) of \(first.actor)\(rest); put what the others made into \(directory.exchange), and"
        + " run the same command again")
  }

  // Pictures of everything that this machine's participants made, also in runs before; on the terminal what is new.
  private func showCodes(of run: CeremonyRun, _ console: CeremonyConsole) throws(Failure) {
    let codes = CrossingCodes(directory: run.directory)
    let pictures = try codes.writePictures(of: run.filesOfThisMachine)
    if !pictures.isEmpty {
      Terminal.note("what was made here is in \(run.directory.codes), as \(pictures.count) pictures")
    }
    guard console.confirmation == .typed else { return }
    try codes.show(run.made) { (question) throws(Failure) in try console.wait(question) }
  }

  private func summary(_ run: CeremonyRun, _ missing: [(file: String, actor: CeremonyActor)]) -> Report {
    var report = Report()
    report.add("plan", run.plan.digest.hex)
    report.add("complete", missing.isEmpty)
    report.add("rehearsal", run.isRehearsal)
    report.add("made", run.made)
    report.add("missing", missing.map(\.file))
    if let roster = run.state.roster?.roster { report.add("roster", roster.id.hex) }
    if let transcript = run.state.transcript { report.add("transcript", transcript.digest.hex) }
    if directory != nil, missing.isEmpty {
      report.add("rosterFile", run.directory.rosterPath)
      report.add("transcriptFile", run.directory.transcriptPath)
      if run.plan.log != nil { report.add("entryFile", run.directory.entryPath) }
    }
    return report
  }
}
