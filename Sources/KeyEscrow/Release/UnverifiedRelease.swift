public import LibCrypto
import SecretSharing

/// A release as it was read.
public struct UnverifiedRelease {
  /// What its note says.
  public let body: ReleaseBody
  private let signed: SignedText
  private let file: UnverifiedBulkFile

  /// Reads a release file's note.
  public init(_ source: any ByteSource) throws(EscrowError) {
    let file = try UnverifiedBulkFile(source, artifact: .release)
    let signed = try SignedText(.release, parsing: file.note.span)
    body = try ReleaseBody(parsing: signed.text)
    self.signed = signed
    self.file = file
  }

  /// The note alone: text and signature lines, evidence without the sealed shares.
  public var note: [UInt8] { signed.bytes }

  /// SHA-256 of the note's text.
  public var digest: Digest { signed.digest }

  /// The release, if its holder, who must be on the warrant's roster, signed it for this warrant and recipient, and
  /// its chunk table is the signed one.
  ///
  /// Under a roster with a log, `warrant` must have been verified with its proof, and the release must name the entry
  /// that the proof proves.
  ///
  /// - Throws: `.failedVerification` naming the holder; `.logRefused(.proofMissing)`; `.malformed(.release)`.
  public func verified(for warrant: Warrant) throws(EscrowError) -> Release {
    guard let record = warrant.roster.holder(body.holder) else {
      throw .warrantRefused(.unknownHolder(body.holder))
    }
    try signed.requireSignature(of: record.verifierKey)
    guard body.warrant == warrant.digest, body.roster == warrant.roster.id,
      body.recipientKey == warrant.body.recipientKey, body.isTest == warrant.body.isTest
    else { throw .failedVerification(.otherWarrant(body.holder)) }
    guard warrant.roster.body.log == nil || warrant.logIndex != nil else { throw .logRefused(.proofMissing) }
    guard body.logIndex == warrant.logIndex else { throw .failedVerification(.logIndex(body.holder)) }
    let reader = try file.verified(chunks: body.chunks, table: body.table, artifact: .release)
    var records: UInt64 = 0
    var passedOver: UInt64 = 0
    for entry in reader.entries {
      let count = Int(entry.records)
      let byteCount =
        entry.isSealed ? ReleaseChunk.byteCount(records: count) : PassedOverChunk.byteCount(records: count)
      guard Int(entry.byteCount) == byteCount, (1...DepositHeader.maximumKeys).contains(count),
        !entry.isSealed || entry.encapsulation < body.encapsulations.count
      else { throw .malformed(.release, reason: "an entry of its chunk table is out of bounds") }
      if entry.isSealed { records += UInt64(count) } else { passedOver += UInt64(count) }
    }
    guard records == body.records, passedOver == body.passedOver, records > 0 else {
      throw .malformed(.release, reason: "its chunk table does not add up to its records")
    }
    return try Release(body: body, reader: reader)
  }
}

/// A release that its holder signed. Its chunks are verified as they are opened.
public struct Release: Sendable {
  /// What its note says.
  public let body: ReleaseBody
  let reader: BulkReader
  /// Which sealed chunk holds the shares of which deposit.
  let chunkOfDeposit: [Digest: Int]
  /// Each sealed chunk's number among those under its encapsulation: the HPKE sequence number. 0 for other chunks.
  let sealSequences: [UInt64]

  /// The deposits whose shares it holds.
  public var deposits: Set<Digest> { Set(chunkOfDeposit.keys) }

  fileprivate init(body: ReleaseBody, reader: BulkReader) throws(EscrowError) {
    self.body = body
    self.reader = reader
    var chunks: [Digest: Int] = [:]
    var next = [UInt64](repeating: 0, count: body.encapsulations.count)
    var sequences: [UInt64] = []
    var passedOver: Set<Digest> = []
    for (index, entry) in reader.entries.enumerated() {
      let isNew =
        entry.isSealed
        ? chunks.updateValue(index, forKey: entry.subject) == nil : passedOver.insert(entry.subject).inserted
      guard isNew else { throw .malformed(.release, reason: "it holds two chunks of one deposit") }
      guard entry.isSealed else {
        sequences.append(0)
        continue
      }
      sequences.append(next[Int(entry.encapsulation)])
      next[Int(entry.encapsulation)] += 1
    }
    chunkOfDeposit = chunks
    sealSequences = sequences
  }
}
