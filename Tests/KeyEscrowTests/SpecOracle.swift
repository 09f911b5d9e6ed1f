import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import Testing

/// The formulas of `Spec/session.md` and `Spec/deposit.md`, written down once more from the text with nothing but
/// primitives: slow, plain, and without any code of the library above `LibCrypto`.
enum SpecOracle {
  static func sha256(_ parts: [UInt8]...) throws -> [UInt8] { try SHA256.digest(parts.flatMap { $0 }).bytes }
  static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
  static func be(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func expand(_ key: [UInt8], _ info: [UInt8]) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var span = output.mutableSpan
    var hkdf = try HKDF()
    try hkdf.expand(key: key.span, info: info.span, into: &span)
    return output
  }

  static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], additionalData: [UInt8]) throws
    -> [UInt8]
  {
    var output = [UInt8](repeating: 0, count: plaintext.count + 16)
    var span = output.mutableSpan
    var aead = try AEAD(.aes256GCM)
    try aead.seal(
      key: key.span, nonce: nonce.span, additionalData: additionalData.span, plaintext: plaintext.span,
      into: &span)
    return output
  }

  static func bytes(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { bytes in bytes.indices.map { bytes[$0] } }
  }

  // Session.

  struct Recipient {
    var encapsulation: [UInt8]
    var confirmation: [UInt8]
    var exporterSecret: [UInt8]
    /// CK_0 and CK_1.
    var chain: [[UInt8]]
  }

  static func recipient(
    holder: String, sealingKey: X25519PublicKey, roster: [UInt8], depositor: [UInt8], session: [UInt8]
  ) throws -> Recipient {
    let info = text("key-escrow/v1 session") + be(1, 2) + roster + depositor + text(holder)
    let sender = try HPKESender.setup(
      .keyEscrow1, to: sealingKey, info: info.span,
      ephemeral: try SpecExample.sealingKey("\(holder) ephemeral"))
    let chainContext = text("key-escrow/v1 chain") + session
    let first = bytes(try sender.export(context: chainContext.span, byteCount: 32))
    let confirmContext = text("key-escrow/v1 confirm")
    return Recipient(
      encapsulation: sender.encapsulation,
      confirmation: bytes(try sender.export(context: confirmContext.span, byteCount: 32)),
      exporterSecret: sender.withExporterSecret { secret in secret.indices.map { secret[$0] } },
      chain: [first, try expand(first, text("key-escrow/v1 chain"))])
  }

  // Deposit.

  struct Record {
    var tag: [UInt8]
    var commitment: [UInt8]
    var coefficient: [UInt8]
    var shares: [[UInt8]]
    var shareDigests: [[UInt8]]
  }

  struct Deposit {
    var header: [UInt8]
    var salts: [String: [UInt8]]
    var records: [Record]
    var publicDigest: [UInt8]
    var columnKeys: [[UInt8]]
    var sealedColumns: [[UInt8]]
    var digest: [UInt8]
    var bytes: [UInt8]
  }

  static func header(index: Int, seconds: UInt64, session: [UInt8], previous: [UInt8]) -> [UInt8] {
    let count = UInt64(SpecExample.records[index].count)
    return text("escrow-d") + be(1, 2) + be(1, 2) + be(1, 2) + be(3, 2) + be(count, 4) + be(0, 4)
      + be(UInt64(index), 8) + be(seconds, 8) + session + previous
  }

  static func salt(_ label: String, session: [UInt8], sequence: UInt64) throws -> [UInt8] {
    Array(
      try sha256(
        text("key-escrow/v1 "), be(UInt64(label.utf8.count), 1), text(label), session, be(sequence, 8),
        be(0, 4)
      ).prefix(16))
  }

  /// 2·a in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
  static func double(_ value: UInt8) -> UInt8 { value << 1 ^ (value & 0x80 == 0 ? 0 : 0x1B) }

  /// The matrix of `and(judge, or(provider, agency))` is (1 1), (1 2), (1 2).
  static func shares(_ key: [UInt8], _ coefficient: [UInt8]) -> [[UInt8]] {
    let judge = zip(key, coefficient).map { $0 ^ $1 }
    let other = zip(key, coefficient).map { $0 ^ double($1) }
    return [judge, other, other]
  }

  static func deposit(
    index: Int, seconds: UInt64, session: [UInt8], previous: [UInt8], chainKeys: [[UInt8]]
  ) throws -> Deposit {
    let header = header(index: index, seconds: seconds, session: session, previous: previous)
    var salts: [String: [UInt8]] = [:]
    for label in ["record", "commitment", "coefficient", "share"] {
      salts[label] = try salt(label, session: session, sequence: UInt64(index))
    }
    func hash(_ label: String, _ position: Int, _ rest: [UInt8]) throws -> [UInt8] {
      let salt = try #require(salts[label])
      return try sha256(Array(salt.prefix(label == "record" ? 11 : 16)), be(UInt64(position), 4), rest)
    }
    let records = try SpecExample.records[index].enumerated().map { position, record in
      let key = try SpecExample.seed(record.key)
      let locator = try SpecExample.seed(SpecExample.conversations[record.conversation]) + be(record.epoch, 8)
      let coefficient = try hash("coefficient", position, be(1, 2) + key)
      let shares = shares(key, coefficient)
      return Record(
        tag: Array(try hash("record", position, locator).prefix(16)),
        commitment: try hash("commitment", position, key), coefficient: coefficient, shares: shares,
        shareDigests: try shares.enumerated().map { row, share in
          Array(try hash("share", position, be(UInt64(row + 1), 2) + share).prefix(16))
        })
    }
    let rows = 0..<3
    let tags = records.flatMap(\.tag)
    let commitments = records.flatMap(\.commitment)
    let shareDigests = rows.map { row in records.flatMap { $0.shareDigests[row] } }
    let publicDigest = try sha256(
      header, try sha256(tags), try sha256(commitments), try shareDigests.flatMap { try sha256($0) })
    let columnKeys = try rows.map { row in
      try expand(chainKeys[row], text("key-escrow/v1 column") + be(UInt64(row + 1), 2) + publicDigest)
    }
    let sealedColumns = try rows.map { row in
      try seal(
        records.flatMap { $0.shares[row] }, key: columnKeys[row], nonce: [UInt8](repeating: 0, count: 12),
        additionalData: publicDigest + be(UInt64(row + 1), 2))
    }
    let digest = try sha256(
      text("key-escrow/v1 deposit"), publicDigest, try sealedColumns.flatMap { try sha256($0) })
    return Deposit(
      header: header, salts: salts, records: records, publicDigest: publicDigest, columnKeys: columnKeys,
      sealedColumns: sealedColumns, digest: digest,
      bytes: header + tags + commitments + shareDigests.flatMap { $0 } + sealedColumns.flatMap { $0 })
  }

  // Release.

  struct Release {
    var encapsulation: [UInt8]
    /// Per deposit.
    var chunks: [(front: [UInt8], body: [UInt8], digest: [UInt8])]
    var table: [UInt8]
  }

  /// What `holder` in `row` (from 0) answers: position 0 of both deposits.
  static func release(
    holder: String, row: Int, warrant: [UInt8], roster: [UInt8], depositRoster: [UInt8]? = nil,
    recipient: X25519PublicKey, deposits: [Deposit]
  ) throws -> Release {
    let info =
      text("key-escrow/v1 release") + be(1, 2) + (depositRoster ?? roster) + roster + warrant + text(holder)
    var sender = try HPKESender.setup(
      .keyEscrow1, to: recipient, info: info.span,
      ephemeral: try SpecExample.sealingKey("\(holder) release ephemeral"))
    var chunks: [(front: [UInt8], body: [UInt8], digest: [UInt8])] = []
    var table: [UInt8] = []
    for (index, deposit) in deposits.enumerated() {
      let record = SpecExample.records[index][0]
      let front =
        try deposit.digest + deposit.publicDigest + be(0, 4)
        + SpecExample.seed(SpecExample.conversations[record.conversation]) + be(record.epoch, 8)
      let frontDigest = try sha256(front)
      let share = deposit.records[0].shares[row]
      var body = [UInt8](repeating: 0, count: 48)
      var span = body.mutableSpan
      try sender.seal(
        additionalData: frontDigest.span, plaintext: share.span, into: &span)
      let digest = try sha256(frontDigest, body)
      chunks.append((front, body, digest))
      table += deposit.digest + be(1, 4) + be(UInt64(front.count + body.count), 4) + be(0, 4) + digest
    }
    return Release(encapsulation: sender.encapsulation, chunks: chunks, table: table)
  }
}
