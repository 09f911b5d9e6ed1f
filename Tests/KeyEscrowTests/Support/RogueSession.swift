import LibCrypto
import SecretMemory
import SecretSharing

@testable import KeyEscrow

/// The columns of a deposit computed byte by byte from the formulas of `Spec/deposit.md`, with nothing of the
/// library but SHA-256 and the sharing matrix: what honest code must give, and what a rogue depositor starts from.
struct DepositParts {
  var header: DepositHeader
  var tags: [UInt8] = []
  var commitments: [UInt8] = []
  /// Per row, 32 bytes per key.
  var shares: [[UInt8]] = []
  /// Per row, 16 bytes per key.
  var shareDigests: [[UInt8]] = []

  init(header: DepositHeader, keys: [TestKey], matrix: SharingMatrix) throws {
    self.header = header
    shares = Array(repeating: [], count: matrix.rows)
    shareDigests = Array(repeating: [], count: matrix.rows)
    for (position, key) in keys.enumerated() {
      var epoch = key.locator.conversation.bytes
      epoch.appendBigEndian(key.locator.epoch)
      tags += try hash("record", position, epoch, saltByteCount: 11).prefix(16)
      commitments += try hash("commitment", position, key.key)
      let coefficients = try (1..<max(matrix.columns, 1)).map {
        try hash("coefficient", position, Self.bigEndian(UInt16($0)) + key.key)
      }
      let inputs = [key.key] + coefficients
      for row in 0..<matrix.rows {
        shares[row] += (0..<32).map { byte in
          (0..<matrix.columns).reduce(UInt8(0)) { sum, column in
            sum
              ^ (FieldElement(byte: matrix[row, column]) * FieldElement(byte: inputs[column][byte])).byte
          }
        }
      }
    }
    try digestShares()
  }

  /// Makes the share digests those of the shares, as a depositor does that commits to wrong shares consistently.
  mutating func digestShares() throws {
    for row in shares.indices {
      shareDigests[row] = try (0..<header.count).flatMap { position in
        let share = Array(shares[row][32 * position..<32 * (position + 1)])
        return try hash("share", position, Self.bigEndian(UInt16(row + 1)) + share).prefix(16)
      }
    }
  }

  private func hash(
    _ label: String, _ position: Int, _ input: [UInt8], saltByteCount: Int = 16
  ) throws -> [UInt8] {
    var preimage = Array("key-escrow/v1 ".utf8) + [UInt8(label.utf8.count)] + Array(label.utf8)
    preimage += header.session.bytes
    preimage.appendBigEndian(header.sequence)
    preimage.appendBigEndian(header.generation)
    let salt = try SHA256.digest(preimage).bytes.prefix(saltByteCount)
    return try SHA256.digest(salt + Self.bigEndian(UInt32(position)) + input).bytes
  }

  static func bigEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(value)
    return bytes
  }
}

/// A depositor's session that keeps the protocol except where a test tells it not to.
struct RogueSession: ~Copyable {
  let session: UnverifiedSession
  let roster: Roster
  private let depositor: Escrow.DepositorBox
  private var chain: ChainKeys
  private var previous: Digest

  /// - Parameters:
  ///   - alter: changes what the header says of each holder, before it is signed.
  ///   - rosterInInfo: the roster that the encapsulations are bound to, when it is not the one in the header.
  init(
    roster: Roster, depositor: Escrow.DepositorBox, now: Timestamp = Escrow.start, isTest: Bool? = nil,
    rosterInInfo: Digest? = nil,
    alter: (inout [SessionHeader.Recipient]) -> Void = { _ in }
  ) throws {
    let suite = CipherSuite.x25519
    let label = KeySchedule.confirmLabel
    var recipients: [SessionHeader.Recipient] = []
    var exporters: [[UInt8]] = []
    for holder in roster.holders {
      let info = KeySchedule.sessionInfo(
        suite: suite, roster: rosterInInfo ?? roster.id, depositor: depositor.depositor.verifierKey,
        holder: holder.id)
      let sender = try HPKESender.setup(suite.hpke, to: holder.sealingKey, info: info.span)
      let confirmation = try sender.export(context: label.span, byteCount: 32)
      recipients.append(
        SessionHeader.Recipient(
          holder: holder.id, encapsulation: sender.encapsulation,
          confirmation: try SHA256.digest([]).replaced(by: confirmation.array)))
      exporters.append(sender.withExporterSecret { SecretBytes.copy($0) })
    }
    alter(&recipients)
    let header = SessionHeader(
      roster: roster.id, suite: suite, depositor: depositor.depositor.verifierKey, recipients: recipients,
      created: now, notAfter: now.adding(seconds: SessionHeader.maximumSeconds),
      isTest: isTest ?? roster.body.isTest)
    var signed = try SignedText(.session, text: header.text)
    try signed.sign(with: depositor.depositor.signingKey, name: Depositor.keyName)
    let session = try UnverifiedSession(parsing: signed.bytes.span)
    var keys: [UInt8] = []
    for secret in exporters {
      let exporter = try HPKEExporter(suite.hpke, exporterSecret: secret.span)
      let context = KeySchedule.chainContext(session: session.id)
      keys += try exporter.export(context: context.span, byteCount: 32).array
    }
    let chain = try ChainKeys(keys: try SecretBytes.copying(keys.span), sequence: 0)
    self.session = session
    self.chain = chain
    previous = session.id
    self.roster = roster
    self.depositor = depositor
  }

