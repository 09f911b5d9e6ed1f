import ArgumentParser
import KeyEscrow
import SecretSharing

struct HolderNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Make a holder's keys: sealing.pem, signing.pem and holder.json, the public half.")

  @Option(
    help: ArgumentHelp(
      "judge, provider or agency, or one of them with a label: judge:paris.", valueName: "ID"),
    transform: ArgumentText.holder)
  var id: HolderID

  @Option(help: ArgumentHelp("The directory for the keys.", valueName: "D"))
  var out: String

  @Option(help: ArgumentHelp("For how many days sessions may be opened to the sealing key.", valueName: "N"))
  var sealingDays: Int64 = 366

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (1...36_500).contains(sealingDays) else {
      throw ValidationError("--sealing-days is a number from 1 to 36500.")
    }
  }

  func run() throws {
    let directory = HolderDirectory(out)
    let record = try directory.create(
      id: id, sealingKeyNotAfter: try Timestamp.now().adding(seconds: sealingDays * 86_400),
      passphrase: passphrase.passphrase)
    try Report(record).print(json: report.json)
  }
}
