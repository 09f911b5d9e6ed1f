import SecretSharing
import LibCrypto
import ArgumentParser
import KeyEscrow

struct WarrantSignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a warrant as a judge, in place, after checking that its recipient signed it.",
    discussion: "What is signed is shown on standard error, every field of it, before it is signed.")

  @Option(help: ArgumentHelp("The judge's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var roster: RosterOptions

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    let judge = try HolderDirectory(holder).open(passphrase.passphrase)
    let name = DocumentFile.name(of: warrant)
    var signed: UnverifiedWarrant?
    try DocumentFile.edit(warrant) { bytes in
      var draft = try WarrantFile.parse(bytes, name: name)
      do {
        // An altered text first: whoever altered it may have made it look like another roster's.
        _ = try draft.signers(roster: roster)
        let before = draft
        try draft.sign(with: judge, roster: roster)
        try show(before, to: judge)
      } catch let error as EscrowError {
        throw WarrantFile.failure(error, draft, name: name, roster: roster)
      }
      signed = draft
      return draft.bytes
    }
    guard let signed else { return }
    var report = Report()
    report.add("warrant", signed.digest.hex)
    report.add("signedBy", try signed.signers(roster: roster).sorted().map(\.description))
    try report.print(
      json: self.report.json, to: warrant == "-" ? Terminal.standardError : Terminal.standardOutput)
  }

  // Nothing of the signature has left this process yet.
  private func show(_ warrant: UnverifiedWarrant, to judge: borrowing Holder) throws {
    Terminal.note("\(judge.id) signs this warrant:")
    try Report(warrant).print(json: false, to: Terminal.standardError)
    if try Timestamp.now() > warrant.body.notAfter { Terminal.warn("the warrant has expired already") }
  }
}
