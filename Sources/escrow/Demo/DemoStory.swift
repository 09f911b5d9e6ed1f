import EscrowStore
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TransparencyLog

/// The story for a newcomer: two conversations, ten keys, one warrant.
struct DemoStory {
  private static let text = "The red van, Thursday, 21:00, north gate."
  private static let laterText = "Happy birthday, grandmother."

  let directory: DemoDirectory
  let narrator: Narrator

  func run() throws {
    try opening()
    var rates = StageRates()
    let escrow = try holders()
    try roster(escrow)
    let (conversations, messages) = try conversation()
    let batchSize = conversations.reduce(0) { $0 + $1.keys.count }
    try deposit(conversations, count: batchSize, in: escrow, rates: &rates)
    try memberCheck(conversations, in: escrow, rates: &rates)
    try intakeChecks(in: escrow, rates: &rates)
    let warrant = try warrant(for: conversations[0], in: escrow)
    try logging(warrant, in: escrow)
    let (judgeFile, agencyFile) = try releases(warrant, in: escrow, rates: &rates)
    try refusal(of: warrant, in: escrow)
    let fingerprint = try recovery(
      warrant, from: [judgeFile, agencyFile], of: conversations[0], messages: messages, in: escrow,
      rates: &rates)

    try narrator.step("Nine ways to cheat", by: "whoever tries")
    let providerFile = try escrow.release(
      warrant, by: escrow.provider, from: escrow.store, to: "provider.release")
    let last = conversations[0].keys.count - 1
    try DemoAttempts(
      escrow: escrow, narrator: narrator, warrant: warrant, judgeFile: judgeFile, agencyFile: agencyFile,
      providerFile: providerFile, wideScope: try WarrantScope(conversations: [conversations[0].id]),
      narrowScope: warrant.body.scope, outside: conversations[0].locator(last), expected: fingerprint, jobs: 1
    ).run()
    for stage in rates.stages { narrator.rate(stage.name, keys: stage.keys, seconds: stage.seconds) }
    try closing()
  }

  private func opening() throws {
    try narrator.heading("What you are about to see")
    try narrator.paragraph(
      "A court needs to read one conversation of an encrypted messenger. Nobody shall be able to read any "
        + "conversation alone: not the court, not the messenger's provider, not the investigators. So the key of every "
        + "conversation is cut into shares, and each of the three holds shares that are worthless alone.")
    try narrator.paragraph(
      "The rule, the same for every key:  \(DemoEscrow.policyText). In words: the judge, together with the provider or "
        + "the agency. Never fewer, and never the other two without the judge.")
    try narrator.paragraph(
      "Everything below really happens, in this process: real keys, real signatures, a real database. Long numbers are "
        + "cut to their first 12 digits, like 0123456789ab…")
    try narrator.paragraph(
      directory.isKept
        ? "Every file stays in \(directory.path), the private keys too, unencrypted: for play only."
        : "The files lie in a temporary folder that is removed at the end; --directory D keeps them.")
  }

  // MARK: Before any crime

  private func holders() throws -> DemoEscrow {
    try narrator.step("Each holder makes its keys", by: "judge, provider, agency")
    let escrow = try DemoEscrow(in: directory, now: try Timestamp.now())
    try narrator.say(
      "Each makes two key pairs on its own machine: one to open what is sealed to it, one to sign. The private halves "
        + "never leave it. What leaves is the public halves:")
    for record in [escrow.judge.record, escrow.provider.record, escrow.agency.record] {
      try narrator.line(
        record.id.description,
        "seal to \(Narrator.short(record.sealingKey.bytes))  "
          + "verify with \(Narrator.short(record.verifierKey.publicKey.bytes))")
    }
    narrator.fact("holders", .list(escrow.roster.holders.map { .text($0.verifierKey.vkey) }))
    return escrow
  }

