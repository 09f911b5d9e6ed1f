public import LibCrypto
import SecretMemory
public import SecretSharing

/// A holder's end of a session: the chain key of its row, which only steps forward.
///
/// Opening costs one X25519, every step one HKDF-Expand. Deposits are read in rising sequence; going back means
/// opening the chain again.
public struct HolderChain: ~Copyable {
  /// The session this chain belongs to.
  public let session: Session
  /// The holder.
  public let holder: HolderID
  /// The holder's row in the sharing matrix, counted from 1 as in every format.
  public let row: UInt16
  private var chain: ChainKeys

  /// Opens the chain of `holder`, whose sealing key is `key`: any key that can decapsulate, also in a token.
  ///
  /// - Throws: `.failedVerification(.confirmation)` when the depositor confirmed something else than what the
  ///   encapsulation opens to: such a session is refused at intake.
  public static func open<Key: KEMDecapsulator & ~Copyable>(
    _ session: Session, holder: HolderID, key: borrowing Key
  ) throws(EscrowError) -> HolderChain {
    let exporterSecret = try exporterSecret(of: session, holder: holder, key: key)
    return try open(session, holder: holder, exporterSecret: exporterSecret)
  }

  /// The HPKE exporter secret of `holder`'s part of `session`: everything the session seals for that holder follows
  /// from it, and nothing of any other holder or session.
  static func exporterSecret<Key: KEMDecapsulator & ~Copyable>(
    of session: Session, holder: HolderID, key: borrowing Key
  ) throws(EscrowError) -> SecretBytes {
    guard let index = session.roster.row(of: holder) else { throw .warrantRefused(.unknownHolder(holder)) }
    let info = KeySchedule.sessionInfo(
      suite: session.header.suite, roster: session.header.roster,
      depositor: session.header.depositor, holder: holder)
    let encapsulation = session.header.recipients[index].encapsulation
    do throws(CryptoError) {
      let context = try HPKERecipient.setup(
        session.header.suite.hpke, encapsulation: encapsulation.span, key: key, info: info.span)
      return try context.withExporterSecret { secret throws(CryptoError) in
        try SecretBytes.duplicate(secret)
      }
    } catch .invalidKey {
      // An encapsulation that is no point of full order opens to nothing that could be confirmed.
      throw .failedVerification(.confirmation(holder))
    } catch { throw .crypto(error) }
  }

  /// Opens the chain that an exporter secret leads to, if the session's confirmation says it is the right one.
  static func open(
    _ session: Session, holder: HolderID, exporterSecret: borrowing SecretBytes
  ) throws(EscrowError) -> HolderChain {
    guard let index = session.roster.row(of: holder) else { throw .warrantRefused(.unknownHolder(holder)) }
    let label = KeySchedule.confirmLabel
    do throws(CryptoError) {
      let exporter = try exporterSecret.withBytes { bytes throws(CryptoError) in
        try HPKEExporter(session.header.suite.hpke, exporterSecret: bytes)
      }
      let confirmation = try exporter.export(context: label.span, byteCount: Digest.byteCount)
      let isConfirmed = session.header.recipients[index].confirmation.withBytes { expected in
        confirmation.withBytes { ConstantTime.equal($0, expected) }
      }
      if isConfirmed {
        let context = KeySchedule.chainContext(session: session.id)
        let key = try exporter.export(context: context.span, byteCount: KeySchedule.keyByteCount)
        return HolderChain(
          session: session, holder: holder, row: UInt16(index + 1),
          chain: try ChainKeys(keys: key, sequence: 0))
      }
    } catch { throw .crypto(error) }
    throw .failedVerification(.confirmation(holder))
  }

  private init(session: Session, holder: HolderID, row: UInt16, chain: consuming ChainKeys) {
    self.session = session
    self.holder = holder
    self.row = row
    self.chain = chain
  }

  /// The sequence number the chain stands at.
  public var sequence: UInt64 { chain.sequence }

  /// Steps forward to `target`; see `ChainKeys.advance`.
  mutating func advance(to target: UInt64) throws(EscrowError) {
    try chain.advance(to: target)
  }

  /// Writes the key of this row's column in the deposit with `publicDigest` at the current sequence number.
  mutating func deriveColumnKey(publicDigest: Digest, into key: inout SecretBytes) throws(EscrowError) {
    do { try chain.deriveColumnKey(index: 0, row: row, publicDigest: publicDigest, into: &key) } catch {
      throw .crypto(error)
    }
  }
}
