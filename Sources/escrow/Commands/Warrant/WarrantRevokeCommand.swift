import ArgumentParser
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

struct WarrantRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Revoke a warrant as a judge of its roster: from then on no holder answers it. It is final.",
    discussion: """
      What has been answered already cannot be recalled. With -o the entry goes into a file that the log's operator \
      appends; it counts once it is in the log.
      """)

  @Option(help: ArgumentHelp("The judge's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var roster: RosterOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(help: ArgumentHelp("The directory of the log that the roster names.", valueName: "LOGDIR"))
  var log: String?

  @Option(help: ArgumentHelp("The log's signer key; LOGDIR.keys/log.key.", valueName: "FILE"))
  var logKey: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp(
      "Write the entry here for the log's operator, in place of appending it.", valueName: "F"))
  var output: String?

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (log == nil) != (output == nil) else { throw ValidationError("Give --log, or -o.") }
    guard log != nil || logKey == nil else { throw ValidationError("--log-key goes with --log.") }
  }

  func run() throws {
    let roster = try roster.load()
    let (logged, read) = try LoggedWarrantFile.load(warrant, roster: roster, proof)
    let judge = try HolderDirectory(holder).open(passphrase.passphrase)
    guard roster.holder(judge.id)?.verifierKey == judge.verifierKey, judge.id.role == .judge else {
      throw Failure(EscrowError.warrantRefused(.unknownHolder(judge.id)), at: holder)
    }
    let now = try Timestamp.now()
    let name = DocumentFile.name(of: warrant)
    let body = RevocationEntry(revoking: read, warrantIndex: logged.index, by: judge.id, revoked: now)
    let entry: UnverifiedLogEntry
    do { entry = try UnverifiedLogEntry(.revocation(body), signedBy: judge) } catch {
      throw Failure(error, at: name)
    }
    var report = Report()
    report.add("warrant", logged.warrant.hex)
    report.add("logIndex", logged.index)
    report.add("judge", judge.id.description)
    report.add("revoked", now)
    try EntryDestination(
      log: log, key: logKey, output: output, identity: logged.logged.checkpoint.signed.log
    ).put(entry, report: &report, json: self.report.json)
  }
}
