import ArgumentParser
import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing

struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Put the releases of enough holders together, and get the keys back, each one verified.",
    discussion: """
      Prints the lines that `deposit` takes, ordered by conversation and epoch, one for each distinct key. A file that \
      does not verify is named and left out; the good keys still come out, and the exit code is 5.
      """)

  @OptionGroup var options: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(help: ArgumentHelp("The private key that the warrant names.", valueName: "K.pem"))
  var recipientKey: String

  @Option(
    help: ArgumentHelp("The store, for the public columns that shares are checked against.", valueName: "S"))
  var store: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The key lines; without it, on standard output.", valueName: "keys.jsonl"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The recipient's directory, to sign an entry for the log of what was recovered: keys.jsonl.entry.",
      valueName: "D"))
  var holder: String?

  @Option(help: ArgumentHelp("How many threads work.", valueName: "n"))
  var jobs = min(ProcessInfo.processInfo.activeProcessorCount, 64)

  @Argument(help: ArgumentHelp("Releases; refusals are reported.", valueName: "FILE"))
  var files: [String] = []

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs is a number from 1 to 64.") }
    guard holder == nil || output.map({ $0 != "-" }) == true else {
      throw ValidationError("--holder goes with -o: the entry is written beside the keys.")
    }
  }

  private var path: String { output ?? "-" }

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.verifyForRecovery(
      try WarrantFile.read(options.warrant), name: options.name, roster: roster,
      proof: try proof.load(beside: options.warrant, roster: roster))
    if path != "-" { try OutputFile.requireAbsent(path) }
    let key = try KeyFile.x25519(recipientKey, passphrase.passphrase)
    guard key.publicKey == warrant.body.recipientKey else {
      throw Failure(EscrowError.failedVerification(.recipientKey), at: recipientKey)
    }
    let recipient = try openRecipient(of: warrant)
    let answers = try Answers(files, for: warrant)
    for refusal in answers.refusals {
      Terminal.note("\(refusal.holder) refused, on the ground \(refusal.ground.rawValue): \(refusal.reason)")
    }
    let database = try StoreLocation(store).openForReading()
    let recovered = RecoveredKeys()
    var progress = ProgressLine("recovering")
    let found: RecoveryReport
    do throws(EscrowError) {
      found = try Recovery.recover(
        warrant: warrant, releases: answers.releases, recipientKey: key, source: database, jobs: jobs
      ) { locators, keys throws(EscrowError) in
        do throws(Failure) { try recovered.append(locators, keys) } catch {
          throw .file(reason: error.sentence ?? "")
        }
        progress.show(UInt64(recovered.count))
      }
    } catch {
      guard case .quorumNotReached(let answered) = error else { throw Failure(error, at: store) }
      throw Self.nothing(answers.faults, answered)
    }
    try finish(found, recovered, answers, warrant: warrant, recipient: recipient)
  }

  private func openRecipient(of warrant: Warrant) throws(Failure) -> HolderBox? {
    guard let holder else { return nil }
    guard warrant.logIndex != nil else {
      throw .usage("--holder: the roster names no transparency log, so there is no entry to sign")
    }
    let key = try HolderDirectory(holder).open(passphrase.passphrase)
    guard key.id == warrant.body.recipient, warrant.roster.holder(key.id)?.verifierKey == key.verifierKey
    else {
      throw Failure(EscrowError.warrantRefused(.unknownHolder(key.id)), at: holder)
    }
    return HolderBox(key)
  }

  private func logEntry(
    _ answers: Answers, keys: UInt64, warrant: Warrant, by box: HolderBox
  ) throws(Failure) {
    do {
      let entry = try RecoveryEntry(
        of: warrant, releases: answers.releases.compactMap { answers.note(of: $0.body.holder) }, keys: keys,
        recovered: try Timestamp.now())
      let signed = try UnverifiedLogEntry(.recovery(entry), signedBy: box.holder)
      try OutputFile.write(signed.bytes, to: "\(path).entry")
    } catch { throw Failure(error, at: path) }
  }

  /// A holder's keys, in a place that may be empty.
  private final class HolderBox {
    let holder: Holder
    init(_ holder: consuming Holder) { self.holder = holder }
  }

  // Why no key came out: one line for each fault, and in the last of them what follows from it.
  private static func nothing(_ faults: [String], _ answered: [HolderID]) -> Failure {
    let quorum = EscrowError.quorumNotReached(answered: answered)
    guard let last = faults.last else { return Failure(quorum) }
    for fault in faults.dropLast() { Terminal.note(fault) }
    return .verification("\(last); so no key came out: \(quorum.sentence)")
  }

  private func finish(
    _ found: RecoveryReport, _ recovered: RecoveredKeys, _ answers: Answers, warrant: Warrant,
    recipient: HolderBox?
  ) throws {
    let faults =
      answers.faults + (found.faults + (try unread(answers.releases, found.faults))).map(\.sentence)
    guard recovered.count > 0 else {
      throw Self.nothing(faults, answers.releases.map(\.body.holder))
    }
    for fault in faults { Terminal.note(fault) }
    let summary = try write(recovered)
    if let recipient {
      try logEntry(answers, keys: UInt64(summary.keys), warrant: warrant, by: recipient)
    }
    for locator in summary.disputed {
      Terminal.note(
        "conversation \(locator.conversation) epoch \(locator.epoch) was deposited with different keys; each is given"
      )
    }
    if found.missing > 0 { Terminal.note("\(found.missing) records in the releases stay closed") }
    var report = Report()
    report.add("warrant", warrant.digest.hex)
    report.add("keys", summary.keys)
    report.add("records", found.recovered)
    report.add("missing", found.missing)
    report.add("released", answers.releases.map(\.body.holder.description))
    report.add("refused", answers.refusals.map(\.holder.description))
    report.add("faults", faults)
    if let index = warrant.logIndex { report.add("logIndex", index) }
    if recipient != nil { report.add("entry", "\(path).entry") }
    if path != "-" {
      try report.print(json: self.report.json)
    } else if self.report.json {
      try report.print(json: true, to: Terminal.standardError)
    }
    if !faults.isEmpty { throw Failure(.verificationFailed) }
    if found.missing > 0 { throw Failure(.quorumNotReached) }
  }

  // What recovery had no need to read: an alteration is named even where the other releases suffice.
  private func unread(_ releases: [Release], _ known: [RecoveryFault]) throws(Failure) -> [RecoveryFault] {
    var faults: [RecoveryFault] = []
    for release in releases {
      do { faults += try release.alteredChunks() } catch {
        throw Failure(error, at: "the release of \(release.body.holder)")
      }
    }
    return faults.filter { fault in
      !known.contains { $0.culprit == fault.culprit && $0.deposit == fault.deposit }
    }
  }

  private func write(_ recovered: RecoveredKeys) throws(Failure) -> RecoveredKeys.Summary {
    guard path != "-" else {
      if Terminal.isTerminal(Terminal.standardOutput) {
        Terminal.warn("the keys stand on your terminal now, and in its scrollback; next time use -o")
      }
      return try recovered.write { bytes throws(Failure) in try Terminal.output(bytes) }
    }
    let file = try OutputFile.create(path, access: .owner)
    let summary = try recovered.write { bytes throws(Failure) in try file.write(bytes) }
    try file.commit()
    return summary
  }
}

extension RecoveryFault {
  /// Who is to blame, for what.
  var sentence: String {
    let deposit = deposit.map { "deposit \($0): " } ?? ""
    return switch culprit {
    case .holder(let holder): "\(deposit)\(holder) is to blame: \(failure.sentence)"
    case .depositor:
      "\(deposit)its depositor is to blame, says the holder who passed it over: \(failure.sentence)"
    case .store: "\(deposit)the store is to blame: \(failure.sentence)"
    case .disputed: "\(deposit)disputed, nobody's doing provably: \(failure.sentence)"
    }
  }
}
