import FlowSupport
import KeyEscrow
import Mnemonics
import SecretMemory
import SecretSharing

// Texts and binaries that nobody signs.

extension FuzzTarget {
  static let policy = FuzzTarget(
    "policy", isText: true,
    samples: {
      [
        "and(judge, or(provider, agency))",
        "and(thresh(2, judge:paris, judge:lyon, judge:lille), or(provider, thresh(2, agency:a, agency:b, agency:c)))",
        "or(and(judge:fr, agency:fr), and(judge:de, agency:de))",
      ].map { Array($0.utf8) }
    }
  ) { bytes in
    guard let text = String(validating: bytes, as: UTF8.self), let policy = try? AccessPolicy(parsing: text)
    else {
      return false
    }
    let written = policy.description
    guard let again = try? AccessPolicy(parsing: written) else {
      claim(false, "a policy's own text is read")
      return false
    }
    claim(again == policy && again.description == written, "a policy is written as it was read")
    let holders = policy.holders
    claim((1...255).contains(holders.count) && Set(holders).count == holders.count, "each holder stands once")
    let matrix = SharingMatrix(policy)
    claim(
      matrix.rows == holders.count && (1...255).contains(matrix.columns), "a matrix has a row for each holder"
    )
    claim(policy.isSatisfied(by: Set(holders)), "all holders together are authorised")
    claim(!policy.isSatisfied(by: []), "nobody is not authorised")
    return true
  }

  static let keyLine = FuzzTarget(
    "key-line", isText: true,
    samples: {
      [
        Array(
          #"{"conversation":"\#(String(repeating: "ab", count: 32))","epoch":7,"key":"\#(String(repeating: "0f", count: 32))"}"#
            .utf8)
      ]
    }
  ) { bytes in
    var key = [UInt8](repeating: 0, count: 32)
    var span = key.mutableSpan
    guard let locator = try? KeyLine.parse(bytes.span, key: &span) else { return false }
    for name in ["\"conversation\"", "\"epoch\"", "\"key\""] {
      let name = Array(name.utf8)
      let count = bytes.indices.count { bytes[$0...].starts(with: name) }
      claim(count == 1, "each member of a key line stands once")
    }
    var buffer = [UInt8](repeating: 0, count: KeyLine.writtenByteCount)
    var output = buffer.mutableSpan
    let end = KeyLine.write(locator, key: key.span, to: &output, at: 0)
    var second = [UInt8](repeating: 0, count: 32)
    var secondSpan = second.mutableSpan
    let line = Array(buffer[..<(end - 1)])
    let again = try? KeyLine.parse(line.span, key: &secondSpan)
    claim(again == locator && second == key, "a key line is written as it was read")
    return true
  }

  static let mnemonic = FuzzTarget(
    "mnemonic", isText: true,
    samples: {
      // From SLIP-39's own vectors.
      [
        "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband "
          + "erode duke ajar critical decision keyboard"
      ].map { Array($0.utf8) }
    }
  ) { bytes in
    guard let share = try? MnemonicShare(parsing: bytes.span), let text = try? share.text() else {
      return false
    }
    let written = text.withBytes { text in text.indices.map { text[$0] } }
    let words = bytes.split { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
    let read = words.map { $0.map { (65...90).contains($0) ? $0 + 32 : $0 } }.joined(separator: [
      UInt8(ascii: " ")
    ])
    claim(written == Array(read), "a mnemonic's words are written as they were read")
    return true
  }

  static let deposit = FuzzTarget(
    "deposit", samples: { try Samples.get().submission.deposits.map(\.deposit.bytes) }
  ) {
    bytes in
    guard let samples = try? Samples.get(), let deposit = try? Deposit(parsing: bytes) else { return false }
    claim(deposit.bytes == bytes, "a deposit is written as it was read")
    // The store's own check, with the list that belongs to the first deposit.
    guard let session = try? samples.submission.session.verified(roster: samples.world.roster) else {
      return true
    }
    let listed = ListedDeposit(deposit: deposit, locators: samples.submission.deposits[0].locators)
    let submission = DepositSubmission(
      session: samples.submission.session, deposits: [listed], head: samples.submission.head)
    claim(
      (try? submission.verified(session: session, after: nil)) == nil,
      "a head of two deposits does not cover another one")
    return true
  }

  static let sessionState = FuzzTarget("session-state", samples: { [try Samples.get().savedState] }) {
    bytes in
    guard let samples = try? Samples.get(), let session = try? DepositSession.session(ofSaved: bytes) else {
      return false
    }
    do {
      _ = try DepositSession.resume(
        bytes, roster: samples.world.roster, depositor: samples.world.depositor,
        stateKey: samples.world.depositor.stateKey(), storage: EphemeralSessionState(),
        stored: samples.submission.head, now: session.header.created)
    } catch { return false }
    claim(session.header.roster == samples.world.roster.id, "only a session of one's own roster is resumed")
    return true
  }
}
