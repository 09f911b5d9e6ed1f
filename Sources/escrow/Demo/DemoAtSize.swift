import EscrowStore
import KeyEscrow
import LibCrypto
import SecretMemory

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The same at size: random keys in deposits of 1,024, in bounded memory, with the rate of each stage.
struct DemoAtSize {
  /// What one session holds: 65,536 deposits of 1,024 keys.
  static let maximumKeys = 65_536 * batchSize
  private static let batchSize = 1024
  // Deposits that wait in memory for one signed head: 16 MB.
  private static let depositsPerSubmission = 64
  // A typical warrant asks for a few hundred epochs of a conversation.
  private static let epochsPerConversation = 1000
  // How many keys members keep to check the store with.
  private static let sampleCount = 1000

  let count: Int
  let directory: DemoDirectory
  let narrator: Narrator

  func run() throws {
    var rates = StageRates()
    try narrator.heading("The escrow at size: \(Narrator.grouped(count)) keys")
    try narrator.paragraph(
      "Policy \(DemoEscrow.policyText), random keys from libcrypto's generator, deposits of "
        + "\(Narrator.grouped(Self.batchSize)) keys, an SQLite store in \(directory.path)"
        + (directory.isKept ? "." : ", removed at the end.")
        + " `escrow demo` without --keys explains each step.")
    let escrow = try DemoEscrow(in: directory, now: try Timestamp.now())
    let conversations = try makeConversations()
    let (expected, sample) = try deposit(conversations, in: escrow, rates: &rates)
    try check(sample, in: escrow, rates: &rates)

    let scope = try WarrantScope(conversations: conversations)
    let warrant = try escrow.warrant(scope, maximumKeys: UInt64(count))
    try directory.write(warrant.bytes, to: "warrant")
    try narrator.step("Warrant, releases and recovery", by: "agency, judge, provider")
    try escrow.log.publish(warrant, roster: escrow.roster)
    let judgeFile = try release(warrant, by: escrow.judge, in: escrow, rates: &rates)
    let agencyFile = try release(warrant, by: escrow.agency, in: escrow, rates: &rates)
    let providerFile = try release(warrant, by: escrow.provider, in: escrow, rates: &rates)
    try refuse(warrant, in: escrow)
    try recover(warrant, from: [judgeFile, agencyFile], expecting: expected, in: escrow, rates: &rates)

    try narrator.step("Nine ways to cheat", by: "whoever tries")
    let outside = RecordLocator(conversation: conversations[0], epoch: 0)
    try DemoAttempts(
      escrow: escrow, narrator: narrator, warrant: warrant, judgeFile: judgeFile, agencyFile: agencyFile,
      providerFile: providerFile, wideScope: scope,
      narrowScope: try WarrantScope(conversations: conversations, epochs: 1...UInt64.max), outside: outside,
      expected: expected, jobs: Self.jobs
    ).run()
    try summary(rates, in: escrow)
  }

