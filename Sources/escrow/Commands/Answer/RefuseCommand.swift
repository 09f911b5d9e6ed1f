import SecretSharing
import LibCrypto
import ArgumentParser
import KeyEscrow

struct RefuseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refuse",
    abstract: "Refuse a warrant as a holder, with a reason: an answer too, signed and kept.",
    discussion: """
      A holder may refuse what is not logged, and when the log is out of reach. With --log it first makes sure that the \
      log has no answer of its own that it lost, which a refusal could contradict.
      """)

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var options: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(
    help: ArgumentHelp(
      "The directory of the transparency log that the roster names, to compare one's own answers with.",
      valueName: "LOGDIR"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "\(RefusalGround.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "G"))
  var ground: RefusalGround

  @Option(help: ArgumentHelp("Why, in words.", valueName: "TEXT"))
  var reason: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The refusal.", valueName: "F"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The signed entry that tells the log of the answer, for `log append`; F.entry.", valueName: "F"))
  var entry: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    try ArgumentText.requireHuman(reason, "--reason", maximumByteCount: 2048)
  }

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.read(options.warrant)
    if output != "-" { try OutputFile.requireAbsent(output) }
    let entryPath = roster.body.log == nil ? nil : entry ?? AnswerEntryFile.path(beside: output)
    let index = try logIndex(of: warrant, roster: roster)
    let directory = HolderDirectory(holder)
    let key = try directory.open(passphrase.passphrase)
    let archive = try AnswerArchive(directory)
    try compare(archive, with: roster, holder: key.record, before: index)
    let stored = archive.refusalPath(warrant.digest)
    let earlier = archive.answer(to: warrant.digest)
    switch earlier {
    case .release: throw Failure(EscrowError.warrantRefused(.alreadyAnswered), at: options.name)
    case .refusal: break
    case nil:
      try OutputFile.write(
        try refusal(of: warrant, roster: roster, by: key), to: stored, access: .owner)
    }
    let given = try Self.given(at: stored, roster: roster, warrant: warrant)
    guard given.body.ground == ground, given.body.reason == reason else {
      throw Failure(EscrowError.warrantRefused(.alreadyAnswered), at: options.name)
    }
    if let entryPath {
      let answer = try locating(stored) { try AnswerEntry(refusal: given, of: warrant, warrantIndex: index) }
      try AnswerEntryFile.write(answer, by: key, to: entryPath)
    }
    try AnswerArchive.copy(stored, to: output)
    if earlier != nil { Terminal.note("this warrant was refused before; the same refusal is given again") }
    var report = Report()
    report.add("warrant", given.body.warrant.hex)
    report.add("holder", given.body.holder.description)
    report.add("ground", given.body.ground.rawValue)
    report.add("reason", given.body.reason)
    report.add("answered", given.body.answered)
    if let index { report.add("logIndex", index) }
    if let entryPath { report.add("entry", entryPath) }
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }

  // Where the warrant stands in the log, as far as it is shown: one that is not logged, or not valid, is refused too.
  private func logIndex(of warrant: UnverifiedWarrant, roster: Roster) throws(Failure) -> UInt64? {
    guard roster.body.log != nil, let proof = try proof.find(beside: options.warrant) else { return nil }
    do throws(EscrowError) {
      return try warrant.verifiedForRecovery(by: roster, proof: proof).logIndex
    } catch {
      // A proof that was named must be right; one that lies beside the warrant may be as wrong as the warrant.
      guard self.proof.logProof == nil else { throw Failure(error, at: options.name) }
      return nil
    }
  }

  private func compare(
    _ archive: borrowing AnswerArchive, with roster: Roster, holder: HolderRecord, before index: UInt64?
  ) throws(Failure) {
    guard let named = roster.body.log else {
      guard log == nil else { throw .usage("--log: the roster names no transparency log; leave it out") }
      return
    }
    if let log {
      try archive.requireComplete(
        in: log, roster: roster, identity: named.identity, holder: holder, before: index)
    } else {
      try archive.requireNoLostAnswer(to: index, of: named.identity, name: options.name)
    }
  }

  private func refusal(
    of warrant: UnverifiedWarrant, roster: Roster, by key: borrowing Holder
  ) throws(Failure) -> [UInt8] {
    let now = try Timestamp.now()
    do {
      return try UnverifiedRefusal(
        refusing: warrant, by: key, roster: roster, ground: ground, reason: reason, now: now
      ).bytes
    } catch { throw Failure(error, at: holder) }
  }

  private static func given(
    at path: String, roster: Roster, warrant: UnverifiedWarrant
  ) throws(Failure) -> UnverifiedRefusal {
    let bytes = try DocumentFile.read(path)
    return try locating(path) {
      let refusal = try UnverifiedRefusal(parsing: bytes.span)
      _ = try refusal.verified(roster: roster, warrant: warrant.digest)
      return refusal
    }
  }
}
