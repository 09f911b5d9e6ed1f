import SecretSharing
import TransparencyLog
import ArgumentParser
import EscrowStore
import KeyEscrow
import LibCrypto

struct DepositAuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check, as a holder, that one's own sealed shares open and are the ones committed to.",
    discussion: "Writes a signed receipt over what was checked, unless something is wrong.")

  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @Option(help: ArgumentHelp("Check this many deposits, drawn at random, instead of all.", valueName: "N"))
  var sample: Int?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The receipt; without it, on standard output.", valueName: "F"))
  var output: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if let sample, sample < 1 { throw ValidationError("--sample is a number from 1.") }
  }

  func run() throws {
    let roster = try roster.load()
    if let output, output != "-" { try OutputFile.requireAbsent(output) }
    let key = try HolderDirectory(holder).open(passphrase.passphrase)
    let id = key.id
    guard roster.holder(id)?.verifierKey == key.verifierKey else {
      throw Failure(EscrowError.warrantRefused(.unknownHolder(id)), at: holder)
    }
    let database = try StoreLocation(store).openForReading()
    var check = try IntakeCheck(roster: roster, holder: id)
    var progress = ProgressLine("auditing")
    var bad: [Report] = []
    do throws(EscrowError) {
      try database.forEachDeposit(
        sample: sample,
        row: { rosterID in
          roster.generation(withID: rosterID)?.holders.firstIndex { $0.id == id }
        }
      ) { view throws(EscrowError) in
        do throws(EscrowError) {
          guard let session = try database.session(view.header.session) else {
            throw EscrowError.storage(reason: "session \(view.header.session) is missing")
          }
          try check.check(view, session: session, by: key)
        } catch {
          guard error.exitStatus != .internalFailure else { throw error }
          Terminal.note("deposit \(view.digest): \(error.sentence)")
          bad.append(Self.describe(error, of: view))
        }
        progress.show(check.records)
      }
    } catch { throw Failure(error, at: store) }
    try finish(consume check, bad: bad, by: key)
  }

  private func finish(_ check: consuming IntakeCheck, bad: [Report], by key: borrowing Holder) throws {
    var report = Report()
    report.add("holder", key.id.description)
    report.add("deposits", check.deposits)
    report.add("records", check.records)
    report.add("bad", bad)
    guard bad.isEmpty else {
      if self.report.json { try report.print(json: true) }
      throw Failure(.verificationFailed)
    }
    let receipt = try check.receipt(signedBy: key, now: try Timestamp.now())
    report.add("digest", receipt.digest.hex)
    report.add("checked", receipt.checked)
    guard let output, output != "-" else {
      guard self.report.json else { return try Terminal.output(receipt.bytes.span) }
      report.add("receipt", String(decoding: receipt.bytes, as: UTF8.self))
      return try report.print(json: true)
    }
    try DocumentFile.write(receipt.bytes, to: output)
    try report.print(json: self.report.json)
  }

  private static func describe(_ error: EscrowError, of view: HolderView) -> Report {
    var report = Report()
    report.add("deposit", view.digest.hex)
    report.add("session", view.header.session.hex)
    report.add("sequence", view.header.sequence)
    report.add("reason", error.sentence)
    return report
  }
}
