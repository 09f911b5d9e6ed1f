import LibCrypto
import SecretMemory
import SecretSharing

/// What a member of a conversation, who knows its key, can check of a deposit: the whole public part.
public struct MemberCheck: ~Copyable {
  private let roster: Roster
  private var dealers: [Digest: DealerBox] = [:]

  /// A checker for deposits under `roster` and its ancestors.
  public init(roster: Roster) {
    self.roster = roster
  }

  /// Checks that `source` holds `key` for `locator`: some deposit whose session its depositor signed and whose
  /// tag, commitment and share digests at one of the positions are exactly those of the key.
  ///
  /// Deposits of other keys under the same locator do not matter: whoever knows a pseudonym can deposit garbage.
  ///
  /// - Throws: `.failedVerification(.notDeposited)` when no deposit names the locator; otherwise, when none is
  ///   right, what is wrong with the last of them: `.tag`, `.commitment` or `.shareDigest` with the position, or
  ///   `.depositDigest` when the record is right and something else in its deposit was altered.
  public mutating func check(
    _ locator: RecordLocator, uniformKey key: Span<UInt8>, in source: some DepositSource
  ) throws(EscrowError) {
    guard key.count == KeyBatch.keyByteCount else {
      throw .malformed(.keyLine, reason: "a key has \(key.count) bytes, not \(KeyBatch.keyByteCount)")
    }
    var reason = EscrowError.failedVerification(
      .notDeposited(conversation: locator.conversation, epoch: locator.epoch))
    for filed in try source.deposits(of: locator) {
      let deposit = filed.deposit
      let session: Session
      do throws(EscrowError) {
        guard let unverified = try source.session(deposit.header.session),
          unverified.id == deposit.header.session
        else { throw .failedVerification(.sessionHolders) }
        session = try unverified.verified(roster: roster)
      } catch {
        reason = error
        continue
      }
      for position in filed.positions {
        do throws(EscrowError) {
          try check(deposit.publicPart, session: session, position: Int(position), locator: locator, key: key)
          // The record is right, and no holder opens its share while another column of the deposit is not.
          guard deposit.digest == filed.digest else {
            throw .failedVerification(.depositDigest(sequence: deposit.header.sequence))
          }
          return
        } catch { reason = error }
      }
    }
    throw reason
  }

  /// Checks one record of a public part against its key.
  ///
  /// - Throws: `.failedVerification` naming the first of tag, commitment and share digests that is wrong.
  mutating func check(
    _ publicPart: PublicPart, session: Session, position: Int, locator: RecordLocator, key: Span<UInt8>
  ) throws(EscrowError) {
    let header = publicPart.header
    guard header.session == session.id, header.rows == session.roster.matrix.rows,
      (0..<header.count).contains(position)
    else {
      throw .malformed(.deposit, reason: "its header does not fit its session")
    }
    let dealer = try dealer(for: session.roster)
    let expected = try dealer.dealer.record(
      header: header, position: position, locator: RecordLocator.pack([locator]), key: key)
    func slice(_ column: [UInt8], _ byteCount: Int) -> ArraySlice<UInt8> {
      column[position * byteCount..<(position + 1) * byteCount]
    }
    guard slice(publicPart.tags, PositionHash.tagByteCount) == expected.tag[...] else {
      throw .failedVerification(.tag(position: position))
    }
    guard slice(publicPart.commitments, PositionHash.commitmentByteCount) == expected.commitment[...] else {
      throw .failedVerification(.commitment(position: position))
    }
    for (row, digest) in expected.shareDigests.enumerated()
    where slice(publicPart.shareDigests[row], PositionHash.shareDigestByteCount) != digest[...] {
      throw .failedVerification(.shareDigest(session.roster.holders[row].id, position: position))
    }
  }

  private mutating func dealer(for roster: Roster) throws(EscrowError) -> DealerBox {
    if let known = dealers[roster.id] { return known }
    do {
      let box = DealerBox(try Dealer(matrix: roster.matrix, capacity: 1))
      dealers[roster.id] = box
      return box
    } catch { throw .crypto(error) }
  }
}

/// A place for a dealer, which cannot be copied.
private final class DealerBox {
  var dealer: Dealer

  init(_ dealer: consuming Dealer) {
    self.dealer = dealer
  }
}
