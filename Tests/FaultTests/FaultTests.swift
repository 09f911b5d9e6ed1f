import Foundation
import Testing

/// Whatever call of the system fails, in turn, on the way from a key to its recovery: the run ends in a named error or
/// gives every key, and no wrong one (`Tests/FaultHelper`).
@Suite(.serialized) struct FaultTests {
  /// What the helper printed, line by line; the test fails unless it ended well.
  static func run(_ arguments: String...) throws -> [String] {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let folder = (bundle ?? Bundle.main.executableURL ?? Bundle.main.bundleURL).deletingLastPathComponent()
    let process = Process()
    let output = Pipe()
    let complaints = Pipe()
    process.executableURL = folder.appendingPathComponent("fault-helper")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = complaints
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    let reasons = String(decoding: try complaints.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(arguments): \(reasons)")
    return text.split(separator: "\n").map(String.init)
  }

  @Test func aFailingRandomGeneratorEmitsNothing() throws {
    let lines = try Self.run("random")
    // Each call that fails ends the run: nothing goes on without randomness.
    #expect(lines.contains { $0.contains("randomness") })
    #expect(!lines.contains { $0.contains("no harm") })
  }

  @Test func failingAllocationsOfLibcryptoAreNamedErrors() throws {
    let lines = try Self.run("libcrypto", "37")
    #expect(lines.count > 1)
  }

  @Test func failingPagesForSecretsAreNamedErrors() throws {
    let lines = try Self.run("pages")
    #expect(lines.count > 1)
    #expect(!lines.contains { $0.contains("no harm") })
  }

  @Test func failingAllocationsOfTheFieldAreNamedErrors() throws {
    let lines = try Self.run("field")
    #expect(lines.count > 1)
  }
}