  private func roster(_ escrow: DemoEscrow) throws {
    let policy = escrow.roster.policy
    try narrator.step("They agree on a roster", by: "judge, provider, agency")
    try narrator.say(
      "The roster is a readable text that names the holders, their public keys and the rule. All three sign it. Its "
        + "name is its own SHA-256, so nobody can change a word of it later.")
    try narrator.line("roster", Narrator.short(escrow.roster.id))
    let sets = policy.minimalAuthorizedSets(limit: 16).map { $0.map(\.description).joined(separator: " + ") }
    try narrator.line("who can open", sets.joined(separator: ",  or  "))
    try narrator.line("always needed", policy.mandatoryHolders.map(\.description).joined(separator: ", "))
    try narrator.line("to be feared", "the same sets, should all their members cheat together")
    try narrator.line("log", Narrator.short(escrow.log.identity.key.publicKey.bytes) + "  and one witness")
    try narrator.say(
      "It names a public log, too: nothing is opened that does not stand there. A rule that opens without a judge, or by "
        + "one role alone, is not accepted as a roster at all. (Here the log and its witness are this program's own, "
        + "and the roster says so. Real ones are other people's.)")
    narrator.fact("roster", .text(escrow.roster.id.hex))
    narrator.fact("policy", .text(policy.description))
    narrator.fact("minimalAuthorizedSets", .list(sets.map { .text($0) }))
  }

  private func conversation() throws -> ([DemoConversation], [DemoMessage]) {
    let (conversations, skipped) = try DemoVectors.load()
    guard let first = conversations.first, first.keys.count > 3 else {
      throw Failure.internalFailure(
        "the embedded vectors hold no conversation of four epochs with 32-byte keys")
    }
    try narrator.step("People talk", by: "members of two groups")
    try narrator.say(
      "Two groups use MLS, the messaging standard of RFC 9420. MLS gives each group a new secret in every epoch, and "
        + "from it a key that only the members know. The keys here are the exporter secrets of the standard's own test "
        + "vectors, which this program carries:")
    for conversation in conversations {
      try narrator.line(
        "conversation",
        "\(Narrator.short(conversation.id.hex))  MLS suite \(conversation.cipherSuite), "
          + "epochs 0 to \(conversation.keys.count - 1)")
    }
    if !skipped.isEmpty {
      try narrator.say(
        "(The vectors of suites \(skipped.map(String.init).joined(separator: ", ")) are passed over: their exporter "
          + "secrets have 64 bytes, and a deposit takes keys of 32.)")
    }
    let messages = [
      try DemoMessage(Self.text, in: first, epoch: 2),
      try DemoMessage(Self.laterText, in: first, epoch: first.keys.count - 1),
    ]
    try narrator.say("Two messages of the first group pass through the provider, encrypted:")
    for message in messages {
      try narrator.line(
        "epoch \(message.locator.epoch)",
        Narrator.short(message.ciphertext) + "  \(message.ciphertext.count) bytes")
      try directory.write(
        message.nonce + message.ciphertext, to: "message-epoch-\(message.locator.epoch)")
    }
    try narrator.say("The provider stores them and cannot read them.")
    narrator.fact("conversations", .list(conversations.map { .text($0.id.hex) }))
    narrator.fact("skippedSuites", .list(skipped.map { .number(UInt64($0)) }))
    return (conversations, messages)
  }

