import SecretSharing
import LibCrypto
import ArgumentParser
import KeyEscrow

struct WarrantVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that holders must answer a warrant now, and say what was checked."
  )

  @OptionGroup var roster: RosterOptions

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    let read = try WarrantFile.read(warrant)
    let name = DocumentFile.name(of: warrant)
    let verified = try WarrantFile.verify(read, name: name, roster: roster)
    var report = Report()
    report.add("warrant", verified.digest.hex)
    report.add("roster", roster.id.hex)
    report.add("checked", verified.checked)
    report.add("signedBy", try read.signers(roster: roster).sorted().map(\.description))
    report.add("judges", verified.judges.sorted().map(\.description))
    report.add(
      "mayAnswer",
      roster.holders.map(\.id).filter { (try? verified.authorization(for: $0)) != nil }.map(\.description))
    report.add("notAfter", verified.body.notAfter)
    try report.print(json: self.report.json)
  }
}
