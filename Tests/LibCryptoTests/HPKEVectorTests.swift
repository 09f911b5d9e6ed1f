import Foundation
import LibCrypto
import SecretMemory
import TestSupport
import Testing

/// RFC 9180 appendix A, in the form of the CFRG's test-vectors.json.
struct HPKEVectorTests {
  struct Row: Decodable, Sendable, CustomTestStringConvertible {
    struct Encryption: Decodable, Sendable {
      let aad: String
      let ct: String
      let nonce: String
      let pt: String
    }

    struct Export: Decodable, Sendable {
      let exporter_context: String
      let L: Int
      let exported_value: String
    }

    let mode: Int
    let kem_id: UInt16
    let kdf_id: UInt16
    let aead_id: UInt16
    let info: String
    let ikmE: String
    let ikmR: String
    let skRm: String
    let skEm: String
    let pkRm: String
    let pkEm: String
    let enc: String
    let shared_secret: String
    let key: String
    let base_nonce: String
    let exporter_secret: String
    let encryptions: [Encryption]
    let exports: [Export]

    var testDescription: String { "mode \(mode), suite \(kem_id)-\(kdf_id)-\(aead_id)" }

    var suite: HPKESuite? { Entry.suite(mode, kem_id, kdf_id, aead_id) }
  }

  /// Any row: one of a mode or suite that is not built need not have every field of `Row`.
  struct Entry: Decodable, Sendable {
    private struct Name: Decodable {
      let mode: Int
      let kem_id: UInt16
      let kdf_id: UInt16
      let aead_id: UInt16
    }

    let name: String
    let row: Row?

    init(from decoder: any Decoder) throws {
      let name = try Name(from: decoder)
      self.name = "mode \(name.mode), suite \(name.kem_id)-\(name.kdf_id)-\(name.aead_id)"
      let isBuilt = Self.suite(name.mode, name.kem_id, name.kdf_id, name.aead_id) != nil
      row = isBuilt ? try Row(from: decoder) : nil
    }

    static func suite(_ mode: Int, _ kem: UInt16, _ kdf: UInt16, _ aead: UInt16) -> HPKESuite? {
      guard mode == 0, let kem = HPKEKEM(rawValue: kem), let kdf = HPKEKDF(rawValue: kdf),
        let aead = HPKEAEAD(rawValue: aead)
      else { return nil }
      return HPKESuite(kem: kem, kdf: kdf, aead: aead)
    }
  }

  static let entries: Result<[Entry], any Error> = Result {
    try JSONDecoder().decode([Entry].self, from: vectorFile("hpke-rfc9180-base.json"))
  }

  static var built: [Row] { (try? entries.get())?.compactMap(\.row) ?? [] }

  @Test("The file has rows; those of a suite that is not built are skipped by name")
  func fileIsReadable() throws {
    let entries = try Self.entries.get()
    #expect(!entries.isEmpty)
    for entry in entries where entry.row == nil { print("skipped, not built: \(entry.name)") }
    #expect(entries.contains { $0.row != nil })
  }

  /// `DeriveKeyPair` (RFC 9180 §7.1.3): the file's key pairs come from its `ikm`s.
  static func derivedKey(_ ikm: [UInt8], _ kem: HPKEKEM) throws -> X25519PrivateKey {
    var hkdf = try HKDF()
    let prk = try hkdf.labeledExtract(
      suiteID: kem.suiteID, salt: Span(), label: "dkp_prk", inputKey: ikm.span)
    let raw = try prk.withBytes { (prk) throws(CryptoError) in
      try hkdf.labeledExpand(suiteID: kem.suiteID, key: prk, label: "sk", info: Span(), byteCount: 32)
    }
    return try raw.withBytes { (raw) throws(CryptoError) in try X25519PrivateKey.fromRaw(raw) }
  }

  @Test("Key pairs derive from their seeds", arguments: built)
  func keyPairs(_ row: Row) throws {
    let kem = try #require(row.suite).kem
    for (ikm, sk, pk) in [(row.ikmE, row.skEm, row.pkEm), (row.ikmR, row.skRm, row.pkRm)] {
      let key = try Self.derivedKey(bytes(hex: ikm), kem)
      #expect(hex(key.publicKey.bytes) == pk)
      let raw = try key.withRaw { (raw) throws(CryptoError) in raw.indices.map { raw[$0] } }
      #expect(hex(raw) == sk)
    }
  }

  @Test("Key schedule", arguments: built)
  func keySchedule(_ row: Row) throws {
    let suite = try #require(row.suite)
    let key = try X25519PrivateKey.fromRaw(bytes(hex: row.skRm).span)
    let shared = try key.decapsulate(bytes(hex: row.enc).span)
    #expect(hex(shared) == row.shared_secret)
    let info = bytes(hex: row.info)
    let schedule = try shared.withBytes { (shared) throws(CryptoError) in
      try HPKEKeySchedule(suite, sharedSecret: shared, info: info.span)
    }
    #expect(hex(schedule.key) == row.key)
    #expect(hex(schedule.baseNonce) == row.base_nonce)
    #expect(hex(schedule.exporterSecret) == row.exporter_secret)
  }

