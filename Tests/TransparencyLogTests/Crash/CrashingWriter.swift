import Foundation
import LibCrypto
import Testing
import TransparencyLog

/// A run of `log-crash-helper` that is killed at a random moment.
struct CrashingWriter {
  static let origin = "crash.example"

  /// What the writer acknowledged before it was killed.
  let acknowledged: [Checkpoint]

  /// Starts the helper and kills it up to `latest` after it started, or after its first acknowledgement, so that
  /// both opening and writing are hit.
  init(_ arguments: [String], latest: Duration) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = try Self.helper()
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    var text = Data()
    if Bool.random() { text = output.fileHandleForReading.availableData }
    Thread.sleep(forTimeInterval: .random(in: 0...latest / .seconds(1)))
    try #require(process.isRunning, "the writer ended by itself")
    #expect(kill(process.processIdentifier, SIGKILL) == 0)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    text.append(try output.fileHandleForReading.readToEnd() ?? Data())
    // A line without its newline was not acknowledged whole.
    acknowledged = try String(decoding: text, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).dropLast().map { line in
      let words = line.split(separator: " ")
      let (size, root) = (try #require(UInt64(words[0])), try #require(Digest(hex: String(words[1]))))
      return try Checkpoint(origin: Self.origin, size: size, root: root)
    }
  }

  static func signer(_ name: String = origin, seed: UInt8 = 1) throws -> NoteSigner {
    let seed = [UInt8](repeating: seed, count: 32)
    let key = try Ed25519PrivateKey.fromSeed(seed.span)
    return try NoteSigner(name: name, key: key)
  }

  static func identity() throws -> LogIdentity {
    let signer = try signer()
    return LogIdentity(key: signer.verifierKey)
  }

  /// The helper stands beside the test bundle.
  private static func helper() throws -> URL {
    let bundle = try #require(Bundle.main.executableURL)
    let helper = bundle.deletingLastPathComponent().appendingPathComponent("log-crash-helper")
    return try #require(FileManager.default.isExecutableFile(atPath: helper.path) ? helper : nil)
  }
}
