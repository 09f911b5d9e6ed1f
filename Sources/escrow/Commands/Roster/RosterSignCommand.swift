import ArgumentParser
import KeyEscrow

struct RosterSignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Add a holder's signature to a roster, in place.")

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @Argument(help: ArgumentHelp("The roster.", valueName: "R"))
  var roster: String

  @Option(
    help: ArgumentHelp(
      "The roster that this one succeeds, to approve the successor as a holder of it.", valueName: "OLD"))
  var previous: String?

  @Option(help: ArgumentHelp("A predecessor of OLD, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let predecessor = try previous.map { try RosterFile.load($0, after: previousRoster) }
    let key = try HolderDirectory(holder).open(passphrase.passphrase)
    let name = DocumentFile.name(of: roster)
    var signed: UnverifiedRoster?
    try DocumentFile.edit(roster) { bytes in
      var draft = try RosterFile.parse(bytes, name: name)
      do { try draft.sign(with: key, succeeding: predecessor) } catch { throw Failure(error, at: name) }
      signed = draft
      return draft.bytes
    }
    guard let signed else { return }
    Terminal.remember(signed.body)
    try Report(signed.body, id: signed.id, signers: try signed.signers()).print(
      json: report.json, to: roster == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}
