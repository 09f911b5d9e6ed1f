import SecretSharing
import LibCrypto
import ArgumentParser
import KeyEscrow

struct RefuseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refuse",
    abstract: "Refuse a warrant as a holder, with a reason: an answer too, signed and kept.")

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var options: WarrantOptions

  @Option(
    help: ArgumentHelp(
      "\(RefusalGround.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "G"))
  var ground: RefusalGround

  @Option(help: ArgumentHelp("Why, in words.", valueName: "TEXT"))
  var reason: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The refusal.", valueName: "F"))
  var output: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    try ArgumentText.requireHuman(reason, "--reason", maximumByteCount: 2048)
  }

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.read(options.warrant)
    if output != "-" { try OutputFile.requireAbsent(output) }
    let directory = HolderDirectory(holder)
    let key = try directory.open(passphrase.passphrase)
    let archive = try AnswerArchive(directory)
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
    guard given.ground == ground, given.reason == reason else {
      throw Failure(EscrowError.warrantRefused(.alreadyAnswered), at: options.name)
    }
    if earlier != nil { Terminal.note("this warrant was refused before; the same refusal is given again") }
    try AnswerArchive.copy(stored, to: output)
    var report = Report()
    report.add("warrant", given.warrant.hex)
    report.add("holder", given.holder.description)
    report.add("ground", given.ground.rawValue)
    report.add("reason", given.reason)
    report.add("answered", given.answered)
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
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
  ) throws(Failure) -> RefusalBody {
    let bytes = try DocumentFile.read(path)
    return try locating(path) {
      try UnverifiedRefusal(parsing: bytes.span).verified(roster: roster, warrant: warrant.digest)
    }
  }
}
