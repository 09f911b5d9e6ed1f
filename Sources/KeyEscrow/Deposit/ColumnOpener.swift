import LibCrypto
import SecretMemory
import SecretSharing

/// What a view says of its deposit, once its columns were found to be that deposit's.
struct ExaminedDeposit {
  let publicDigest: Digest
  let digest: Digest
}

/// What opening a column showed about its deposit.
struct OpenedDeposit {
  let publicDigest: Digest
  let digest: Digest
  /// Positions whose share is not the one committed to, in rising order. Their shares are erased.
  let wrongPositions: [UInt32]
}

/// Opens one holder's columns, deposit after deposit, and checks each against its public part.
///
/// It keeps the chain of the session it stands in, and its buffers. Shares are only readable through `withShares`
/// after `open` has checked them.
struct ColumnOpener: ~Copyable {
  let holder: HolderID
  private let roster: Roster
  private var chain: HolderChain?
  private var hash: PositionHash
  private var sha: SHA256
  private var aead: AEAD
  private var columnKey: SecretBytes
  private var shares: SecretBytes
  private var openCount = 0

  /// An opener for `holder` of `roster` and of its ancestors.
  init(holder: HolderID, roster: Roster) throws(EscrowError) {
    do throws(CryptoError) {
      let hash = try PositionHash()
      let sha = try SHA256()
      let aead = try AEAD(.aes256GCM)
      let columnKey = try SecretBytes.allocated(KeySchedule.keyByteCount)
      let shares = try SecretBytes.allocated(DepositHeader.maximumKeys * PositionHash.keyByteCount)
      self.holder = holder
      self.roster = roster
      self.hash = hash
      self.sha = sha
      self.aead = aead
      self.columnKey = columnKey
      self.shares = shares
      chain = nil
    } catch { throw .crypto(error) }
  }

  /// Stands in `session`, opening its chain with the key that `owner` gave in the session's roster.
  mutating func enter(_ session: UnverifiedSession, by owner: borrowing Holder) throws(EscrowError) {
    let session = try session.verified(roster: roster)
    let holder = holder
    let opened = try owner.withSealingKey(of: session.roster) { key throws(EscrowError) in
      try HolderChain.open(session, holder: holder, key: key)
    }
    guard let opened else {
      throw .warrantRefused(.sealingKeyMissing(holder, roster: session.roster.id))
    }
    chain = consume opened
  }

  /// Stands in the session whose chain was opened elsewhere.
  mutating func enter(_ chain: consuming HolderChain) {
    self.chain = consume chain
  }

  /// Whether the opener stands in session `id` at or before `sequence`.
  func isReady(for id: Digest, sequence: UInt64) -> Bool {
    switch chain {
    case .some(let chain): chain.session.id == id && chain.sequence <= sequence
    case .none: false
    }
  }

  /// Opens the holder's column of `view`, in whose session the opener stands, and checks the share digest of each
  /// position in `positions` (all of them when nil) and the tag of each of the view's records.
  ///
  /// - Throws: `.failedVerification`: `.depositDigest` when the columns are not those of the deposit that the store
  ///   names, `.sealedColumn` when the column is not the one filed, or does not open, `.shareDigest` naming the first
  ///   wrong position, `.tag` when the store filed a record under a conversation or epoch that is not its own.
  mutating func open(_ view: HolderView, positions: [UInt32]?) throws(EscrowError) -> OpenedDeposit {
    let roster = try currentRoster()
    let examined: ExaminedDeposit
    do throws(EscrowError) {
      examined = try examine(view, under: roster)
    } catch {
      guard case .failedVerification(.depositDigest) = error, try !hasFiledColumn(view, under: roster) else {
        throw error
      }
      throw .failedVerification(.sealedColumn(holder))
    }
    let opened = try openIsolating(view, examined, positions: positions)
    guard let wrong = opened.wrongPositions.first else { return opened }
    close()
    throw .failedVerification(.shareDigest(holder, position: Int(wrong)))
  }

