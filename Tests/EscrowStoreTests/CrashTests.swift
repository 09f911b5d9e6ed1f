import EscrowStore
import Foundation
import KeyEscrow
import LibCrypto
import StoreTestSupport
import Testing

@Suite(.serialized) struct CrashTests {
  /// A running helper, and what it printed.
  final class Helper {
    private let process = Process()
    private let pipe = Pipe()

    init(_ arguments: [String]) throws {
      // The helper is built beside the tests.
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
      let folder = (bundle ?? Bundle.main.executableURL ?? Bundle.main.bundleURL).deletingLastPathComponent()
      process.executableURL = folder.appendingPathComponent("store-crash-helper")
      process.arguments = arguments
      process.standardOutput = pipe
      try process.run()
    }

    func kill() {
      Foundation.kill(process.processIdentifier, SIGKILL)
    }

    /// The whole lines it printed until it ended.
    func lines() throws -> [String] {
      let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  static func acknowledged(_ lines: [String]) -> [Digest] {
    lines.compactMap { line in
      line.hasPrefix("acknowledged ") ? Digest(hex: String(line.dropFirst("acknowledged ".count))) : nil
    }
  }

  @Test func noAcknowledgedDepositIsLostWhenTheProcessIsKilled() throws {
    let fixture = try StoreFixture()
    try fixture.store.close()
    var acknowledged: [Digest] = []
    var productiveKills = 0
    for round in 0..<120 {
      let helper = try Helper([fixture.path, "1000000"])
      Thread.sleep(forTimeInterval: .random(in: 0.01...0.15))
      helper.kill()
      let digests = Self.acknowledged(try helper.lines())
      if !digests.isEmpty { productiveKills += 1 }
      acknowledged += digests
      let store = try EscrowDatabase.open(path: fixture.path, mode: .readWrite)
      for digest in digests { #expect(try store.deposit(digest) != nil) }
      if round.isMultiple(of: 40) { #expect(try store.verify().findings == []) }
    }
    #expect(productiveKills > 20)
    let store = try EscrowDatabase.open(path: fixture.path, mode: .readWrite)
    for digest in acknowledged { #expect(try store.deposit(digest) != nil) }
    let verification = try store.verify()
    #expect(verification.findings == [])
    #expect(verification.deposits >= 3 * UInt64(acknowledged.count))
  }

  @Test func twoProcessesWriteOneStore() throws {
    let fixture = try StoreFixture()
    let helpers = try (0..<2).map { _ in try Helper([fixture.path, "40"]) }
    for helper in helpers {
      let lines = try helper.lines()
      #expect(lines.last == "done")
      #expect(Self.acknowledged(lines).count == 40)
    }
    let verification = try fixture.store.verify()
    #expect(verification.findings == [])
    #expect((verification.sessions, verification.deposits) == (2, 240))
  }

  @Test func aFileThatMayNotGrowLosesNothingAcknowledged() throws {
    let fixture = try StoreFixture()
    try fixture.store.close()
    let lines = try Helper([fixture.path, "1000000", "\(1 << 20)"]).lines()
    let acknowledged = Self.acknowledged(lines)
    #expect(!acknowledged.isEmpty)
    #expect(lines.last?.hasPrefix("refused storeUnavailable") == true, "\(lines.last ?? "")")
    let store = try EscrowDatabase.open(path: fixture.path, mode: .readWrite)
    for digest in acknowledged { #expect(try store.deposit(digest) != nil) }
    let verification = try store.verify()
    #expect(verification.findings == [])
    #expect(verification.deposits == 3 * UInt64(acknowledged.count))
    // With room again, it goes on.
    #expect(try Helper([fixture.path, "2"]).lines().last == "done")
  }
}
