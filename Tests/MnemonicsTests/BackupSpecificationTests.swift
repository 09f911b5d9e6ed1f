import Foundation
import LibCrypto
import Mnemonics
import SecretMemory
import TestSupport
import Testing

/// The blocks of `Spec/backup.md`, read out of the document.
struct BackupSpecificationTests {
  private static let specification = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Spec")

  /// The keys and values of the block that is fenced as `name`.
  private func block(_ name: String) throws -> [(key: String, value: String)] {
    let text = try String(contentsOf: Self.specification.appendingPathComponent("backup.md"), encoding: .utf8)
    let body = try #require(text.components(separatedBy: "```\(name)\n").dropFirst().first)
    return body.prefix { $0 != "`" }.split(separator: "\n").map { line in
      let parts = line.components(separatedBy: ": ")
      return (parts[0], parts.dropFirst().joined(separator: ": "))
    }
  }

  @Test func anyTwoMnemonicsGiveTheSecret() throws {
    let block = try block("backup")
    func value(_ key: String) throws -> String { try #require(block.first { $0.key == key }?.value) }
    let secret = try value("secret")
    let mnemonics = block.filter { $0.key == "mnemonic" }.map(\.value)
    #expect(mnemonics.count == 3)
    for pair in [[0, 1], [0, 2], [2, 1], [0, 1, 2]] {
      #expect(try Sample.combine(pair.map { mnemonics[$0] }, passphrase: try value("passphrase")) == secret)
    }
    #expect(try Sample.combine(Array(mnemonics.prefix(2))).hasPrefix("2365a02a"))
    let header = try Sample.share(mnemonics[2]).header
    #expect(String(header.identifier) == (try value("identifier")))
    #expect((header.isExtendable ? "1" : "0") == (try value("extendable")))
    #expect(String(header.iterationExponent) == (try value("iteration exponent")))
    #expect((header.groupThreshold, header.groupCount, header.memberThreshold) == (1, 1, 2))
  }

  @Test func theSecretIsTheKeysOfTheVectorsJudge() throws {
    let secret = bytes(hex: try #require(try block("backup").first { $0.key == "secret" }?.value))
    let record = try String(
      contentsOf: Self.specification.appendingPathComponent("vectors/holder.json"), encoding: .utf8)
    let sealing = try X25519PrivateKey.fromRaw(Array(secret.prefix(32)).span)
    #expect(record.contains("\"sealingKey\": \"\(hex(sealing.publicKey.bytes))\""))
    let signing = try Ed25519PrivateKey.fromSeed(Array(secret.suffix(32)).span)
    let vkey = try #require(record.firstMatch(of: /"vkey": "judge\+[0-9a-f]{8}\+([A-Za-z0-9+\/=]+)"/)).1
    #expect(Data(base64Encoded: String(vkey)) == Data([1] + signing.publicKey.bytes))
    // The prefixes of PKCS#8 are the ones that libcrypto writes.
    let prefixes = try block("pkcs8").map { String($0.value.prefix { $0 != " " }) }
    let written = [try der(sealing.pem()), try der(signing.pem())]
    #expect(prefixes.count == 2)
    for (index, half) in [secret.prefix(32), secret.suffix(32)].enumerated() {
      #expect(written[index] == bytes(hex: prefixes[index]) + half)
    }
  }

  private func der(_ pem: consuming SecretBytes) throws -> [UInt8] {
    let text = pem.withBytes { pem in String(decoding: pem.indices.map { pem[$0] }, as: UTF8.self) }
    let body = text.split(separator: "\n").dropFirst().dropLast().joined()
    return Array(try #require(Data(base64Encoded: body)))
  }

  @Test func theWordsOfADigestAreThoseOfTheText() throws {
    let block = try block("words")
    let digest = try SHA256.digest([])
    #expect(block[0].value == digest.hex)
    #expect(block[1].value == PGPWords.words(of: digest).joined(separator: " "))
  }
}
