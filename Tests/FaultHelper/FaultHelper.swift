import CFaults
import FlowSupport
import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TransparencyLog

/// Runs the whole way from a key to its recovery again and again, each time with another call of the system failing.
///
///     fault-helper random|libcrypto|pages|field [STRIDE]
///
/// Every run must end in a named error or give every key; prints how many runs ended in which error. With a stride,
/// only every so many-th call fails: libcrypto asks for memory thousands of times.
@main
enum FaultHelper {
  static func main() throws {
    let words = CommandLine.arguments
    let kinds: [String: fault_kind] = [
      "random": FAULT_RANDOM, "libcrypto": FAULT_LIBCRYPTO_MEMORY, "pages": FAULT_PAGES,
      "field": FAULT_FIELD_MEMORY,
    ]
    guard fault_prepare(), words.count >= 2, let kind = kinds[words[1]] else { exit(64) }
    let stride = words.count > 2 ? Int(words[2]) ?? 1 : 1
    // What is fetched once per process is fetched here.
    guard try flow() else { fail("without a fault, not every key is recovered") }
    let held = kind == FAULT_PAGES ? try wholeArena() : []
    defer { withExtendedLifetime(held) {} }
    var endings: [String: Int] = [:]
    var number = 1
    var failures = 0
    while true {
      var hasFailed = false
      for isLasting in [false, true] {
        fault_arm(kind, number, isLasting)
        do {
          let isWhole = try flow()
          let hasFault = fault_calls() >= number
          fault_disarm()
          if !isWhole { fail("call \(number) failed, and not every key came out, without an error") }
          if hasFault { endings["no harm", default: 0] += 1 }
          hasFailed = hasFailed || hasFault
        } catch {
          fault_disarm()
          hasFailed = true
          if kind == FAULT_FIELD_MEMORY, !isFieldMemory(error) {
            fail("without memory for a matrix, the error is another: \(error)")
          }
          if kind == FAULT_LIBCRYPTO_MEMORY, !isCrypto(error) {
            fail("without memory for libcrypto, the error is another: \(error)")
          }
          failures += 1
          endings[try name(of: error), default: 0] += 1
        }
      }
      // Once a whole flow makes fewer calls, every call has had its turn.
      if !hasFailed { break }
      number += stride
    }
    guard try flow() else { fail("after the faults, not every key is recovered") }
    print("\(words[1]): \(number - 1) calls failed in turn, \(failures) runs ended in an error")
    for (ending, count) in endings.sorted(by: { $0.key < $1.key }) { print("  \(count) × \(ending)") }
  }

  // Makes keys and parties, deposits, compares, warrants, releases and recovers; whether every key came out.
  private static func flow() throws -> Bool {
    let world = try FlowWorld()
    let conversation = FlowWorld.conversation(0x42)
    let holder = try Holder.generate(
      HolderID(parsing: "judge"), sealingKeyNotAfter: FlowWorld.now.adding(seconds: 86_400))
    _ = holder.id
    let keys = try SystemRandom().secret(5 * KeyBatch.keyByteCount)
    let isRandom = !keys.withBytes(ConstantTime.isZero)
    guard isRandom else { fail("a random secret is zero") }
    try world.deposit(keys, conversation: conversation, perDeposit: 3)
    var member = MemberCheck(roster: world.roster)
    try keys.withBytes { keys in
      try member.check(
        RecordLocator(conversation: conversation, epoch: 2), uniformKey: keys.extracting(64..<96),
        in: world.store)
    }
    let warrant = try world.warrant(conversation)
    var releases: [Release] = []
    for id in world.roster.policy.holders { releases.append(try world.release(warrant, by: id)) }
    var found = 0
    let report = try world.recover(warrant, releases, from: world.store) {
      (locators, recovered) throws(EscrowError) in
      for (index, locator) in (RecordLocator.unpack(locators) ?? []).enumerated() {
        let epoch = Int(locator.epoch)
        let isEqual = keys.withBytes {
          ConstantTime.equal(
            $0.extracting(32 * epoch..<32 * (epoch + 1)), recovered.extracting(32 * index..<32 * (index + 1)))
        }
        guard isEqual else { fail("a wrong key came out") }
        found += 1
      }
    }
    guard found == Int(report.recovered) else { fail("the report does not count what came out") }
    // A fault in the middle of a recovery must not look like nothing to recover.
    if found < 5 && report.missing == 0 && report.faults.isEmpty { fail("keys are missing without a word") }
    return found == 5 && report.faults.isEmpty
  }

  // Every slot for a small secret, so that each such secret has to ask for a page.
  private static func wholeArena() throws -> [HeldSecret] {
    var held: [HeldSecret] = []
    for byteCount in SecretArena.slotByteCounts {
      while true {
        let secret = try HeldSecret(byteCount)
        guard !secret.hasOwnPages else { break }
        held.append(secret)
      }
    }
    return held
  }

  private static func isFieldMemory(_ error: any Error) -> Bool {
    error as? EscrowError == .sharing(.outOfMemory) || error as? SharingError == .outOfMemory
  }

  private static func isCrypto(_ error: any Error) -> Bool {
    switch error {
    case is CryptoError, EscrowError.crypto, NoteError.crypto, LogError.crypto, LogError.note(.crypto): true
    case EscrowError.note(.crypto), EscrowError.log(.crypto), EscrowError.log(.note(.crypto)): true
    default: false
    }
  }

  private static func name(of error: any Error) throws -> String {
    switch error {
    case is EscrowError, is CryptoError, is NoteError, is LogError, is SharingError, is SecretMemoryError:
      // Without what differs from place to place.
      return "\(error)".replacing(#/reasons: \[.*\]/#, with: "reasons").replacing(#/[0-9]+/#, with: "n")
    default:
      fail("an error without a name of ours: \(error)")
    }
  }

  private static func fail(_ reason: String) -> Never {
    fault_disarm()
    try? FileHandle.standardError.write(contentsOf: Data("not so: \(reason)\n".utf8))
    exit(1)
  }
}

/// A secret that an array can hold.
private final class HeldSecret {
  private let secret: SecretBytes

  init(_ byteCount: Int) throws {
    secret = try SecretBytes.zeros(byteCount)
  }

  var hasOwnPages: Bool { secret.hasOwnPages }
}
