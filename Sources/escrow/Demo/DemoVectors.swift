import Foundation
import KeyEscrow
import LibCrypto

/// One MLS group of the embedded test vectors: a conversation with one real exporter secret per epoch.
///
/// The file is `key-schedule.json` of the MLS working group's test vectors (RFC 9420). Its secrets are published, so
/// they may lie in ordinary memory here.
struct DemoConversation {
  /// The MLS cipher suite (RFC 9420 §17.1).
  let cipherSuite: Int
  /// SHA-256 of the group's first group context.
  let id: ConversationID
  /// MLS-Exporter output per epoch, 32 bytes each.
  let keys: [[UInt8]]

  func locator(_ epoch: Int) -> RecordLocator {
    RecordLocator(conversation: id, epoch: UInt64(epoch))
  }
}

/// The vector file that the binary carries.
enum DemoVectors {
  private struct Suite: Decodable {
    struct Exporter: Decodable {
      let secret: String
    }
    struct Epoch: Decodable {
      let exporter: Exporter
      let group_context: String
    }
    let cipher_suite: Int
    let epochs: [Epoch]
  }

  /// The conversations whose exporter secrets have 32 bytes, and the cipher suites that were passed over because
  /// theirs are longer.
  static func load() throws -> (conversations: [DemoConversation], skipped: [Int]) {
    let suites = try JSONDecoder().decode(
      [Suite].self, from: Data(PackageResources.mls_key_schedule_json))
    var conversations: [DemoConversation] = []
    var skipped: [Int] = []
    for suite in suites {
      let keys = suite.epochs.compactMap { Hexadecimal.decode($0.exporter.secret) }
      guard let context = suite.epochs.first.flatMap({ Hexadecimal.decode($0.group_context) }),
        keys.count == suite.epochs.count
      else { throw Failure.internalFailure("the embedded vectors hold something else than hexadecimal") }
      guard keys.allSatisfy({ $0.count == KeyBatch.keyByteCount }) else {
        skipped.append(suite.cipher_suite)
        continue
      }
      guard let id = ConversationID(bytes: try SHA256.digest(context).bytes.span) else { continue }
      conversations.append(DemoConversation(cipherSuite: suite.cipher_suite, id: id, keys: keys))
    }
    return (conversations, skipped)
  }
}
