import SecretSharing
import LibCrypto
import ArgumentParser
import KeyEscrow

struct WarrantVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that holders must answer a warrant now, and say what was checked."
  )

  @OptionGroup var roster: RosterOptions

  @OptionGroup var proof: WarrantProofOptions

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    let read = try WarrantFile.read(warrant)
    let name = DocumentFile.name(of: warrant)
    let verified = try WarrantFile.verify(read, name: name, roster: roster)
    var logged: LoggedWarrant?
    if roster.body.log != nil, let proof = try proof.find(beside: warrant) {
      logged = try locating(self.proof.path(beside: warrant) ?? name) {
        try proof.verified(for: verified.warrant)
      }
    }
    var report = Report()
    report.add("warrant", verified.digest.hex)
    report.add("roster", roster.id.hex)
    report.add("checked", verified.checked)
    report.add("signedBy", try read.signers(roster: roster).sorted().map(\.description))
    report.add("judges", verified.judges.sorted().map(\.description))
    report.add(
      "mayAnswer",
      roster.holders.map(\.id).filter { (try? verified.requireAnswer(of: $0)) != nil }.map(\.description))
    report.add("notAfter", verified.body.notAfter)
    if let logged {
      report.add("logIndex", logged.index)
      if let time = logged.witnessTime { report.add("witnessed", time) }
    } else if roster.body.log != nil {
      report.add("logged", false)
    }
    try report.print(json: self.report.json)
  }
}
