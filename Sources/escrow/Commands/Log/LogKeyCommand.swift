import ArgumentParser
import LibCrypto
import TransparencyLog

struct LogKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key",
    abstract: "Make a signer key for a log or a witness, and its public half, FILE.vkey.")

  @Option(help: ArgumentHelp("The key's name; for a log's, its origin.", valueName: "NAME"))
  var name: String

  @Flag(help: "FILE.vkey is for verifying cosignatures.")
  var witness = false

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The private key, in the form of Go's note package.", valueName: "FILE"))
  var output: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    for path in [output, "\(output).vkey"] { try OutputFile.requireAbsent(path) }
    let signer = try LogKeyFile.generate(name)
    let vkey =
      witness
      ? try CosignatureVerifierKey(name: name, publicKey: signer.verifierKey.publicKey).vkey
      : signer.verifierKey.vkey
    let file = try LogKeyFile.create(output, signer)
    try OutputFile.commit(file, try LogKeyFile.create("\(output).vkey", vkey: vkey))
    Terminal.warn("the new key in \(output) is not encrypted")
    var report = Report()
    report.add("name", name)
    report.add("vkey", vkey)
    try report.print(json: self.report.json)
  }
}