  private static var jobs: Int { max(1, min(64, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))) }

  private func makeConversations() throws -> [ConversationID] {
    let wanted = min(
      WarrantScope.maximumConversations, max(1, count / Self.epochsPerConversation))
    var conversations: [ConversationID] = []
    for _ in 0..<wanted {
      let bytes = try SystemRandom().bytes(ConversationID.byteCount)
      if let id = ConversationID(bytes: bytes.span) { conversations.append(id) }
    }
    return conversations
  }

  // Makes, splits, seals and stores the keys, deposit by deposit; none is kept but the sample.
  private func deposit(
    _ conversations: [ConversationID], in escrow: DemoEscrow, rates: inout StageRates
  ) throws -> (Digest, DemoSample) {
    try narrator.step("Deposit", by: "depositor, store")
    var fingerprint = try KeyFingerprint()
    let sample = try DemoSample(capacity: Self.sampleCount)
    let stride = max(1, count / Self.sampleCount)
    var session = try escrow.openSession(capacity: Self.batchSize)
    var batch = try KeyBatch(capacity: Self.batchSize)
    var keys = try SecretBytes.zeros(Self.batchSize * KeyBatch.keyByteCount)
    var progress = ProgressLine("deposit")
    var done = 0
    var waiting = 0
    while done < count {
      let size = min(Self.batchSize, count - done)
      let locators = (done..<done + size).map {
        RecordLocator(
          conversation: conversations[$0 % conversations.count], epoch: UInt64($0 / conversations.count))
      }
      try rates.measure("make random keys", keys: size) {
        try keys.withMutableBytes { bytes in try SystemRandom().fill(&bytes) }
      }
      try keys.withBytes { bytes in
        let used = bytes.extracting(0..<size * KeyBatch.keyByteCount)
        try fingerprint.add(RecordLocator.pack(locators).span, used)
        for index in 0..<size where (done + index).isMultiple(of: stride) {
          sample.remember(
            locators[index],
            used.extracting(index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount))
        }
        try rates.measure("deposit", keys: size) {
          batch.removeAll()
          for (index, locator) in locators.enumerated() {
            try batch.append(
              conversation: locator.conversation, epoch: locator.epoch,
              uniformKey: used.extracting(index * KeyBatch.keyByteCount..<(index + 1) * KeyBatch.keyByteCount)
            )
          }
          try session.add(batch, now: escrow.now)
        }
      }
      done += size
      waiting += size
      if session.pendingCount == Self.depositsPerSubmission || done == count {
        let submission = try rates.measure("deposit", keys: 0) {
          try session.submit(signedBy: escrow.depositor)
        }
        _ = try rates.measure("store", keys: waiting) { try escrow.accept(submission) }
        waiting = 0
      }
      progress.show(UInt64(done))
    }
    let digest = try fingerprint.finish()
    ProgressLine.clear()
    let summary = try escrow.store.summary()
    try narrator.checked(
      "\(Narrator.grouped(summary.records)) keys in \(Narrator.grouped(summary.deposits)) deposits, "
        + "\(Narrator.grouped(summary.byteCount / max(1, summary.records))) bytes a key in the store")
    try narrator.say(
      "No second copy of the keys is kept. Instead, SHA-256 runs over every conversation, epoch and key as they are "
        + "deposited, and again as they are recovered: \(Narrator.short(digest))")
    narrator.fact("keys", .number(summary.records))
    narrator.fact("deposits", .number(summary.deposits))
    narrator.fact("storeBytes", .number(summary.byteCount))
    narrator.fact("fingerprint", .text(digest.hex))
    return (digest, sample)
  }

  private func check(_ sample: DemoSample, in escrow: DemoEscrow, rates: inout StageRates) throws {
    try narrator.step("Checks", by: "members, holders")
    var check = MemberCheck(roster: escrow.roster)
    try rates.measure("member check", keys: sample.locators.count) {
      for (index, locator) in sample.locators.enumerated() {
        try sample.withKey(index) { key throws(EscrowError) in
          try check.check(locator, uniformKey: key, in: escrow.store)
        }
      }
    }
    try narrator.checked(
      "members: a sample of \(Narrator.grouped(sample.locators.count)) keys is deposited exactly as it is")
    func intake(_ holder: borrowing Holder) throws {
      var progress = ProgressLine("intake check, \(holder.id)")
      let receipt = try rates.measure("intake check", keys: count) {
        try escrow.checkIntake(of: holder) { progress.show($0) }
      }
      ProgressLine.clear()
      guard receipt.records == UInt64(count) else {
        throw Failure.internalFailure("\(holder.id) checked \(receipt.records) of \(count) records")
      }
      try directory.write(receipt.bytes, to: "\(holder.id).intake")
      try narrator.checked(
        "\(holder.id): every one of \(Narrator.grouped(receipt.records)) shares opens and is right")
    }
    try intake(escrow.judge)
    try intake(escrow.provider)
    try intake(escrow.agency)
  }

  private func release(
    _ warrant: UnverifiedWarrant, by holder: borrowing Holder, in escrow: DemoEscrow, rates: inout StageRates
  ) throws -> FileBytes {
    var progress = ProgressLine("release, \(holder.id)")
    let name = "\(holder.id).release"
    let file = try rates.measure("release", keys: count) {
      try escrow.release(warrant, by: holder, from: escrow.store, to: name) { progress.show($0) }
    }
    ProgressLine.clear()
    try narrator.checked("\(name): \(Narrator.grouped(file.byteCount)) bytes")
    return file
  }

  private func refuse(_ warrant: UnverifiedWarrant, in escrow: DemoEscrow) throws {
    let refusal = try UnverifiedRefusal(
      refusing: warrant, by: escrow.provider, roster: escrow.roster, ground: .conflictOfLaw,
      reason: "The law of our seat asks for a treaty request.", now: escrow.now)
    let verified = try refusal.verified(roster: escrow.roster, warrant: warrant.digest)
    try directory.write(refusal.bytes, to: "provider.refusal")
    try narrator.checked(
      "provider.refusal: ground \(verified.ground.rawValue); so only judge and agency count below")
  }

  private func recover(
    _ warrant: UnverifiedWarrant, from files: [FileBytes], expecting expected: Digest, in escrow: DemoEscrow,
    rates: inout StageRates
  ) throws {
    var fingerprint = try KeyFingerprint()
    var progress = ProgressLine("recover")
    let report = try rates.measure("recover", keys: count) {
      try escrow.recover(warrant, from: files, with: escrow.recipientKey, jobs: Self.jobs) {
        locators, keys throws(EscrowError) in
        try fingerprint.add(locators.span, keys)
        progress.show(fingerprint.count)
      }
    }
    ProgressLine.clear()
    guard try fingerprint.finish() == expected, report.recovered == UInt64(count), report.faults.isEmpty,
      report.missing == 0
    else { throw Failure.internalFailure("the recovered keys are not those deposited: \(report)") }
    try narrator.checked(
      "\(Narrator.grouped(report.recovered)) keys recovered and compared with their commitments; conversations, epochs "
        + "and keys bit for bit as deposited (SHA-256 \(Narrator.short(expected)))")
    narrator.fact("recovered", .number(report.recovered))
  }

  private func summary(_ rates: StageRates, in escrow: DemoEscrow) throws {
    try narrator.step("Rates", by: "\(Self.jobs) threads for recovery, one elsewhere")
    for stage in rates.stages {
      let perSecond = UInt64(Double(stage.keys) / max(stage.seconds, 1e-9))
      narrator.rate(stage.name, keys: stage.keys, seconds: stage.seconds)
      try narrator.line(stage.name, "\(Narrator.aligned(perSecond, width: 12)) keys/s")
    }
    let memory = Self.peakMemory
    try narrator.line("peak memory", "\(Narrator.aligned(memory / 1_000_000, width: 12)) MB")
    narrator.fact("peakMemoryBytes", .number(memory))
  }

  /// The most memory that the process held, in bytes.
  private static var peakMemory: UInt64 {
    // RUSAGE_SELF, which every C library declares as another type.
    let thisProcess: CInt = 0
    var usage = rusage()
    guard unsafe getrusage(thisProcess, &usage) == 0 else { return 0 }
    let size = UInt64(max(0, usage.ru_maxrss))
    #if canImport(Darwin)
      return size
    #else
      return size * 1024
    #endif
  }
}