  /// As `open`, of a view that was examined; but a wrong share is named in the result and erased instead of being an
  /// error: the other records of its deposit are not at fault.
  mutating func openIsolating(
    _ view: HolderView, _ examined: ExaminedDeposit, positions: [UInt32]?
  ) throws(EscrowError) -> OpenedDeposit {
    close()
    do {
      let row = try row(under: try currentRoster())
      try decrypt(view, row: row, publicDigest: examined.publicDigest)
      let salts = try DepositSalts(view.header, using: &hash)
      let wrong = try wrongShares(view, row: row, salt: salts.share, positions: positions)
      for position in wrong {
        let start = Int(position) * PositionHash.keyByteCount
        shares.erase(start..<start + PositionHash.keyByteCount)
      }
      openCount = view.header.count
      return OpenedDeposit(
        publicDigest: examined.publicDigest, digest: examined.digest, wrongPositions: wrong)
    } catch {
      shares.erase()
      throw EscrowError(restating: error)
    }
  }

  /// Checks that the columns of `view` are those of the deposit it names, made under the roster with id `rosterID`, and
  /// that each of its records has its tag. Needs no key: what is wrong after this is the depositor's doing.
  ///
  /// - Throws: `.malformed(.deposit)`; `.failedVerification`: `.depositDigest`, `.tag`.
  mutating func examine(
    _ view: HolderView, under rosterID: Digest
  ) throws(EscrowError) -> ExaminedDeposit {
    let header = view.header
    let row = try row(under: rosterID)
    guard view.tags.count == header.count * PositionHash.tagByteCount,
      view.shareDigests.count == header.count * PositionHash.shareDigestByteCount,
      view.sealedColumn.count == header.count * PositionHash.keyByteCount + Deposit.tagByteCount,
      view.digests.shares.count == header.rows, view.ciphertextDigests.count == header.rows,
      row < header.rows,
      view.records.allSatisfy({ $0.position < header.count })
    else { throw .malformed(.deposit, reason: "a column has not the length that its header says") }
    do {
      var digests = view.digests
      digests.tags = try sha.column(view.tags)
      digests.shares[row] = try sha.column(view.shareDigests)
      let publicDigest = try digests.publicDigest(header, using: &sha)
      var ciphertexts = view.ciphertextDigests
      ciphertexts[row] = try sha.column(view.sealedColumn)
      let digest = try ColumnDigests.depositDigest(
        publicDigest: publicDigest, ciphertexts: ciphertexts, using: &sha)
      guard digest == view.digest else {
        throw EscrowError.failedVerification(.depositDigest(sequence: header.sequence))
      }
      try checkTags(view, salt: try DepositSalts(header, using: &hash).record)
      return ExaminedDeposit(publicDigest: publicDigest, digest: digest)
    } catch { throw EscrowError(restating: error) }
  }

  // Whether the sealed column is the one whose digest the store filed beside it.
  private mutating func hasFiledColumn(_ view: HolderView, under rosterID: Digest) throws(EscrowError) -> Bool
  {
    let row = try row(under: rosterID)
    let digest = try EscrowError.wrapping { () throws(CryptoError) in try sha.column(view.sealedColumn) }
    return digest == view.ciphertextDigests[row]
  }

  private func row(under rosterID: Digest) throws(EscrowError) -> Int {
    guard let row = roster.generation(withID: rosterID)?.row(of: holder) else {
      throw .warrantRefused(.unknownHolder(holder))
    }
    return row
  }