  @Test("Messages, in both directions and at their own sequence numbers", arguments: built)
  func encryptions(_ row: Row) throws {
    let suite = try #require(row.suite)
    let info = bytes(hex: row.info)
    var sender = try Self.sender(row, suite)
    #expect(hex(sender.encapsulation) == row.enc)
    let key = try X25519PrivateKey.fromRaw(bytes(hex: row.skRm).span)
    var recipient = try HPKERecipient.setup(
      suite, encapsulation: bytes(hex: row.enc).span, key: key, info: info.span)
    var next: UInt64 = 0
    for encryption in row.encryptions {
      // A file may leave out messages: its nonces tell which sequence number each row has.
      let sequence = Self.difference(encryption.nonce, row.base_nonce)
      while next < sequence {
        _ = try filled(16) { (out) throws(CryptoError) in
          try sender.seal(additionalData: Span(), plaintext: Span(), into: &out)
        }
        next += 1
      }
      let plaintext = bytes(hex: encryption.pt)
      let aad = bytes(hex: encryption.aad)
      let ciphertext = bytes(hex: encryption.ct)
      let sealed = try filled(ciphertext.count) { (out) throws(CryptoError) in
        try sender.seal(additionalData: aad.span, plaintext: plaintext.span, into: &out)
      }
      #expect(sealed == ciphertext)
      next += 1
    }
    guard
      row.encryptions.indices.allSatisfy({
        Self.difference(row.encryptions[$0].nonce, row.base_nonce) == UInt64($0)
      })
    else {
      return try openAtSequence(row, suite)
    }
    for encryption in row.encryptions {
      let aad = bytes(hex: encryption.aad)
      let ciphertext = bytes(hex: encryption.ct)
      let opened = try filled(ciphertext.count - 16) { (out) throws(CryptoError) in
        try recipient.open(additionalData: aad.span, ciphertext: ciphertext.span, into: &out)
      }
      #expect(hex(opened) == encryption.pt)
    }
  }

  /// Opens each message in a context that starts at its sequence number.
  private func openAtSequence(_ row: Row, _ suite: HPKESuite) throws {
    let shared = bytes(hex: row.shared_secret)
    let info = bytes(hex: row.info)
    for encryption in row.encryptions {
      var context = try HPKEContext(
        HPKEKeySchedule(suite, sharedSecret: shared.span, info: info.span),
        sequence: Self.difference(encryption.nonce, row.base_nonce))
      let aad = bytes(hex: encryption.aad)
      let ciphertext = bytes(hex: encryption.ct)
      let opened = try filled(ciphertext.count - 16) { (out) throws(CryptoError) in
        try context.open(additionalData: aad.span, ciphertext: ciphertext.span, into: &out)
      }
      #expect(hex(opened) == encryption.pt)
    }
  }

  @Test("Exports, on both sides and from a disclosed exporter secret", arguments: built)
  func exports(_ row: Row) throws {
    let suite = try #require(row.suite)
    let sender = try Self.sender(row, suite)
    let key = try X25519PrivateKey.fromRaw(bytes(hex: row.skRm).span)
    let recipient = try HPKERecipient.setup(
      suite, encapsulation: bytes(hex: row.enc).span, key: key, info: bytes(hex: row.info).span)
    let exporter = try HPKEExporter(suite, exporterSecret: bytes(hex: row.exporter_secret).span)
    let disclosed = recipient.withExporterSecret { secret in hex(secret.indices.map { secret[$0] }) }
    #expect(disclosed == row.exporter_secret)
    for export in row.exports {
      let context = bytes(hex: export.exporter_context)
      #expect(hex(try sender.export(context: context.span, byteCount: export.L)) == export.exported_value)
      #expect(hex(try recipient.export(context: context.span, byteCount: export.L)) == export.exported_value)
      #expect(hex(try exporter.export(context: context.span, byteCount: export.L)) == export.exported_value)
    }
  }

  private static func sender(_ row: Row, _ suite: HPKESuite) throws -> HPKESender {
    try HPKESender.setup(
      suite, to: X25519PublicKey(bytes: bytes(hex: row.pkRm).span), info: bytes(hex: row.info).span,
      ephemeral: X25519PrivateKey.fromRaw(bytes(hex: row.skEm).span))
  }

  /// The sequence number whose nonce is `nonce`.
  private static func difference(_ nonce: String, _ base: String) -> UInt64 {
    zip(bytes(hex: nonce), bytes(hex: base)).reduce(0) { $0 << 8 | UInt64($1.0 ^ $1.1) }
  }
}
