import ArgumentParser
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

struct WarrantLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Put a signed warrant into the roster's transparency log, sealed, and prove it: W.tlog-proof.",
    discussion: """
      The entry is a commitment and public metadata, and the proof carries what opens it: whoever answers the warrant \
      needs both files. Run again, it makes a fresh proof of the same entry, for which witnesses vouch later. Where \
      witnesses elsewhere must cosign, their files come with --cosigned; until their quorum is reached the exit code is 4.
      """)

  @OptionGroup var roster: RosterOptions

  @Option(help: ArgumentHelp("The directory of the log that the roster names.", valueName: "LOGDIR"))
  var log: String

  @Option(help: ArgumentHelp("The log's signer key; LOGDIR.keys/log.key.", valueName: "FILE"))
  var logKey: String?

  @Option(help: ArgumentHelp("Where the proof goes; W.tlog-proof beside W.", valueName: "P"))
  var logProof: String?

  @OptionGroup var cosignatures: CosignatureOptions

  @Argument(help: ArgumentHelp("The warrant.", valueName: "W"))
  var warrant: String

  @OptionGroup var report: ReportOptions

  func run() throws {
    let roster = try roster.load()
    guard let named = roster.body.log else {
      throw Failure(EscrowError.logRefused(.rosterWithoutLog), at: "--roster")
    }
    let read = try WarrantFile.read(warrant)
    let name = DocumentFile.name(of: warrant)
    let verified = try WarrantFile.verifyForRecovery(read, name: name, roster: roster)
    let now = try Timestamp.now()
    guard now <= verified.body.notAfter else {
      throw Failure(
        EscrowError.warrantRefused(.expired(notAfter: verified.body.notAfter, now: now)), at: name)
    }
    guard let path = WarrantProofOptions.path(beside: warrant, or: logProof) else {
      throw Failure.usage("name the proof's file with --log-proof")
    }
    let log = try LocalLog(log)
    _ = try log.published(of: named.identity)
    let logged = try WarrantLogging(log: log, identity: named.identity, path: path, key: logKey).run(
      read, verified: verified, roster: roster, cosigned: cosignatures.cosigned)
    try finish(logged, verified: verified, path: path)
  }

  private func finish(_ logged: WarrantLogging.Logged, verified: Warrant, path: String) throws {
    var report = Report()
    report.add("warrant", verified.digest.hex)
    report.add("logIndex", logged.proof.proof.index)
    report.add("renewed", logged.isRenewed)
    report.add("proof", path)
    let proved: LoggedWarrant?
    do throws(EscrowError) { proved = try logged.proof.verified(for: verified) } catch {
      guard case .log(.quorumNotReached) = error else { throw Failure(error, at: path) }
      proved = nil
    }
    report.add("witnessed", proved != nil)
    if let time = proved?.witnessTime {
      report.add("witnessTime", time)
      if time < verified.body.notBefore {
        Terminal.warn(
          "witnessed before the warrant is in force: run this again then, for a proof that is answered")
      }
    }
    try report.print(json: self.report.json)
    guard proved != nil else {
      throw Failure(
        .quorumNotReached,
        "\(path): the roster's witnesses have not cosigned yet; have them, and run this again with --cosigned"
      )
    }
  }
}