  /// Reads the shares of the deposit last opened: 32 bytes per position. Empty unless the last `open` succeeded.
  borrowing func withShares<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try shares.withBytes { bytes throws(Failure) in
      try body(bytes.extracting(0..<openCount * PositionHash.keyByteCount))
    }
  }

  /// Erases the shares of the deposit last opened.
  mutating func close() {
    shares.erase(first: openCount * PositionHash.keyByteCount)
    columnKey.erase()
    openCount = 0
  }

  /// The roster of the session the opener stands in.
  func currentRoster() throws(EscrowError) -> Digest {
    switch chain {
    case .some(let chain): return chain.session.header.roster
    case .none: throw .sessionRefused(.otherSession)
    }
  }

  private mutating func decrypt(_ view: HolderView, row: Int, publicDigest: Digest) throws(EscrowError) {
    let header = view.header
    guard var chain = chain.take() else { throw .sessionRefused(.otherSession) }
    guard chain.session.id == header.session, chain.session.header.isTest == header.isTest,
      chain.session.header.suite == header.suite, header.time >= chain.session.header.created,
      header.time <= chain.session.header.notAfter, chain.session.roster.matrix.rows == header.rows
    else { throw .malformed(.deposit, reason: "its header does not fit its session") }
    try chain.advance(to: header.sequence)
    try chain.deriveColumnKey(publicDigest: publicDigest, into: &columnKey)
    self.chain = consume chain
    let additionalData = SealedColumn.additionalData(row: UInt16(row + 1), publicDigest: publicDigest)
    let nonce = SealedColumn.nonce
    do {
      try columnKey.withBytes { key throws(CryptoError) in
        try shares.withMutableBytes { shares throws(CryptoError) in
          try shares.withSlice(0..<header.count * PositionHash.keyByteCount) { shares throws(CryptoError) in
            try aead.open(
              key: key, nonce: nonce.span, additionalData: additionalData.span,
              ciphertext: view.sealedColumn.span, into: &shares)
          }
        }
      }
    } catch .authenticationFailed {
      throw .failedVerification(.sealedColumn(holder))
    } catch { throw .crypto(error) }
  }

  private mutating func checkTags(_ view: HolderView, salt: PositionSalt) throws(EscrowError) {
    do {
      for run in PositionRun.runs(of: view.records.map(\.position)) {
        let locators = RecordLocator.pack(view.records[run.items].map(\.locator))
        var expected = [UInt8].zeros(run.count * PositionHash.tagByteCount)
        var output = expected.mutableSpan
        try hash.column(
          salt: salt, first: run.first, items: locators.span, itemByteCount: RecordLocator.byteCount,
          into: &output, digestByteCount: PositionHash.tagByteCount)
        let actual = view.tags[run.bytes(PositionHash.tagByteCount)]
        guard
          let difference = zip(expected, actual).enumerated().first(where: { $0.element.0 != $0.element.1 })
        else { continue }
        throw EscrowError.failedVerification(
          .tag(position: run.first + difference.offset / PositionHash.tagByteCount))
      }
    } catch { throw EscrowError(restating: error) }
  }

  // The positions, of `positions` or of all, whose share has not the digest in the public part.
  private mutating func wrongShares(
    _ view: HolderView, row: Int, salt: PositionSalt, positions: [UInt32]?
  ) throws(EscrowError) -> [UInt32] {
    var wrong: [UInt32] = []
    let runs = positions.map { PositionRun.runs(of: $0) } ?? [PositionRun(all: view.header.count)]
    for run in runs {
      guard run.first + run.count <= view.header.count else {
        throw .malformed(.deposit, reason: "a record lies beyond the deposit's end")
      }
      var digests = [UInt8].zeros(run.count * PositionHash.shareDigestByteCount)
      var output = digests.mutableSpan
      do {
        try shares.withBytes { shares throws(CryptoError) in
          try hash.column(
            salt: salt, first: run.first, infix: UInt16(row + 1),
            items: shares.extracting(run.bytes(PositionHash.keyByteCount)),
            itemByteCount: PositionHash.keyByteCount, into: &output,
            digestByteCount: PositionHash.shareDigestByteCount)
        }
      } catch { throw .crypto(error) }
      // Both digests are public once they agree, and a wrong one is published to name the culprit.
      let claimed = view.shareDigests[run.bytes(PositionHash.shareDigestByteCount)]
      guard !claimed.elementsEqual(digests) else { continue }
      for item in 0..<run.count {
        let bytes = item * PositionHash.shareDigestByteCount..<(item + 1) * PositionHash.shareDigestByteCount
        if !claimed.dropFirst(bytes.lowerBound).prefix(bytes.count).elementsEqual(digests[bytes]) {
          wrong.append(UInt32(run.first + item))
        }
      }
    }
    return wrong
  }
}
