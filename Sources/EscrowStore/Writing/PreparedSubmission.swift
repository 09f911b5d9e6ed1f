import KeyEscrow
import LibCrypto

/// A submission with everything computed that needs no lock: column digests, and its records in index order.
struct PreparedSubmission {
  /// One record: where it belongs, and where it is.
  struct Entry {
    let locator: RecordLocator
    /// Index of its deposit in the submission.
    let deposit: UInt32
    let position: UInt32
  }

  let submission: VerifiedSubmission
  let digests: [StoredDigests]
  /// In the order of the index. Pseudonyms are spread evenly, so unordered insertion would touch one page of the
  /// index per record; in order, records of one page are inserted one after another.
  let entries: [Entry]

  init(_ submission: VerifiedSubmission) throws(EscrowError) {
    self.submission = submission
    var digests: [StoredDigests] = []
    var entries: [Entry] = []
    entries.reserveCapacity(submission.deposits.reduce(0) { $0 + $1.deposit.header.count })
    for (index, listed) in submission.deposits.enumerated() {
      do { digests.append(try StoredDigests(of: listed.deposit)) } catch { throw .crypto(error) }
      let locators = RecordLocator.unpack(listed.locators) ?? []
      for (position, locator) in locators.enumerated() {
        entries.append(Entry(locator: locator, deposit: UInt32(index), position: UInt32(position)))
      }
    }
    entries.sort {
      $0.locator != $1.locator
        ? $0.locator < $1.locator : ($0.deposit, $0.position) < ($1.deposit, $1.position)
    }
    self.digests = digests
    self.entries = entries
  }
}
