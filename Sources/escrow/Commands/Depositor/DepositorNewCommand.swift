import TransparencyLog
import ArgumentParser

struct DepositorNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a depositor's key: depositor.pem, and depositor.vkey, the public half.")

  @Option(help: ArgumentHelp("The directory for the key.", valueName: "D"))
  var out: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let verifierKey = try DepositorDirectory(out).create(passphrase.passphrase)
    var report = Report()
    report.add("depositor", verifierKey.vkey)
    try report.print(json: self.report.json)
  }
}