  /// The session's next deposit.
  ///
  /// - Parameters:
  ///   - alter: changes the columns before they are digested and sealed.
  ///   - alterSealed: changes the sealed columns before they are digested.
  mutating func deposit(
    _ keys: [TestKey], now: Timestamp = Escrow.start, isTest: Bool? = nil,
    alter: (inout DepositParts) throws -> Void = { _ in },
    alterSealed: (inout [[UInt8]]) -> Void = { _ in }
  ) throws -> ListedDeposit {
    let header = DepositHeader(
      suite: .x25519, isTest: isTest ?? session.header.isTest, rows: roster.matrix.rows, count: keys.count,
      sequence: chain.sequence, time: now, session: session.id, previous: previous)
    var parts = try DepositParts(header: header, keys: keys, matrix: roster.matrix)
    try alter(&parts)
    let publicPart = PublicPart(
      header: header, tags: parts.tags, commitments: parts.commitments, shareDigests: parts.shareDigests)
    var sha = try SHA256()
    let publicDigest = try publicPart.columnDigests(using: &sha).publicDigest(header, using: &sha)
    var columns: [[UInt8]] = []
    var columnKey = try SecretBytes.zeros(32)
    var aead = try AEAD(.aes256GCM)
    for row in 0..<header.rows {
      let number = UInt16(row + 1)
      try chain.deriveColumnKey(index: row, row: number, publicDigest: publicDigest, into: &columnKey)
      let additionalData = SealedColumn.additionalData(row: number, publicDigest: publicDigest)
      var sealed = [UInt8](repeating: 0, count: parts.shares[row].count + 16)
      var output = sealed.mutableSpan
      let key = columnKey.array
      let nonce = SealedColumn.nonce
      let shares = parts.shares[row]
      try aead.seal(
        key: key.span, nonce: nonce.span, additionalData: additionalData.span, plaintext: shares.span,
        into: &output)
      columns.append(sealed)
    }
    alterSealed(&columns)
    let deposit = try Deposit(
      header: header, tags: parts.tags, commitments: parts.commitments, shareDigests: parts.shareDigests,
      sealedColumns: columns)
    try chain.step()
    previous = deposit.digest
    return ListedDeposit(deposit: deposit, locators: RecordLocator.pack(keys.map(\.locator)))
  }

  /// A submission of `deposits` under a signed head over the last of them.
  func submission(_ deposits: [ListedDeposit]) throws -> DepositSubmission {
    guard let last = deposits.last?.deposit else { throw EscrowError.sessionRefused(.batchSize(0)) }
    let head = Head(session: session.id, sequence: last.header.sequence, deposit: last.digest)
    return DepositSubmission(
      session: session, deposits: deposits, head: try UnverifiedHead(head, signedBy: depositor.depositor))
  }
}

extension SecretBytes {
  /// The bytes in the open, for tests to compare.
  static func copy(_ bytes: Span<UInt8>) -> [UInt8] {
    var copy: [UInt8] = []
    for index in bytes.indices { copy.append(bytes[index]) }
    return copy
  }

  var array: [UInt8] {
    withBytes { Self.copy($0) }
  }
}

extension Digest {
  /// A digest of these bytes, or this one when they are not 32.
  func replaced(by bytes: [UInt8]) -> Digest { Digest(bytes: bytes.span) ?? self }
}
