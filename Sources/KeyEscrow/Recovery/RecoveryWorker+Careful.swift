import LibCrypto
import SecretMemory
import SecretSharing

/// A candidate whose shares are open: authentic as its holder's answer, not yet as shares.
private struct OpenedCandidate {
  let holder: HolderID
  let row: Int
  let list: RecordList
  let shares: SecretBox
  /// Where each position's share lies.
  let placeOfPosition: [UInt32: Int]
}

/// The share digests of a deposit's rows, read when first needed; nil for a row whose column the store does not give
/// as the public digest has it.
private struct ShareDigests {
  var ofRow: [Int: [UInt8]?] = [:]
}

extension RecoveryWorker {
  /// The most sets of holders that are tried for one record before it is given up.
  private static var maximumSets: Int { 100 }

  /// Recovers a deposit in which something is wrong: reads every release, names whoever gave something wrong, and takes
  /// each record from those whose shares are right.
  mutating func recoverCarefully(
    _ subject: RecoverySubject, holding: [OpenerBox], listed: Int, output: RecoveredDeposit
  ) throws(EscrowError) {
    let candidates = try agreeingCandidates(subject, holding: holding, output: output)
    var opened: [OpenedCandidate] = []
    for candidate in candidates {
      do throws(EscrowError) {
        opened.append(try open(candidate, subject: subject))
      } catch {
        guard case .failedVerification(let failure) = error else { throw error }
        output.blame(.holder(candidate.holder), subject.deposit, failure)
      }
    }
    var locatorOfPosition: [UInt32: ArraySlice<UInt8>] = [:]
    for candidate in opened {
      for (index, position) in candidate.list.positions.enumerated() {
        // Tags were checked, so releases that list a position list it under one locator.
        locatorOfPosition[position] = candidate.list.locators[RecordList.bytes(index..<index + 1)]
      }
    }
    var digests = ShareDigests()
    for position in locatorOfPosition.keys.sorted() {
      let members = opened.filter { $0.placeOfPosition[position] != nil }
      let isFound = try recoverRecord(
        at: position, from: members, subject: subject, digests: &digests, output: output)
      guard isFound, let locator = locatorOfPosition[position] else {
        output.report.missing += 1
        continue
      }
      try keys.withBytes { keys throws(EscrowError) in
        try output.append(locators: locator, keys: keys.extracting(0..<PositionHash.keyByteCount))
      }
    }
    output.report.missing += UInt64(max(0, listed - locatorOfPosition.count))
  }

  // Reads every release's chunk and keeps those that are right and agree with the store's columns. When some disagree,
  // the side on which an authorised set stands is believed.
  private mutating func agreeingCandidates(
    _ subject: RecoverySubject, holding: [OpenerBox], output: RecoveredDeposit
  ) throws(EscrowError) -> [RecoveryCandidate] {
    var agreeing: [RecoveryCandidate] = []
    var dissenting: [Digest: [HolderID]] = [:]
    for box in holding {
      guard let index = box.chunk(of: subject.deposit) else { continue }
      do throws(EscrowError) {
        let chunk = try box.opener.read(index, using: &sha)
        guard chunk.publicDigest == subject.publicDigest else {
          dissenting[chunk.publicDigest, default: []].append(box.holder)
          continue
        }
        guard box.opener.depositRoster(of: index) == subject.roster.id else {
          throw .failedVerification(.otherWarrant(box.holder))
        }
        let list = try checkedList(of: chunk, index: index, holder: box.holder, subject: subject)
        agreeing.append(RecoveryCandidate(opener: box, chunkIndex: index, chunk: chunk, list: list))
      } catch {
        guard case .failedVerification(let failure) = error else { throw error }
        output.blame(.holder(box.holder), subject.deposit, failure)
      }
    }
    let policy = subject.roster.policy
    if policy.isSatisfied(by: Set(agreeing.map(\.holder))) {
      for holder in dissenting.values.joined().sorted() {
        output.blame(.holder(holder), subject.deposit, .publicDigest(holder))
      }
    } else if dissenting.values.contains(where: { policy.isSatisfied(by: Set($0)) }) {
      output.blame(.store, subject.deposit, .storeColumns(deposit: subject.deposit))
    } else if !dissenting.isEmpty {
      output.blame(.disputed, subject.deposit, .storeColumns(deposit: subject.deposit))
    }
    return agreeing
  }

  private func open(
    _ candidate: RecoveryCandidate, subject: RecoverySubject
  ) throws(EscrowError) -> OpenedCandidate {
    guard let row = subject.roster.row(of: candidate.holder) else {
      throw .failedVerification(.otherWarrant(candidate.holder))
    }
    let byteCount = candidate.list.count * PositionHash.keyByteCount
    var shares = try EscrowError.wrapping { () throws(CryptoError) in try SecretBytes.allocated(byteCount) }
    try shares.withMutableBytes { shares throws(EscrowError) in
      try candidate.opener.opener.open(candidate.chunk, index: candidate.chunkIndex, into: &shares)
    }
    var places: [UInt32: Int] = [:]
    for (index, position) in candidate.list.positions.enumerated() { places[position] = index }
    return OpenedCandidate(
      holder: candidate.holder, row: row, list: candidate.list, shares: SecretBox(shares),
      placeOfPosition: places)
  }

