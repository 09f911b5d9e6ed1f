import ArgumentParser
import KeyEscrow
import TransparencyLog

struct WarrantShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a warrant says, without relying on it.")

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let shown = try WarrantFile.read(warrant)
    let note = try UnverifiedNote(parsing: shown.bytes.span)
    var report = Report(shown)
    // Names only: without the roster nobody can tell whether the signatures are theirs.
    report.add("signatureLines", note.signatures.map(\.name))
    try report.print(json: self.report.json)
  }
}