  private func deposit(
    _ conversations: [DemoConversation], count: Int, in escrow: DemoEscrow, rates: inout StageRates
  ) throws {
    try narrator.step("The keys are deposited", by: "a member's device, the store")
    var batch = try KeyBatch(capacity: count)
    for conversation in conversations {
      for (epoch, key) in conversation.keys.enumerated() {
        try batch.append(conversation: conversation.id, epoch: UInt64(epoch), uniformKey: key.span)
      }
    }
    let submission = try rates.measure("deposit", keys: count) {
      var session = try escrow.openSession(capacity: count)
      try session.add(batch, now: escrow.now)
      return try session.submit(signedBy: escrow.depositor)
    }
    guard let deposit = submission.deposits.first?.deposit else {
      throw Failure.internalFailure("the submission is empty")
    }
    let receipt = try rates.measure("store", keys: count) { try escrow.accept(submission) }
    try directory.write(receipt.bytes, to: "store.receipt")
    try narrator.say(
      "The device agrees on a secret with each holder once, cuts each of the \(count) keys into three shares, and seals "
        + "each holder's column of shares for that holder alone. It signs the result and forgets the secrets it sealed "
        + "with: a device seized tomorrow does not open what it deposited today.")
    try narrator.say(
      "What leaves the device, in one signed deposit of \(Narrator.grouped(deposit.bytes.count)) bytes:")
    try narrator.line("3 sealed columns", "one per holder; nobody else can open it")
    try narrator.line(
      "\(count) commitments", "fingerprints of the keys, to check them by; they give nothing away")
    try narrator.line("\(count) tags", "stand for conversation and epoch, and differ in every deposit")
    try narrator.say(
      "The store files it under conversation and epoch in an SQLite database, makes it durable, and signs a receipt. It "
        + "sees pseudonyms and numbers of epochs. It sees no key, no share and no name.")
    try narrator.line("deposit", Narrator.short(deposit.digest))
    try narrator.line("receipt", "for deposit \(Narrator.short(receipt.deposit)), signed by the store")
    guard receipt.deposit == deposit.digest else {
      throw Failure.internalFailure("the store acknowledged another deposit")
    }
    narrator.fact("deposit", .text(deposit.digest.hex))
    narrator.fact("keys", .number(UInt64(count)))
  }

  private func memberCheck(
    _ conversations: [DemoConversation], in escrow: DemoEscrow, rates: inout StageRates
  ) throws {
    try narrator.step("Members check the deposit", by: "any member of a group")
    try narrator.say(
      "Shares are computed from the key alone, with nothing random, so whoever knows a key can compute what must stand "
        + "in the store and compare. No holder is asked and nothing is opened.")
    var check = MemberCheck(roster: escrow.roster)
    let count = conversations.reduce(0) { $0 + $1.keys.count }
    try rates.measure("member check", keys: count) {
      for conversation in conversations {
        for (epoch, key) in conversation.keys.enumerated() {
          try check.check(conversation.locator(epoch), uniformKey: key.span, in: escrow.store)
        }
      }
    }
    try narrator.checked("all \(count) keys are deposited exactly as they are")
    var other = conversations[0].keys[0]
    other[31] ^= 1
    var found: EscrowError?
    do throws(EscrowError) {
      try check.check(conversations[0].locator(0), uniformKey: other.span, in: escrow.store)
    } catch { found = error }
    guard found == .failedVerification(.commitment(position: 0)) else {
      throw Failure.internalFailure("the member check accepted a wrong key")
    }
    try narrator.checked(
      "a key that differs in one bit is found not to be the one deposited: record 0 is named")
    narrator.fact("checkedKeys", .number(UInt64(count)))
  }

  private func intakeChecks(in escrow: DemoEscrow, rates: inout StageRates) throws {
    try narrator.step("Holders check their columns", by: "judge, provider, agency")
    try narrator.say(
      "Members see what is public, and only a holder can open its own column. Each does so when the deposit comes in, "
        + "compares every share with its public fingerprint, and signs what it found. A broken column is known today, "
        + "not on the day of a warrant.")
    func check(_ holder: borrowing Holder) throws {
      let receipt = try rates.measure("intake check", keys: Int(try escrow.store.summary().records)) {
        try escrow.checkIntake(of: holder)
      }
      try directory.write(receipt.bytes, to: "\(holder.id).intake")
      try narrator.checked("\(holder.id): \(receipt.records) shares open and are right; signed")
    }
    try check(escrow.judge)
    try check(escrow.provider)
    try check(escrow.agency)
    try narrator.say(
      "A share is 32 bytes that look random. One holder's ten shares say nothing about the ten keys.")
  }

  // MARK: An investigation