  // Puts the record's key at the front of `keys` and answers true, or names who is to blame and answers false.
  private mutating func recoverRecord(
    at position: UInt32, from members: [OpenedCandidate], subject: RecoverySubject,
    digests: inout ShareDigests,
    output: RecoveredDeposit
  ) throws(EscrowError) -> Bool {
    guard let vector = vector(subject.roster, Set(members.map(\.holder))) else {
      note(subject.deposit, withoutQuorumIn: output)
      return false
    }
    if try combine(vector, at: position, from: members, subject: subject) { return true }
    var honest: [OpenedCandidate] = []
    for member in members {
      guard
        let isRight = try hasRightShare(member, at: position, subject: subject, digests: &digests)
      else {
        output.blame(.store, subject.deposit, .storeColumns(deposit: subject.deposit))
        return false
      }
      if isRight {
        honest.append(member)
      } else {
        output.blame(
          .holder(member.holder), subject.deposit, .shareDigest(member.holder, position: Int(position)))
      }
    }
    let holders = Set(honest.map(\.holder))
    guard subject.roster.policy.isSatisfied(by: holders) else {
      note(subject.deposit, withoutQuorumIn: output)
      return false
    }
    // Shares that match their digests can still be a bad dealing, of which some sets give the key committed to and
    // others do not.
    for set in subject.roster.policy.minimalAuthorizedSets(limit: Self.maximumSets)
    where holders.isSuperset(of: set) {
      guard let vector = self.vector(subject.roster, Set(set)) else { continue }
      if try combine(vector, at: position, from: honest, subject: subject) { return true }
    }
    output.blame(.disputed, subject.deposit, .commitment(position: Int(position)))
    return false
  }

  private mutating func combine(
    _ vector: ReconstructionVector, at position: UInt32, from members: [OpenedCandidate],
    subject: RecoverySubject
  ) throws(EscrowError) -> Bool {
    try reserveShares(vector.holders.count * PositionHash.keyByteCount)
    for (slot, holder) in vector.holders.enumerated() {
      guard let member = members.first(where: { $0.holder == holder }),
        let place = member.placeOfPosition[position]
      else { return false }
      member.shares.bytes.withBytes { column in
        shares.withMutableBytes { shares in
          shares.copy(
            column.extracting(place * PositionHash.keyByteCount..<(place + 1) * PositionHash.keyByteCount),
            at: slot * PositionHash.keyByteCount)
        }
      }
    }
    try combine(vector, length: PositionHash.keyByteCount)
    return try matchesCommitment(at: position, subject: subject)
  }

  // Whether a member's share of one record has the digest in the public part; nil when the store does not give the
  // digests.
  private mutating func hasRightShare(
    _ member: OpenedCandidate, at position: UInt32, subject: RecoverySubject, digests: inout ShareDigests
  ) throws(EscrowError) -> Bool? {
    guard let place = member.placeOfPosition[position],
      let column = try digestColumn(of: member.row, subject: subject, digests: &digests)
    else { return nil }
    var actual = [UInt8].zeros(PositionHash.shareDigestByteCount)
    var output = actual.mutableSpan
    do {
      try member.shares.bytes.withBytes { shares throws(CryptoError) in
        try hash.column(
          salt: subject.salts.share, first: Int(position), infix: UInt16(member.row + 1),
          items: shares.extracting(
            place * PositionHash.keyByteCount..<(place + 1) * PositionHash.keyByteCount),
          itemByteCount: PositionHash.keyByteCount, into: &output,
          digestByteCount: PositionHash.shareDigestByteCount)
      }
    } catch { throw .crypto(error) }
    return column[subject.bytes(of: Int(position), PositionHash.shareDigestByteCount)].elementsEqual(actual)
  }

  private mutating func digestColumn(
    of row: Int, subject: RecoverySubject, digests: inout ShareDigests
  ) throws(EscrowError) -> [UInt8]? {
    if let known = digests.ofRow[row] { return known }
    var column = try source.shareDigests(subject.deposit, row: row)
    if let given = column {
      let digest: Digest
      do { digest = try sha.column(given) } catch { throw .crypto(error) }
      let isRight =
        given.count == subject.view.header.count * PositionHash.shareDigestByteCount
        && digest == subject.view.shareColumnDigests[row]
      if !isRight { column = nil }
    }
    digests.ofRow[row] = .some(column)
    return column
  }

  private func note(_ deposit: Digest, withoutQuorumIn output: RecoveredDeposit) {
    if output.report.withoutQuorum.last != deposit { output.report.withoutQuorum.append(deposit) }
  }
}
