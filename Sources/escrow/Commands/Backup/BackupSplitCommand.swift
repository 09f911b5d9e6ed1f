import ArgumentParser
import KeyEscrow
import Mnemonics
import SecretMemory
import SecretSharing

struct BackupSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Split a holder's keys into printable sheets, one per officer.",
    discussion: """
      Writes one page of HTML per officer, to be printed and then erased. Any conforming tool restores the keys: \
      64 bytes, the X25519 sealing key and then the Ed25519 signing seed. With --words the mnemonics go to standard \
      output, one a line, and no page is written.
      """)

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var scheme: SharingSchemeOptions

  @Option(help: ArgumentHelp("Who gets a sheet; repeat, one per sheet, in order.", valueName: "NAME"))
  var officer: [String] = []

  @OptionGroup var roster: OptionalRosterOptions
  @OptionGroup var passphrase: BackupPassphraseOptions
  @OptionGroup var keyPassphrase: KeyPassphraseOptions

  @Option(
    help: ArgumentHelp("The passphrase costs 10,000 times 2 to the power of E iterations.", valueName: "E"))
  var iterationExponent = MnemonicBackup.defaultIterationExponent

  @Option(name: .shortAndLong, help: ArgumentHelp("The new folder for the sheets.", valueName: "D"))
  var out: String?

  @Flag(help: "Write the mnemonics to standard output instead, one a line.")
  var words = false

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard words != (out != nil) else { throw ValidationError("Give --out D, or --words.") }
    guard !words || !report.json else { throw ValidationError("--words writes no report; leave out --json.") }
    for name in officer { try ArgumentText.requireHuman(name, "--officer", maximumByteCount: 128) }
  }

  func run() throws {
    let scheme = try scheme.scheme()
    guard officer.isEmpty || officer.count == scheme.shareCount else {
      throw Failure.usage(
        "there are \(scheme.shareCount) sheets and \(officer.count) officers; name one per sheet")
    }
    if let out { try OutputFile.requireAbsent(out) }
    let directory = HolderDirectory(holder)
    let record = try directory.record()
    let roster = try roster.load()
    if let roster, roster.holder(record.id) != record {
      throw Failure.verification("the roster names other keys for \(record.id) than \(holder) holds")
    }
    let secret = try HolderBackup.secret(of: directory, keyPassphrase.passphrase)
    let shares = try MnemonicBackup.split(
      secret, under: scheme, passphrase: try passphrase.read(), iterationExponent: iterationExponent)
    guard let out else { return try print(shares) }
    let sheets = try SheetFolder(
      shares: shares, scheme: scheme, holder: record, officers: officer, roster: roster?.id,
      made: try Timestamp.now()
    ).write(to: out)
    var report = Report()
    report.add("holder", record.id.description)
    report.add("identifier", Int(shares[0].header.identifier))
    report.add("groupThreshold", scheme.groupThreshold)
    report.add("groups", scheme.groups.map { "\($0.threshold) of \($0.count)" })
    report.add("wordsPerSheet", shares[0].wordCount)
    report.add("sheets", sheets)
    // Each was backed up when it was current.
    let earlier = try directory.earlierSealingPaths()
    if !earlier.isEmpty { report.add("notIncluded", earlier) }
    report.add("next", "print each sheet, check the prints with `escrow backup verify`, and erase the files")
    try report.print(json: self.report.json)
  }

  private func print(_ shares: [MnemonicShare]) throws {
    for share in shares {
      let text = try share.text()
      try text.withBytes { text throws(Failure) in
        try Terminal.output(text)
        try Terminal.output("\n")
      }
    }
  }
}