  private func warrant(for conversation: DemoConversation, in escrow: DemoEscrow) throws -> UnverifiedWarrant
  {
    let lastEpoch = UInt64(conversation.keys.count - 2)
    try narrator.step("A warrant is drafted and signed", by: "agency, then judge")
    try narrator.say(
      "The agency drafts it: which conversation, which epochs, until when, how many keys at most. It makes a one-time "
        + "key that serves this warrant alone, writes its public half into the draft, and signs first. The judge sees "
        + "the same text, and the program refuses to sign for the judge unless the agency's signature is right."
    )
    let warrant = try escrow.warrant(
      try WarrantScope(conversations: [conversation.id], epochs: 0...lastEpoch), maximumKeys: lastEpoch + 1)
    try directory.write(warrant.bytes, to: "warrant")
    let body = warrant.body
    try narrator.line("case", "\(body.caseReference), \(body.legalBasis)")
    try narrator.line("conversation", Narrator.short(conversation.id.hex))
    try narrator.line(
      "epochs", "\(body.scope.epochs.lowerBound) to \(body.scope.epochs.upperBound), not \(lastEpoch + 1)")
    try narrator.line("at most", "\(body.maximumKeys) keys")
    try narrator.line("in force until", body.notAfter.description)
    try narrator.line(
      "recipient",
      "\(body.recipient), one-time key \(Narrator.short(body.recipientKey.bytes))")
    let verified = try warrant.verified(by: escrow.roster, now: escrow.now)
    try narrator.line("warrant", Narrator.short(warrant.digest))
    try narrator.checked(
      "checked by every holder before it answers: \(verified.checked.joined(separator: ", "))")
    narrator.fact("warrant", .text(warrant.digest.hex))
    narrator.fact("requirements", .list(verified.checked.map { .text($0) }))
    return warrant
  }

  private func logging(_ warrant: UnverifiedWarrant, in escrow: DemoEscrow) throws {
    try narrator.step("The warrant goes into the log", by: "judge, log, witness")
    try narrator.say(
      "The log can only grow, and anybody can read it. It shows that there is a warrant, of which judge, for how many keys "
        + "and until when, and hides what the case is: the entry is a fingerprint of the warrant mixed with a random "
        + "number, which whoever answers gets to see. The witness signs that the log has not changed what it saw before."
    )
    let proof = try escrow.log.publish(warrant, roster: escrow.roster)
    try directory.write(proof.bytes, to: "warrant.tlog-proof")
    guard case .warrant(let entry) = proof.entry.body else { return }
    try narrator.line("entry", "\(proof.proof.index)")
    try narrator.line("it shows", Narrator.short(entry.commitment))
    let shown = try escrow.authorization(warrant, for: escrow.agency.record).proof
    try narrator.checked(
      "checked by every holder in the log before it answers: \(shown.checked.joined(separator: ", "))")
    narrator.fact("logIndex", .number(proof.proof.index))
    narrator.fact("commitment", .text(entry.commitment.hex))
    narrator.fact("requirements", .list(shown.checked.map { .text($0) }))
  }

  private func releases(
    _ warrant: UnverifiedWarrant, in escrow: DemoEscrow, rates: inout StageRates
  ) throws -> (FileBytes, FileBytes) {
    try narrator.step("Two holders answer", by: "judge, agency")
    try narrator.say(
      "Each looks up what is in scope, opens its own column, checks each share against its fingerprint once more, seals "
        + "those shares, and no others, to the one-time key, and signs the answer.")
    let count = Int(warrant.body.maximumKeys)
    let judgeFile = try rates.measure("release", keys: count) {
      try escrow.release(warrant, by: escrow.judge, from: escrow.store, to: "judge.release")
    }
    let agencyFile = try rates.measure("release", keys: count) {
      try escrow.release(warrant, by: escrow.agency, from: escrow.store, to: "agency.release")
    }
    for name in ["judge.release", "agency.release"] {
      try narrator.line(
        name, "\(count) shares, sealed; \(Narrator.grouped(directory.byteCount(of: name))) bytes")
    }
    try narrator.say(
      "The judge's answer opens to the agency only. The judge has seen neither a key nor a message, and the agency "
        + "nothing outside the warrant.")
    narrator.fact("releasedShares", .number(UInt64(2 * count)))
    return (judgeFile, agencyFile)
  }

