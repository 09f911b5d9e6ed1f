import Foundation
import LibCrypto
import TransparencyLog

/// Writes to a log, or a log and a witness's memory, until it is killed; started by `LogCrashTests`.
///
///     log-crash-helper append <log> <nonce>
///     log-crash-helper cosign <log> <nonce> <witness memory>
///
/// Prints one line for everything that it has acknowledged: the size and the root of a checkpoint.
@main
struct LogCrashHelper {
  static let origin = "crash.example"

  static func main() throws {
    let arguments = CommandLine.arguments
    switch (arguments.dropFirst().first, arguments.count) {
    case ("append", 4): try append(to: arguments[2], nonce: arguments[3])
    case ("cosign", 5): try cosign(arguments[2], nonce: arguments[3], memory: arguments[4])
    default: throw CocoaError(.featureUnsupported)
    }
  }

  private static func signer(_ name: String, seed: UInt8) throws -> NoteSigner {
    let seed = [UInt8](repeating: seed, count: 32)
    let key = try Ed25519PrivateKey.fromSeed(seed.span)
    return try NoteSigner(name: name, key: key)
  }

  /// Opens the log, or makes it.
  private static func open(_ path: String) throws -> TiledLog {
    do {
      return try TiledLog.open(at: path, signer: signer(origin, seed: 1))
    } catch LogError.notALog {
      return try TiledLog.create(at: path, origin: origin, signer: signer(origin, seed: 1))
    }
  }

  /// Entries differ from run to run: a run that is appended again in place of another one is another history.
  private static func append(to path: String, nonce: String) throws {
    var log = try open(path)
    acknowledge(log.checkpoint.checkpoint)
    while true {
      // Mostly single entries; now and then enough to fill bundles and tiles.
      let count = Int.random(in: 0..<8) == 0 ? Int.random(in: 200..<600) : Int.random(in: 1..<4)
      for _ in 0..<count {
        let entry = Array("\(nonce) \(log.nextIndex)".utf8)
        try log.append(entry.span)
      }
      acknowledge(try log.publish().checkpoint)
    }
  }

  private static func cosign(_ path: String, nonce: String, memory: String) throws {
    var log = try open(path)
    let identity = log.identity
    var witness = try Witness.open(at: memory, signer: signer("witness.example", seed: 2), logs: [identity])
    while true {
      let entry = Array("\(nonce) \(log.nextIndex)".utf8)
      try log.append(entry.span)
      try log.publish()
      _ = try witness.cosign(LogDirectory(path), at: UInt64(Date().timeIntervalSince1970))
      acknowledge(log.checkpoint.checkpoint)
    }
  }

  private static func acknowledge(_ checkpoint: Checkpoint) {
    FileHandle.standardOutput.write(Data("\(checkpoint.size) \(checkpoint.root.hex)\n".utf8))
  }
}
