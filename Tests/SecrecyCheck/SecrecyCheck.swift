import CSecrecyMarks
import FlowSupport
import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing

/// Runs the whole way from a key to its recovery under valgrind, with every secret marked as uninitialised: memcheck then
/// reports each branch and each address that depends on one.
///
///     valgrind … secrecy-check            deal, check, release, recover, compare
///     valgrind … secrecy-check LEAK       the same, with a leak that memcheck must report: branch, table or compare
@main
enum SecrecyCheck {
  /// What a run does wrong on purpose.
  enum Leak: String, CaseIterable {
    /// Branches on a recovered key.
    case branch
    /// Looks a recovered key's byte up in a table.
    case table
    /// Compares keys with `==`, which ends at the first difference.
    case compare
  }

  static func main() throws {
    guard secrecy_is_watched() else {
      say("this program shows something under valgrind only")
      exit(64)
    }
    let words = CommandLine.arguments.dropFirst()
    let leak = words.first.flatMap(Leak.init(rawValue:))
    guard words.count <= 1, words.isEmpty || leak != nil else { exit(64) }
    let policies =
      leak == nil
      ? [
        "and(judge, or(provider, agency))",
        "and(thresh(2, judge:a, judge:b, judge:c), or(provider, thresh(2, agency:a, agency:b, agency:c)))",
      ] : ["and(judge, or(provider, agency))"]
    for policy in policies {
      try run(policy, leak: leak)
      if leak == nil {
        say("  \(policy): \(secrecy_reported_errors()) branches or addresses depend on a secret")
      }
    }
    if leak == nil { requirePassages() }
  }

  private static func run(_ policy: String, leak: Leak?) throws {
    let world = try FlowWorld(policy) { markSecret($0) }
    let conversation = FlowWorld.conversation(0x42)
    let keyCount = 41
    // Fresh random bytes are secret once they have passed libcrypto's wall.
    let keys = try SystemRandom().secret(keyCount * KeyBatch.keyByteCount)
    require(keys.withBytes(secretCount) == keys.count, "the keys are secret")
    let submission = try world.deposit(keys, conversation: conversation, perDeposit: 17)
    for listed in submission.deposits {
      require(secretCount(listed.deposit.bytes.span) == 0, "a deposit is public")
    }
    try checkIntake(world, submission)
    try checkMembership(world, keys: keys, conversation: conversation)

    let warrant = try world.warrant(conversation)
    var releases: [Release] = []
    let verified = try warrant.verifiedForRecovery(by: world.roster)
    for id in world.roster.policy.holders {
      var bytes = try world.releaseBytes(warrant, by: id, from: world.store)
      require(secretCount(bytes.span) == 0, "a release is public")
      releases.append(try UnverifiedRelease(MemoryBytes(bytes)).verified(for: verified))
      // The quick way is done; a spoilt copy of the last release makes recovery take the careful way.
      if id == world.roster.policy.holders.last {
        try recover(world, warrant, releases, keys: keys, leak: leak)
        bytes[bytes.count - 1] ^= 1
        releases[releases.count - 1] = try UnverifiedRelease(MemoryBytes(bytes)).verified(for: verified)
        try recover(world, warrant, releases, keys: keys, leak: leak)
      }
    }
  }

  // Each holder opens its columns and checks every share.
  private static func checkIntake(_ world: FlowWorld, _ submission: DepositSubmission) throws {
    for (row, id) in world.roster.policy.holders.enumerated() {
      try world.withHolder(id) { holder in
        var check = try IntakeCheck(roster: world.roster, holder: id)
        for listed in submission.deposits {
          let view = try MemoryDeposits.view(listed.deposit, row: row, records: [])
          try check.check(view, session: submission.session, by: holder)
        }
      }
    }
  }

  // A member of the conversation compares its key with what was deposited.
  private static func checkMembership(
    _ world: FlowWorld, keys: borrowing SecretBytes, conversation: ConversationID
  ) throws {
    var check = MemberCheck(roster: world.roster)
    try keys.withBytes { keys in
      try check.check(
        RecordLocator(conversation: conversation, epoch: 3),
        uniformKey: keys.extracting(3 * KeyBatch.keyByteCount..<4 * KeyBatch.keyByteCount), in: world.store)
    }
  }

  private static func recover(
    _ world: FlowWorld, _ warrant: UnverifiedWarrant, _ releases: [Release], keys: borrowing SecretBytes,
    leak: Leak?
  ) throws {
    var recovered = try SecretBytes.zeros(keys.count)
    let report = try world.recover(warrant, releases, from: world.store) {
      (locators, found) throws(EscrowError) in
      require(secretCount(found) == found.count, "recovered keys are still secret")
      if let leak { Self.leak(found, leak) }
      for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
        recovered.withMutableBytes { target in
          for byte in 0..<KeyBatch.keyByteCount {
            target[Int(locator.epoch) * KeyBatch.keyByteCount + byte] =
              found[index * KeyBatch.keyByteCount + byte]
          }
        }
      }
    }
    require(report.recovered == keys.count / KeyBatch.keyByteCount, "every key is recovered")
    // Whether the keys are equal is what this program is about to tell.
    var isEqual = keys.withBytes { keys in recovered.withBytes { ConstantTime.equal(keys, $0) } }
    unsafe withUnsafeBytes(of: &isEqual) { unsafe secrecy_mark_public($0.baseAddress, $0.count) }
    require(isEqual, "the recovered keys are those deposited")
  }

  private static let table: [UInt8] = (0...255).map { UInt8($0) &* 7 }

  @inline(never)
  private static func leak(_ key: Span<UInt8>, _ leak: Leak) {
    var found: UInt8 = 0
    switch leak {
    case .branch: if key[0] > 127 { found = 1 }
    case .table: found = table[Int(key[0])]
    case .compare: if key.hasSamePublicBytes(as: Array(repeating: 0, count: key.count).span) { found = 1 }
    }
    unsafe withUnsafeMutableBytes(of: &found) { unsafe secrecy_mark_public($0.baseAddress, $0.count) }
    say("leaked \(found)")
  }

  // What must have passed the wall, or nothing was shown.
  private static func requirePassages() {
    let passages = secrecy_count_passages()
    say(
      "  passed the wall: \(passages.random_secrets) random secrets, \(passages.coefficients) coefficients, "
        + "\(passages.sealed_columns) sealed and \(passages.opened_columns) opened columns, "
        + "\(passages.public_digests) public digests, \(passages.confirmations) confirmations, "
        + "\(passages.signatures) signatures")
    for count in [
      passages.random_secrets, passages.coefficients, passages.sealed_columns, passages.opened_columns,
      passages.public_digests, passages.confirmations, passages.signatures,
    ] {
      require(count > 0, "every kind of value passes the wall")
    }
  }

  private static func markSecret(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe secrecy_mark_secret($0.baseAddress, $0.count) }
  }

  private static func secretCount(_ bytes: Span<UInt8>) -> Int {
    unsafe bytes.withUnsafeBufferPointer { unsafe secrecy_count_secret($0.baseAddress, $0.count) }
  }

  private static func require(_ condition: Bool, _ claim: String) {
    guard condition else {
      say("not so: \(claim)")
      exit(1)
    }
  }

  private static func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
  }
}
