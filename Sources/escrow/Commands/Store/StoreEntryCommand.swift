import ArgumentParser
import EscrowStore
import KeyEscrow
import LibCrypto
import TransparencyLog

struct StoreEntryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entry",
    abstract: "Sign what the store holds now as one root: an entry for the log.",
    discussion: "A store that later shows another past than that is found out. `log append` logs it.")

  @OptionGroup var roster: RosterOptions

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The entry.", valueName: "F"))
  var output: String

  @Argument(help: ArgumentHelp("The store.", valueName: "S"))
  var store: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    if output != "-" { try OutputFile.requireAbsent(output) }
    let location = StoreLocation(store)
    let database = try location.openForReading()
    let key = try location.key(of: database)
    let now = try Timestamp.now()
    let entry: DepositsEntry
    let signed: UnverifiedLogEntry
    do {
      let vkey = try NoteVerifierKey(name: StoreReceipt.keyName, publicKey: key.publicKey)
      entry = try DepositsEntry(
        heads: try database.newestHeads(), store: vkey, roster: roster, counted: now)
      signed = try UnverifiedLogEntry(entry, signedBy: key)
    } catch { throw Failure(error, at: store) }
    try DocumentFile.write(signed.bytes, to: output)
    var report = Report()
    report.add("store", entry.store.vkey)
    report.add("sessions", entry.sessions)
    report.add("root", entry.root.hex)
    report.add("counted", entry.counted)
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}
