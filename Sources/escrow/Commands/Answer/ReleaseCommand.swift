import SecretSharing
import ArgumentParser
import KeyEscrow
import LibCrypto
import TransparencyLog

struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Answer a warrant as a holder: one's shares of the keys in scope, sealed to the recipient.",
    discussion: """
      The answer is kept in the holder's directory before it is written; the same warrant again gives the same bytes. \
      Under a roster that names a transparency log, the warrant must be logged, witnessed and not revoked.
      """)

  @Option(help: ArgumentHelp("The holder's directory.", valueName: "D"))
  var holder: String

  @OptionGroup var options: WarrantOptions
  @OptionGroup var proof: WarrantProofOptions

  @Option(
    help: ArgumentHelp(
      "The directory of the transparency log that the roster names, for its checkpoint of now and revocations.",
      valueName: "LOGDIR"))
  var log: String?

  @Option(help: ArgumentHelp("The store to answer from.", valueName: "S"))
  var store: String?

  @Option(help: ArgumentHelp("The extract to answer from, instead of a store.", valueName: "E"))
  var deposits: String?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The release.", valueName: "F"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The signed entry that tells the log of the answer, for `log append`; F.entry.", valueName: "F"))
  var entry: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    guard (store == nil) != (deposits == nil) else {
      throw ValidationError("Give --store or --deposits, one of them.")
    }
  }

  func run() throws {
    let roster = try options.roster.load()
    let warrant = try WarrantFile.read(options.warrant)
    if output != "-" { try OutputFile.requireAbsent(output) }
    let verified = try WarrantFile.verify(warrant, name: options.name, roster: roster)
    let proof = try self.proof.load(beside: options.warrant, roster: roster)
    let log = try requireLog(roster)
    let entryPath = roster.body.log == nil ? nil : entry ?? AnswerEntryFile.path(beside: output)
    let directory = HolderDirectory(holder)
    let key = try directory.open(passphrase.passphrase)
    do { try verified.requireAnswer(of: key.id) } catch {
      throw WarrantFile.failure(error, warrant, name: options.name, roster: roster)
    }
    let archive = try AnswerArchive(directory)
    let shown: PublicProof
    if let proof, let log {
      shown = try archive.publicProof(
        proof, of: verified, in: log, by: key.record, now: try Timestamp.now())
    } else {
      shown = try locating(options.name) { try PublicProof.notAsked(for: verified) }
    }
    let authorization = try locating(options.name) {
      try verified.authorization(for: key.id, proof: shown)
    }
    let earlier = archive.answer(to: verified.digest)
    switch earlier {
    case .release: break
    case .refusal: throw Failure(EscrowError.warrantRefused(.alreadyAnswered), at: options.name)
    case nil:
      let spoolPath = output == "-" ? nil : output
      if let store {
        try archive.release(
          authorization, by: key, from: try StoreLocation(store).openForReading(), name: store,
          beside: spoolPath)
      } else if let deposits {
        let name = DocumentFile.name(of: deposits)
        let extract = try Self.extract(deposits, name: name, for: authorization.warrant, by: key)
        try archive.release(authorization, by: key, from: extract, name: name, beside: spoolPath)
      }
    }
    try hand(out: archive.releasePath(verified.digest), of: authorization.warrant, by: key, entry: entryPath)
    // After the answer is out: where handing it out fails, that is the one thing to say.
    if earlier != nil { Terminal.note("this warrant was answered before; the same answer is given again") }
  }

  // Without the log nobody can see whether the warrant was revoked.
  private func requireLog(_ roster: Roster) throws(Failure) -> String? {
    guard let named = roster.body.log else {
      guard log == nil else { throw .usage("--log: the roster names no transparency log; leave it out") }
      return nil
    }
    guard let log else {
      throw .refused(
        "the roster names the transparency log \(named.identity.origin), and nothing is released without it:"
          + " name its directory with --log")
    }
    return log
  }

  private static func extract(
    _ path: String, name: String, for warrant: Warrant, by key: borrowing Holder
  ) throws(Failure) -> ExtractFile {
    let source = try BulkInput.open(path)
    let extract: ExtractFile
    do { extract = try ExtractFile(source) } catch {
      throw Failure(.verificationFailed, Failure(error, at: name).sentence)
    }
    guard extract.body.warrant == warrant.digest, extract.body.holder == key.id else {
      throw .verification(
        "\(name): this extract is for \(extract.body.holder) and the warrant \(extract.body.warrant);"
          + " take another from the store")
    }
    return extract
  }

  // What is stored was checked when it was made; a disk may have changed it since.
  private func hand(
    out stored: String, of warrant: Warrant, by key: borrowing Holder, entry: String?
  ) throws {
    let unverified = try locating(stored) { try UnverifiedRelease(try FileBytes(path: stored)) }
    let release = try locating(stored) { try unverified.verified(for: warrant) }
    let body = release.body
    let passedOver = try locating(stored) { try release.passedOver() }
    if let entry {
      let answer = try locating(stored) {
        try AnswerEntry(release: unverified, of: warrant.body, digest: warrant.digest)
      }
      try AnswerEntryFile.write(answer, by: key, to: entry)
    }
    try AnswerArchive.copy(stored, to: output)
    for deposit in passedOver { Terminal.note(deposit.sentence) }
    var report = Report()
    report.add("warrant", warrant.digest.hex)
    report.add("holder", body.holder.description)
    report.add("answered", body.answered)
    report.add("keys", body.keys)
    report.add("records", body.records)
    report.add("passedOver", body.passedOver)
    report.add("checked", body.checked)
    if let index = body.logIndex { report.add("logIndex", index) }
    if let entry { report.add("entry", entry) }
    try report.print(
      json: self.report.json, to: output == "-" ? Terminal.standardError : Terminal.standardOutput)
  }
}

extension PassedOver {
  /// Which records are not in the answer, and why.
  var sentence: String {
    "deposit \(deposit): passed over \(records.count == 1 ? "1 record" : "\(records.count) records") in scope:"
      + " \(failure.sentence)"
  }
}
