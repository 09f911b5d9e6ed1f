public import LibCrypto
public import SecretSharing

/// Why a holder passed records over: what in the deposit is wrong, so far as this holder alone can see.
public enum PassedOverReason: UInt16, Hashable, Sendable, CaseIterable {
  /// The session's encapsulation does not open to what its header confirms.
  case confirmation = 1
  /// The column sealed to the holder does not open.
  case sealedColumn = 2
  /// The holder's share is not the one committed to.
  case shareDigest = 3
}

/// Records in a warrant's scope that a holder could not answer for, because their deposit is malformed: named in its
/// signed release, so that whoever deposits garbage under a pseudonym keeps nobody from the real key.
public struct PassedOver: Hashable, Sendable {
  /// The holder who says so.
  public let holder: HolderID
  /// The deposit.
  public let deposit: Digest
  /// The digest of its public part.
  public let publicDigest: Digest
  /// The records, in rising position.
  public let records: [ScopedRecord]
  /// What is wrong.
  public let reason: PassedOverReason

  /// What did not verify, as the error that the holder met.
  public var failure: VerificationFailure {
    switch reason {
    case .confirmation: .confirmation(holder)
    case .sealedColumn: .sealedColumn(holder)
    case .shareDigest: .shareDigest(holder, position: Int(records.first?.position ?? 0))
    }
  }
}

/// The bytes of a passed-over chunk (`Spec/release.md`, Records passed over): a front like that of a sealed chunk, and
/// be16(reason) for a body.
enum PassedOverChunk {
  /// What stands in the chunk table in place of an encapsulation's number: nothing is sealed.
  static let encapsulation = UInt32.max
  static let bodyByteCount = 2

  static func byteCount(records: Int) -> Int {
    ReleaseChunk.fixedByteCount + records * ReleaseChunk.recordByteCount + bodyByteCount
  }

  static func body(_ reason: PassedOverReason) -> [UInt8] {
    var body: [UInt8] = []
    body.appendBigEndian(reason.rawValue)
    return body
  }

  /// What `chunk` says, or nil when its positions do not rise or its reason is not known.
  static func parse(_ chunk: ReleaseChunkBytes, of deposit: Digest, by holder: HolderID) -> PassedOver? {
    chunk.withParts { packed, body in
      guard let list = RecordList(packed, depositCount: DepositHeader.maximumKeys),
        let locators = RecordLocator.unpack(list.locators), body.count == bodyByteCount,
        let reason = PassedOverReason(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
      else { return nil }
      return PassedOver(
        holder: holder, deposit: deposit, publicDigest: chunk.publicDigest,
        records: zip(list.positions, locators).map { ScopedRecord(position: $0, locator: $1) },
        reason: reason)
    }
  }
}