  private func refusal(of warrant: UnverifiedWarrant, in escrow: DemoEscrow) throws {
    try narrator.step("One holder refuses", by: "provider")
    let refusal = try UnverifiedRefusal(
      refusing: warrant, by: escrow.provider, roster: escrow.roster, ground: .conflictOfLaw,
      reason: "The law of our seat asks for a treaty request.", now: escrow.now)
    try directory.write(refusal.bytes, to: "provider.refusal")
    let verified = try UnverifiedRefusal(parsing: refusal.bytes.span).verified(
      roster: escrow.roster, warrant: warrant.digest)
    try narrator.say("A refusal is an answer too: signed, with its ground, and kept.")
    try narrator.line("ground", verified.ground.rawValue)
    try narrator.line("reason", verified.reason)
    try narrator.say(
      "The rule asks for the judge and one of the others, so the investigation goes on without it.")
    narrator.fact("ground", .text(verified.ground.rawValue))
  }

  private func recovery(
    _ warrant: UnverifiedWarrant, from files: [FileBytes], of conversation: DemoConversation,
    messages: [DemoMessage], in escrow: DemoEscrow, rates: inout StageRates
  ) throws -> Digest {
    try narrator.step("The keys come back", by: "agency")
    try narrator.say(
      "The agency opens both answers with the one-time key, puts the shares together, and compares each key with the "
        + "commitment that was deposited. A key that does not match is never handed out.")
    let inScope = conversation.keys.prefix(Int(warrant.body.maximumKeys))
    var expected = try KeyFingerprint()
    try expected.add(
      RecordLocator.pack(inScope.indices.map { conversation.locator($0) }).span, Array(inScope.joined()).span)
    var fingerprint = try KeyFingerprint()
    var texts: [String] = []
    var failures = 0
    let report = try rates.measure("recover", keys: inScope.count) { () throws(EscrowError) in
      try escrow.recover(warrant, from: files, with: escrow.recipientKey) {
        locators, keys throws(EscrowError) in
        try fingerprint.add(locators.span, keys)
        for index in 0..<keys.count / KeyBatch.keyByteCount {
          let key = keys.extracting(
            index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount)
          for message in messages {
            do throws(CryptoError) {
              texts.append(try message.decrypted(with: key))
            } catch .authenticationFailed {
              // The key of another epoch.
              failures += 1
            } catch { throw .crypto(error) }
          }
        }
      }
    }
    let digest = try fingerprint.finish()
    guard digest == (try expected.finish()), report.recovered == UInt64(inScope.count), report.faults.isEmpty,
      report.missing == 0
    else { throw Failure.internalFailure("the recovered keys are not those deposited: \(report)") }
    try narrator.checked(
      "\(inScope.count) keys, bit for bit those of the MLS vectors (SHA-256 over all: \(Narrator.short(digest)))"
    )
    guard texts == [Self.text], failures == inScope.count * messages.count - 1 else {
      throw Failure.internalFailure("the message was not decrypted")
    }
    try narrator.line("epoch 2 reads", "\"\(Self.text)\"")
    try narrator.line(
      "epoch \(messages[1].locator.epoch)",
      "stays closed: the warrant does not name it, and no key at hand opens it")
    narrator.fact("recovered", .number(report.recovered))
    narrator.fact("fingerprint", .text(digest.hex))
    narrator.fact("message", .text(Self.text))
    return digest
  }

  private func closing() throws {
    try narrator.heading("What was shown")
    for text in [
      "Keys were split, stored, checked by members and by holders, and came back bit for bit under a warrant.",
      "Nothing came back without the judge, and no role could open anything alone.",
      "Whoever tampered was found out and named, and good answers still counted.",
      "Every answer, the refusal too, is a signed text that others can verify.",
      "Nothing was answered that did not stand in the log, and what a judge revoked there stayed revoked.",
    ] { try narrator.say(text, mark: "-") }
    try narrator.heading("What no escrow can do")
    for text in [
      "Both ends of a conversation can encrypt once more, underneath, or deposit a wrong key in agreement.",
      "A judge and an agency who both cheat can open, silently, what they hold shares of. Production needs more judges.",
      "A stolen sealing key opens the columns sealed to it. Rosters give such keys an end, and short lives are better.",
      "Whoever ships the messenger can ship one that leaks.",
      "What was released cannot be called back.",
    ] { try narrator.say(text, mark: "-") }
    if directory.isKept {
      try narrator.paragraph(
        "The files are in \(directory.path). Try:  escrow warrant show \(directory.path(of: "warrant"))")
    }
  }
}
