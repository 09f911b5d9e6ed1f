import Foundation
import LibCrypto
import SecretMemory
import TestSupport
import Testing

/// The MLS working group's key-schedule vectors, recomputed with this module's HKDF and no MLS code:
/// a messenger's exporter output is where conversation keys come from.
struct MLSVectorTests {
  struct Group: Decodable, Sendable, CustomTestStringConvertible {
    struct Exporter: Decodable, Sendable {
      let context: String
      let label: String
      let length: Int
      let secret: String
    }

    struct Epoch: Decodable, Sendable {
      let commit_secret: String
      let psk_secret: String
      let confirmed_transcript_hash: String
      let tree_hash: String
      let group_context: String
      let joiner_secret: String
      let welcome_secret: String
      let init_secret: String
      let sender_data_secret: String
      let encryption_secret: String
      let exporter_secret: String
      let epoch_authenticator: String
      let external_secret: String
      let external_pub: String
      let confirmation_key: String
      let membership_key: String
      let resumption_psk: String
      let exporter: Exporter
    }

    let cipher_suite: UInt16
    let group_id: String
    let initial_init_secret: String
    let epochs: [Epoch]

    /// RFC 9420 §17.1: suites 1, 2 and 3 are those of SHA-256.
    var usesSHA256: Bool { (1...3).contains(cipher_suite) }
    var usesX25519: Bool { cipher_suite == 1 || cipher_suite == 3 }
    var testDescription: String { "MLS cipher suite \(cipher_suite)" }
  }

  static let groups: Result<[Group], any Error> = Result {
    try JSONDecoder().decode([Group].self, from: vectorFile("mls-key-schedule.json"))
  }

  static var computable: [Group] { (try? groups.get())?.filter(\.usesSHA256) ?? [] }

  @Test("The file has groups; those of another hash are skipped by name")
  func fileIsReadable() throws {
    let groups = try Self.groups.get()
    #expect(!groups.isEmpty)
    for group in groups where !group.usesSHA256 { print("skipped, not SHA-256: \(group.testDescription)") }
    #expect(groups.contains { $0.usesSHA256 })
    #expect(groups.allSatisfy { !$0.epochs.isEmpty })
  }

  @Test("Every secret of every epoch (RFC 9420 §8)", arguments: computable)
  func keySchedule(_ group: Group) throws {
    var hkdf = try HKDF()
    var initSecret = bytes(hex: group.initial_init_secret)
    for (number, epoch) in group.epochs.enumerated() {
      let context = Self.groupContext(group, epoch, number: UInt64(number))
      #expect(hex(context) == epoch.group_context)

      let extracted = try Self.extract(salt: initSecret, bytes(hex: epoch.commit_secret), &hkdf)
      let joiner = try Self.expandWithLabel(extracted, "joiner", context, &hkdf)
      #expect(hex(joiner) == epoch.joiner_secret)

      let member = try Self.extract(salt: joiner, bytes(hex: epoch.psk_secret), &hkdf)
      #expect(hex(try Self.derive(member, "welcome", &hkdf)) == epoch.welcome_secret)
      let epochSecret = try Self.expandWithLabel(member, "epoch", context, &hkdf)

      for (label, expected) in [
        ("init", epoch.init_secret), ("sender data", epoch.sender_data_secret),
        ("encryption", epoch.encryption_secret), ("exporter", epoch.exporter_secret),
        ("external", epoch.external_secret), ("confirm", epoch.confirmation_key),
        ("membership", epoch.membership_key), ("resumption", epoch.resumption_psk),
        ("authentication", epoch.epoch_authenticator),
      ] {
        #expect(hex(try Self.derive(epochSecret, label, &hkdf)) == expected, "\(label), epoch \(number)")
      }

      let exporterSecret = bytes(hex: epoch.exporter_secret)
      #expect(hex(try Self.export(exporterSecret, epoch.exporter, &hkdf)) == epoch.exporter.secret)

      if group.usesX25519 {
        let external = try HPKEVectorTests.derivedKey(bytes(hex: epoch.external_secret), .x25519HKDFSHA256)
        #expect(hex(external.publicKey.bytes) == epoch.external_pub)
      }
      initSecret = bytes(hex: epoch.init_secret)
    }
  }

  // MARK: - RFC 9420's functions

  private static func extract(salt: [UInt8], _ key: [UInt8], _ hkdf: inout HKDF) throws -> [UInt8] {
    try hkdf.extract(salt: salt.span, inputKey: key.span).withBytes { secret in
      secret.indices.map { secret[$0] }
    }
  }

  /// §8: `ExpandWithLabel(Secret, Label, Context, Length)`.
  private static func expandWithLabel(
    _ secret: [UInt8], _ label: String, _ context: [UInt8], length: Int = 32, _ hkdf: inout HKDF
  ) throws -> [UInt8] {
    let info =
      [UInt8(length >> 8), UInt8(length & 0xff)] + vector(Array("MLS 1.0 \(label)".utf8)) + vector(context)
    return try filled(length) { (out) throws(CryptoError) in
      try hkdf.expand(key: secret.span, info: info.span, into: &out)
    }
  }

  /// §8: `DeriveSecret(Secret, Label)`.
  private static func derive(_ secret: [UInt8], _ label: String, _ hkdf: inout HKDF) throws -> [UInt8] {
    try expandWithLabel(secret, label, [], &hkdf)
  }

  /// §8.5: `MLS-Exporter(Label, Context, Length)`.
  private static func export(
    _ secret: [UInt8], _ exporter: Group.Exporter, _ hkdf: inout HKDF
  ) throws -> [UInt8] {
    let derived = try derive(secret, exporter.label, &hkdf)
    let context = try SHA256.digest(bytes(hex: exporter.context))
    return try expandWithLabel(derived, "exported", context.bytes, length: exporter.length, &hkdf)
  }

  /// §8.1: `GroupContext` of version 1 without extensions.
  private static func groupContext(_ group: Group, _ epoch: Group.Epoch, number: UInt64) -> [UInt8] {
    var result: [UInt8] = [0, 1, UInt8(group.cipher_suite >> 8), UInt8(group.cipher_suite & 0xff)]
    result += vector(bytes(hex: group.group_id))
    result += (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    result += vector(bytes(hex: epoch.tree_hash))
    result += vector(bytes(hex: epoch.confirmed_transcript_hash))
    return result + vector([])
  }

  /// §2.1.2: a variable-size vector, whose length takes one byte below 64 and two below 16,384.
  private static func vector(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 16_384, "a vector longer than the test's encoder knows")
    if bytes.count < 64 { return [UInt8(bytes.count)] + bytes }
    return [0x40 | UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes
  }
}
