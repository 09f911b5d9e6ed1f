import ArgumentParser
import KeyEscrow
import SecretSharing

struct RosterNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Draft a roster, which every holder then signs.")

  @Option(help: ArgumentHelp("The access policy: and(judge, or(provider, agency)).", valueName: "P"))
  var policy: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("A holder's holder.json, or its directory; once for each.", valueName: "D/holder.json")
  )
  var holder: [String] = []

  @Option(help: ArgumentHelp("Who deposits.", valueName: "client|server"))
  var depositors: DepositorKind = .client

  @OptionGroup var log: RosterLogOptions

  @Flag(help: "For test deposits and test warrants only, as every roster without a log is.")
  var test = false

  @Option(help: ArgumentHelp("The most keys one warrant may ask for.", valueName: "N"))
  var maxKeys: UInt64?

  @Option(help: ArgumentHelp("The most days a warrant may be in force.", valueName: "N"))
  var maxDays: UInt64?

  @Option(help: ArgumentHelp("The most keys one holder releases in a month.", valueName: "N"))
  var maxKeysPerMonth: UInt64?

  @Option(
    help: ArgumentHelp(
      "The most days until a warrant's sealed log entry is opened; every warrant says when then.",
      valueName: "N"))
  var maxSealedDays: UInt64?

  @Option(
    help: ArgumentHelp(
      "Warrants over up to KEYS keys need JUDGES judges; repeat with rising numbers.",
      valueName: "KEYS:JUDGES"),
    transform: ArgumentText.cap)
  var cap: [RosterLimits.Cap] = []

  @Option(help: ArgumentHelp("The roster that this one succeeds.", valueName: "OLD"))
  var succeeds: String?

  @Option(help: ArgumentHelp("A predecessor of OLD, when it has any; repeat, oldest first.", valueName: "R"))
  var previousRoster: [String] = []

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The draft.", valueName: "R"))
  var output: String

  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard succeeds != nil || previousRoster.isEmpty else {
      throw ValidationError("--previous-roster goes with --succeeds.")
    }
  }

  func run() throws {
    let text = self.policy
    let policy = try locating("--policy") { try AccessPolicy(parsing: text) }
    // The rules come before any file is read: a policy that may not be is refused whoever the holders are.
    try locating("--policy") {
      do throws(RosterRefusal) { try RosterRules.check(policy) } catch {
        throw EscrowError.rosterRefused(error)
      }
    }
    if output != "-" { try OutputFile.requireAbsent(output) }
    var records: [HolderRecord] = []
    for path in holder { records.append(try HolderDirectory.record(at: path)) }
    let limits = RosterLimits(
      maximumKeys: maxKeys, maximumDays: maxDays, maximumKeysPerMonth: maxKeysPerMonth,
      maximumSealedDays: maxSealedDays, caps: cap)
    let log = try self.log.load()
    let predecessor = try succeeds.map { try RosterFile.load($0, after: previousRoster) }
    let body = try RosterBody(
      policy: policy, holders: records, depositors: depositors, limits: limits, log: log,
      isTest: test ? true : nil,
      issued: try Timestamp.now(), succeeding: predecessor)
    let roster = try UnverifiedRoster(body)
    try DocumentFile.write(roster.bytes, to: output)
    Terminal.remember(body)
    try Report(body, id: roster.id, signers: []).print(
      json: report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}
