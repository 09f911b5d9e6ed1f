public import LibCrypto
public import SecretMemory
public import SecretSharing

/// One deposit of a chain, reduced to what its digest is made of.
///
/// Links lead from the deposit a certificate is about to the head that its depositor signed.
public struct DepositLink: Hashable, Sendable {
  /// The deposit's header.
  public let header: DepositHeader
  /// Digests of the public columns.
  public let digests: ColumnDigests
  /// Digests of the sealed columns.
  public let ciphertexts: [Digest]

  /// The link of a whole deposit.
  public init(_ deposit: Deposit) throws(EscrowError) {
    header = deposit.header
    do throws(CryptoError) {
      var sha = try SHA256()
      digests = try deposit.publicPart.columnDigests(using: &sha)
      var ciphertexts: [Digest] = []
      for column in deposit.sealedColumns { ciphertexts.append(try sha.column(column)) }
      self.ciphertexts = ciphertexts
    } catch { throw .crypto(error) }
  }

  func digest() throws(EscrowError) -> Digest {
    guard digests.shares.count == header.rows, ciphertexts.count == header.rows else {
      throw .malformed(.certificate, reason: "a link has not the rows that its header says")
    }
    do throws(CryptoError) {
      var sha = try SHA256()
      let publicDigest = try digests.publicDigest(header, using: &sha)
      return try ColumnDigests.depositDigest(
        publicDigest: publicDigest, ciphertexts: ciphertexts, using: &sha)
    } catch { throw .crypto(error) }
  }
}

/// That a depositor signed a certain deposit: the session, the head, and the chain between.
public struct DepositEvidence: Sendable {
  let session: UnverifiedSession
  let deposit: Deposit
  let links: [DepositLink]
  let head: UnverifiedHead

  /// Evidence that `head` covers `deposit`.
  ///
  /// - Parameter later: the session's deposits after `deposit`, up to the one the head names, in order.
  public init(
    session: UnverifiedSession, deposit: Deposit, later: [DepositLink], head: UnverifiedHead
  ) {
    self.session = session
    self.deposit = deposit
    links = later
    self.head = head
  }

  /// The verified session, if the depositor's signed head covers the deposit.
  func verified(roster: Roster) throws(EscrowError) -> Session {
    let session = try session.verified(roster: roster)
    let head = try head.verified(for: session).head
    guard deposit.header.session == session.id, deposit.header.rows == session.roster.matrix.rows else {
      throw .failedVerification(.certificateUnfounded)
    }
    var digest = deposit.digest
    for link in links {
      guard link.header.session == session.id, link.header.previous == digest else {
        throw .failedVerification(.brokenChain(sequence: link.header.sequence))
      }
      digest = try link.digest()
    }
    guard digest == head.deposit, head.sequence == (links.last?.header ?? deposit.header).sequence else {
      throw .failedVerification(.depositDigest(sequence: head.sequence))
    }
    return session
  }
}

/// What a certificate proved, and against whom.
public enum Blame: Hashable, Sendable {
  /// The depositor signed a public part that is wrong for the key shown.
  case depositorPublicPart(VerificationFailure)
  /// The depositor signed a column that does not open, or not to what it committed to.
  case depositorColumn(VerificationFailure)
  /// The holder signed a release whose share is not the one committed to, or that does not open.
  case holderRelease(HolderID, VerificationFailure)
}

