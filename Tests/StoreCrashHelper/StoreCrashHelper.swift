import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import StoreTestSupport

/// Fills a store and prints a line for each acknowledgement, until it is done, killed, or out of space.
///
///     store-crash-helper <store> <submissions> [<largest file in bytes>]
@main
enum StoreCrashHelper {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3, let submissions = Int(arguments[2]) else { exit(64) }
    if arguments.count > 3, let limit = UInt(arguments[3]) {
      // A write beyond the limit then fails, as on a full disk, instead of ending the process.
      signal(SIGXFSZ, SIG_IGN)
      var limits = rlimit(rlim_cur: rlim_t(limit), rlim_max: rlim_t(limit))
      guard unsafe setrlimit(fileSizeResource, &limits) == 0 else { exit(71) }
    }
    let store = try EscrowDatabase.open(path: arguments[1], mode: .readWrite)
    let world = try StoreWorld()
    let signingKey = try StoreWorld.storeKey()
    var depositor = try TestDepositor(world)
    for number in 0..<submissions {
      for deposit in 0..<3 {
        let first = 100 * number + 10 * deposit
        try depositor.add(
          (0..<8).map {
            RecordLocator(conversation: StoreWorld.conversation(first + $0), epoch: UInt64(number))
          })
      }
      do {
        let receipt = try store.verifyAndAccept(
          try depositor.submit(), roster: world.roster, receivedAt: StoreWorld.start, signingKey: signingKey)
        say("acknowledged \(receipt.deposit)")
      } catch {
        say("refused \(error)")
        return
      }
    }
    say("done")
  }

  private static func say(_ line: String) {
    // Unbuffered: a line that was printed was printed when the process is killed.
    try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
  }

  #if canImport(Glibc)
    private static let fileSizeResource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
  #else
    private static let fileSizeResource = RLIMIT_FSIZE
  #endif
}
