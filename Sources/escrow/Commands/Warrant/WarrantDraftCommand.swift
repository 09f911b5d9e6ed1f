import TransparencyLog
import ArgumentParser
import KeyEscrow
import LibCrypto

struct WarrantDraftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft",
    abstract: "Draft a warrant as its recipient, who signs first, and make the one-time key it names.")

  @OptionGroup var roster: RosterOptions

  @Option(
    help: ArgumentHelp(
      "The directory of the holder who receives the shares, and signs first.", valueName: "D"))
  var holder: String

  @Option(
    help: ArgumentHelp(
      "The private key the shares are sealed to, for this warrant only; made when it is not there.",
      valueName: "K.pem"))
  var recipientKey: String

  @Option(name: .customLong("case"), help: ArgumentHelp("The case, as the court names it.", valueName: "C"))
  var caseReference: String

  @Option(help: ArgumentHelp("The law it rests on.", valueName: "L"))
  var legalBasis: String

  @Option(help: ArgumentHelp("The issuing authority.", valueName: "TEXT"))
  var authority: String?

  @Option(help: ArgumentHelp("The jurisdiction.", valueName: "TEXT"))
  var jurisdiction: String?

  @Option(help: ArgumentHelp("The offence investigated.", valueName: "TEXT"))
  var offence: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("A conversation's pseudonym; repeat.", valueName: "HEX"),
    transform: ArgumentText.conversation)
  var conversation: [ConversationID] = []

  @Option(help: ArgumentHelp("More conversations, one a line.", valueName: "F"))
  var conversationsFile: String?

  @Option(help: ArgumentHelp("The first epoch.", valueName: "n"))
  var fromEpoch: UInt64 = 0

  @Option(help: ArgumentHelp("The last epoch.", valueName: "n"))
  var toEpoch = UInt64.max

  @Option(
    help: ArgumentHelp("Only what was deposited from this second on.", valueName: "T"),
    transform: ArgumentText.time)
  var depositedFrom: Timestamp?

  @Option(
    help: ArgumentHelp("Only what was deposited up to this second.", valueName: "T"),
    transform: ArgumentText.time)
  var depositedTo: Timestamp?

  @Option(help: ArgumentHelp("The first second in force; now.", valueName: "T"), transform: ArgumentText.time)
  var notBefore: Timestamp?

  @Option(help: ArgumentHelp("The last second in force.", valueName: "T"), transform: ArgumentText.time)
  var notAfter: Timestamp

  @Option(help: ArgumentHelp("The most keys that may be released.", valueName: "n"))
  var maximumKeys: UInt64

  @Option(help: ArgumentHelp("Answer within 10 days, or within 8 hours.", valueName: "routine|emergency"))
  var priority: WarrantPriority = .routine

  @Option(
    help: ArgumentHelp("When the persons concerned must be notified.", valueName: "T"),
    transform: ArgumentText.time)
  var notifyBy: Timestamp?

  @Option(
    help: ArgumentHelp("When the sealed log entry must be opened.", valueName: "T"),
    transform: ArgumentText.time)
  var unsealAfter: Timestamp?

  @Flag(help: "For test deposits only, as every warrant is under a test roster.")
  var test = false

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The warrant.", valueName: "W"))
  var output: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard fromEpoch <= toEpoch else { throw ValidationError("--from-epoch is after --to-epoch.") }
    guard maximumKeys > 0 else { throw ValidationError("--maximum-keys is a number from 1.") }
    if let depositedFrom, let depositedTo, depositedFrom > depositedTo {
      throw ValidationError("--deposited-from is after --deposited-to.")
    }
    try ArgumentText.requireHuman(caseReference, "--case")
    try ArgumentText.requireHuman(legalBasis, "--legal-basis")
    try ArgumentText.requireHuman(authority, "--authority")
    try ArgumentText.requireHuman(jurisdiction, "--jurisdiction")
    try ArgumentText.requireHuman(offence, "--offence")
    guard !conversation.isEmpty || conversationsFile != nil else {
      throw ValidationError("Name a --conversation, or a --conversations-file.")
    }
  }

  func run() throws {
    let roster = try roster.load()
    if output != "-" { try OutputFile.requireAbsent(output) }
    let now = try Timestamp.now()
    let scope = try scope(now: now)
    let passphrase = passphrase.passphrase
    let key = try HolderDirectory(holder).open(passphrase)
    guard roster.holder(key.id)?.verifierKey == key.verifierKey else {
      throw Failure(EscrowError.warrantRefused(.unknownHolder(key.id)), at: holder)
    }
    let start = notBefore ?? now
    guard start <= notAfter else {
      throw Failure.usage("--not-after \(notAfter) is before --not-before \(start)")
    }
    let recipient = try RecipientKeyFile.open(recipientKey, passphrase)
    let body = WarrantBody(
      roster: roster.id, caseReference: caseReference, legalBasis: legalBasis, authority: authority,
      jurisdiction: jurisdiction, offence: offence, issued: now, notBefore: start, notAfter: notAfter,
      priority: priority, recipient: key.id, recipientKey: recipient.publicKey, scope: scope,
      maximumKeys: maximumKeys, notifyBy: notifyBy, unsealAfter: unsealAfter,
      isTest: test || roster.body.isTest)
    let warrant = try Self.draft(body, by: key)
    try recipient.commit(with: warrant.bytes, at: output)
    warn(warrant, roster: roster, now: now)
    try Report(warrant).print(
      json: report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }

  private static func draft(
    _ body: WarrantBody, by recipient: borrowing Holder
  ) throws(Failure) -> UnverifiedWarrant {
    do throws(EscrowError) {
      return try UnverifiedWarrant(drafting: body, recipient: recipient)
    } catch {
      guard case .malformed(_, let reason) = error else { throw Failure(error) }
      throw .usage("no warrant may say this: \(reason)")
    }
  }

  private func scope(now: Timestamp) throws -> WarrantScope {
    var conversations = conversation
    if let conversationsFile { conversations += try Self.conversations(in: conversationsFile) }
    var deposited: ClosedRange<Timestamp>?
    if depositedFrom != nil || depositedTo != nil {
      // The document names both ends; the ends of time stand for the one that is not given.
      let first = depositedFrom ?? now.adding(seconds: .min)
      deposited = first...max(first, depositedTo ?? now.adding(seconds: .max))
    }
    do {
      return try WarrantScope(conversations: conversations, epochs: fromEpoch...toEpoch, deposited: deposited)
    } catch { throw Failure(.usage, error.sentence) }
  }

  private static func conversations(in path: String) throws(Failure) -> [ConversationID] {
    let name = DocumentFile.name(of: path)
    let bytes = try DocumentFile.read(path)
    var conversations: [ConversationID] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where index + 1 < lines.count || !line.isEmpty {
      guard let text = String(validating: line, as: UTF8.self), let conversation = ConversationID(hex: text)
      else {
        throw .verification("\(name): line \(index + 1) is not 64 lowercase hexadecimal digits")
      }
      conversations.append(conversation)
    }
    guard !conversations.isEmpty else { throw .verification("\(name): names no conversation") }
    return conversations
  }

  // The draft is legal as a document; that nobody will answer it is worth a word.
  private func warn(_ warrant: UnverifiedWarrant, roster: Roster, now: Timestamp) {
    do {
      try warrant.check([TestFlagRequirement(), LimitsRequirement()], by: roster, now: now)
    } catch {
      Terminal.warn("no holder will answer this: \(error.sentence)")
    }
    if now > warrant.body.notAfter { Terminal.warn("no holder will answer this: it has expired already") }
  }
}