/// Checks of the three accusations that can be proved (`Spec/deposit.md`, Who can prove what).
///
/// A certificate discloses what it contains. Show it only to those whom it does not make an authorised set. That a
/// depositor committed consistently to a wrong key nobody can prove: say "disputed".
public enum BlameCertificate {
  /// A member's: the record at `position` commits to the member's key for the member's conversation and epoch, and
  /// a share digest in it is not that of the key's share.
  ///
  /// Discloses that one key. A record with another tag or commitment convicts nobody: anyone can show a key or a
  /// pseudonym of his own invention and say that the record should have been made of it.
  ///
  /// - Throws: `.failedVerification(.certificateUnfounded)` when the record is right, or is not of this key.
  public static func checkPublicPart(
    _ evidence: DepositEvidence, position: Int, locator: RecordLocator, uniformKey: Span<UInt8>,
    roster: Roster
  ) throws(EscrowError) -> Blame {
    let session = try evidence.verified(roster: roster)
    var check = MemberCheck(roster: roster)
    do throws(EscrowError) {
      try check.check(
        evidence.deposit.publicPart, session: session, position: position, locator: locator, key: uniformKey)
    } catch .failedVerification(.shareDigest(let holder, let position)) {
      return .depositorPublicPart(.shareDigest(holder, position: position))
    } catch .failedVerification {
      throw .failedVerification(.certificateUnfounded)
    }
    throw .failedVerification(.certificateUnfounded)
  }

  /// A holder's: its column does not open, or not to shares that match their digests.
  ///
  /// `exporterSecret` is the holder's HPKE exporter secret of that session: the session's confirmation, which the
  /// depositor signed, shows that it is the right one. A column key alone would prove nothing, since AES-GCM does
  /// not commit to its key. It discloses all that this holder holds of that session, and nothing else.
  ///
  /// - Throws: `.failedVerification(.confirmation)` for another secret; `.certificateUnfounded` when the column is
  ///   right.
  public static func checkColumn(
    _ evidence: DepositEvidence, holder: HolderID, exporterSecret: borrowing SecretBytes, roster: Roster
  ) throws(EscrowError) -> Blame {
    let session = try evidence.verified(roster: roster)
    guard let row = session.roster.row(of: holder) else { throw .warrantRefused(.unknownHolder(holder)) }
    let link = try DepositLink(evidence.deposit)
    let view = HolderView(
      header: evidence.deposit.header, tags: evidence.deposit.publicPart.tags,
      shareDigests: evidence.deposit.publicPart.shareDigests[row],
      sealedColumn: evidence.deposit.sealedColumns[row], digests: link.digests,
      ciphertextDigests: link.ciphertexts, digest: evidence.deposit.digest, records: [])
    var opener = try ColumnOpener(holder: holder, roster: roster)
    opener.enter(try HolderChain.open(session, holder: holder, exporterSecret: exporterSecret))
    do throws(EscrowError) {
      _ = try opener.open(view, positions: nil)
    } catch .failedVerification(let failure) {
      return .depositorColumn(failure)
    }
    throw .failedVerification(.certificateUnfounded)
  }

  /// What a holder discloses for `checkColumn`: the exporter secret of its part of the session of `evidence`.
  ///
  /// All shares that the session seals for this holder follow from it, so it is given only where the accusation is
  /// founded: where the column of this very deposit, which the depositor signed, is wrong.
  ///
  /// - Throws: `.failedVerification(.certificateUnfounded)` when the column is right;
  ///   `.warrantRefused(.sealingKeyMissing)` when `holder` no longer has the key that the session's roster names.
  public static func discloseExporterSecret(
    against evidence: DepositEvidence, by holder: borrowing Holder, roster: Roster
  ) throws(EscrowError) -> SecretBytes {
    let secret = try discloseExporterSecret(of: try evidence.verified(roster: roster), by: holder)
    _ = try checkColumn(evidence, holder: holder.id, exporterSecret: secret, roster: roster)
    return secret
  }

  // For the function above, and for tests of what sessions hold.
  package static func discloseExporterSecret(
    of session: Session, by holder: borrowing Holder
  ) throws(EscrowError) -> SecretBytes {
    let id = holder.id
    let secret = try holder.withSealingKey(of: session.roster) { key throws(EscrowError) in
      try HolderChain.exporterSecret(of: session, holder: id, key: key)
    }
    guard let secret else {
      throw .warrantRefused(.sealingKeyMissing(id, roster: session.roster.id))
    }
    return secret
  }

  /// A recipient's: a holder's signed release does not open with the recipient's key, or gives a share that is not
  /// the one committed to in the deposit it names.
  ///
  /// Discloses the one-time key, and so every share released under the warrant.
  ///
  /// - Throws: `.failedVerification(.certificateUnfounded)` when the release is right for this deposit.
  public static func checkRelease(
    _ release: Release, warrant: Warrant, recipientKey: borrowing X25519PrivateKey, publicPart: PublicPart
  ) throws(EscrowError) -> Blame {
    guard recipientKey.publicKey == warrant.body.recipientKey else {
      throw .failedVerification(.recipientKey)
    }
    let holder = release.body.holder
    guard release.body.warrant == warrant.digest, release.body.roster == warrant.roster.id else {
      throw .failedVerification(.certificateUnfounded)
    }
    do throws(EscrowError) {
      let opener = try ReleaseOpener(release, warrant: warrant, recipientKey: recipientKey)
      for (index, entry) in release.reader.entries.enumerated() where entry.isSealed {
        try examine(opener, chunk: index, warrant: warrant, publicPart: publicPart)
      }
    } catch {
      guard case .failedVerification(let failure) = error else { throw error }
      return .holderRelease(holder, failure)
    }
    throw .failedVerification(.certificateUnfounded)
  }

  // Throws `.failedVerification` when chunk `index` is about the deposit of `publicPart` and wrong for it.
  private static func examine(
    _ opener: borrowing ReleaseOpener, chunk index: Int, warrant: Warrant, publicPart: PublicPart
  ) throws(EscrowError) {
    let holder = opener.release.body.holder
    var sha = try EscrowError.wrapping { () throws(CryptoError) in try SHA256() }
    let chunk: ReleaseChunkBytes
    do throws(EscrowError) {
      chunk = try opener.read(index, using: &sha)
    } catch {
      // Bytes that are not the signed ones are the carrier's doing, not the holder's.
      guard case .failedVerification = error else { throw error }
      throw .malformed(.release, reason: "chunk \(index) is not the one its holder signed")
    }
    let publicDigest: Digest
    do {
      publicDigest = try publicPart.columnDigests(using: &sha).publicDigest(publicPart.header, using: &sha)
    } catch { throw .crypto(error) }
    guard chunk.publicDigest == publicDigest else { return }
    guard let roster = warrant.roster.generation(withID: opener.depositRoster(of: index)),
      let row = roster.row(of: holder),
      let list = chunk.withParts({ records, _ in
        RecordList(records, depositCount: publicPart.header.count)
      })
    else { throw .failedVerification(.chunk(.release, index: index)) }
    var shares = try EscrowError.wrapping { () throws(CryptoError) in
      try SecretBytes.allocated(list.count * PositionHash.keyByteCount)
    }
    try shares.withMutableBytes { shares throws(EscrowError) in
      try opener.open(chunk, index: index, into: &shares)
    }
    let wrong: Int?
    do { wrong = try firstWrongShare(list, shares: shares, row: row, publicPart: publicPart) } catch {
      throw .crypto(error)
    }
    if let wrong { throw .failedVerification(.shareDigest(holder, position: wrong)) }
  }

  private static func firstWrongShare(
    _ list: RecordList, shares: borrowing SecretBytes, row: Int, publicPart: PublicPart
  ) throws(CryptoError) -> Int? {
    var hash = try PositionHash()
    let salt = try hash.salt(.share, publicPart.header)
    for (index, position) in list.positions.enumerated() {
      var digest = [UInt8](repeating: 0, count: PositionHash.shareDigestByteCount)
      var output = digest.mutableSpan
      try shares.withBytes { shares throws(CryptoError) in
        try hash.column(
          salt: salt, first: Int(position), infix: UInt16(row + 1),
          items: shares.extracting(
            index * PositionHash.keyByteCount..<(index + 1) * PositionHash.keyByteCount),
          itemByteCount: PositionHash.keyByteCount, into: &output,
          digestByteCount: PositionHash.shareDigestByteCount)
      }
      let start = Int(position) * PositionHash.shareDigestByteCount
      guard publicPart.shareDigests[row][start..<start + PositionHash.shareDigestByteCount] == digest[...]
      else {
        return Int(position)
      }
    }
    return nil
  }
}
