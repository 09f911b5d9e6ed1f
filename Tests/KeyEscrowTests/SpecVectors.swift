import Foundation
import KeyEscrow
import LibCrypto
import SecretSharing
import TestSupport
import Testing
import TransparencyLog

/// Everything that `Spec/vectors` holds, made anew: notes by the library, binary values by `SpecOracle`.
struct SpecVectors {
  let example: SpecExample
  let recipients: [SpecOracle.Recipient]
  let deposits: [SpecOracle.Deposit]
  let releases: [SpecOracle.Release]
  /// The bytes of each release file, in the order of the roster's holders: judge and agency.
  let releaseFiles: [[UInt8]]
  let releaseNotes: [[UInt8]]
  let extract: [UInt8]
  /// What a log holds of it, under a later roster.
  let logged: SpecLogExample

  static let stateNonce = Array("state nonce!".utf8)

  init() throws {
    let example = try SpecExample()
    self.example = example
    let sessionID = example.session.id.bytes
    let names = example.roster.holders.map(\.id.description)
    let recipients = try example.roster.holders.map {
      try SpecOracle.recipient(
        holder: $0.id.description, sealingKey: $0.sealingKey, roster: example.roster.id.bytes,
        depositor: example.session.header.depositor.publicKey.bytes, session: sessionID)
    }
    self.recipients = recipients
    var deposits: [SpecOracle.Deposit] = []
    for index in SpecExample.records.indices {
      deposits.append(
        try SpecOracle.deposit(
          index: index, seconds: UInt64(example.now.secondsSince1970) + UInt64(60 * index),
          session: sessionID,
          previous: deposits.last?.digest ?? sessionID, chainKeys: recipients.map { $0.chain[index] }))
    }
    self.deposits = deposits
    var releases: [SpecOracle.Release] = []
    var files: [[UInt8]] = []
    var notes: [[UInt8]] = []
    for row in [0, 2] {
      let release = try SpecOracle.release(
        holder: names[row], row: row, warrant: example.warrant.digest.bytes, roster: example.roster.id.bytes,
        recipient: example.recipientKey.key.publicKey, deposits: deposits)
      let text = try Self.releaseText(release, holder: names[row], example: example)
      var note = try UnverifiedNote(text: text)
      note.add(
        try SpecExample.signingKey("\(names[row]) signing").noteSignature(name: names[row], text: text))
      releases.append(release)
      notes.append(note.bytes)
      files.append(
        note.bytes + SpecOracle.text("=== key-escrow/v1 chunks ===\n") + release.table
          + release.chunks.flatMap { $0.front + $0.body })
    }
    self.releases = releases
    releaseFiles = files
    releaseNotes = notes
    logged = try SpecLogExample(example, deposits: deposits)
    let spool = MemorySpool()
    extract =
      try Extract.write(
        for: example.warrant, holder: example.holders[0].holder.id, roster: example.roster,
        from: try example.store(), spool: spool, signedBy: example.storeKey.key, now: example.now)
      + spool.bytes
  }

  static func releaseText(
    _ release: SpecOracle.Release, holder: String, example: SpecExample
  ) throws -> String {
    """
    {
      "answered": "2027-02-02T09:30:00Z",
      "checked": [
        "recipient-signature",
        "judges-signatures",
        "test-flag",
        "roster-limits",
        "in-force"
      ],
      "chunks": 2,
      "encapsulations": [
        {
          "encapsulation": "\(hex(release.encapsulation))",
          "roster": "\(example.roster.id.hex)"
        }
      ],
      "holder": "\(holder)",
      "keys": 2,
      "passedOver": 0,
      "recipientKey": "\(hex(example.recipientKey.key.publicKey.bytes))",
      "records": 2,
      "roster": "\(example.roster.id.hex)",
      "table": "\(hex(try SpecOracle.sha256(release.table)))",
      "test": true,
      "type": "key-escrow/v1 release",
      "warrant": "\(example.warrant.digest.hex)"
    }

    """
  }

  /// A saved state after the first deposit was submitted.
  func state() throws -> [UInt8] {
    let note = example.session.bytes
    let front =
      SpecOracle.text("escrow-s") + SpecOracle.be(1, 2) + SpecOracle.be(UInt64(note.count), 4) + note
    let plaintext =
      SpecOracle.be(1, 8) + deposits[0].digest + example.session.id.bytes + recipients.flatMap { $0.chain[1] }
    return try front + Self.stateNonce
      + SpecOracle.seal(
        plaintext, key: try SpecExample.seed("state key"), nonce: Self.stateNonce, additionalData: front)
  }

  /// The texts that the documents show, by file name.
  func texts() throws -> [String: [UInt8]] {
    let judge = example.holders[0]
    let head = try example.submissions[0].head.verified(
      for: try example.session.verified(roster: example.roster))
    let receipt = try StoreReceipt(
      acknowledging: head, received: example.now.adding(seconds: 2), signingKey: example.storeKey.key)
    let refusal = try UnverifiedRefusal(
      refusing: example.warrant, by: judge.holder, roster: example.roster, ground: .notInForce,
      reason: "The warrant begins on 1 February.", now: example.now)
    let store = try example.store()
    var check = try IntakeCheck(roster: example.roster, holder: judge.holder.id)
    for listed in store.deposits {
      try check.check(
        try store.view(listed.deposit, row: 0, records: []), session: example.session, by: judge.holder)
    }
    let intake = try check.receipt(signedBy: judge.holder, now: example.now.adding(seconds: 3600))
    let separator = SpecOracle.text("=== key-escrow/v1 chunks ===\n")
    let end = try #require(extract.indices.first { extract[$0...].starts(with: separator) })
    return [
      "holder.json": Array(judge.holder.record.text.utf8),
      "roster.note": example.rosterNote,
      "session.note": example.session.bytes,
      "head.note": example.submissions[0].head.bytes,
      "receipt.note": receipt.bytes,
      "intake.note": intake.bytes,
      "warrant.note": example.warrant.bytes,
      "refusal.note": refusal.bytes,
      "release.note": releaseNotes[0],
      "extract.note": Array(extract[..<end]),
    ]
  }

  /// The binary values in hexadecimal, by file name and dotted name.
  func values() throws -> [String: [String: String]] {
    var session = ["sessionId": example.session.id.hex, "rosterId": example.roster.id.hex]
    for (holder, recipient) in zip(example.roster.holders, recipients) {
      session["\(holder.id).encapsulation"] = hex(recipient.encapsulation)
      session["\(holder.id).exporterSecret"] = hex(recipient.exporterSecret)
      session["\(holder.id).confirmation"] = hex(recipient.confirmation)
      for (index, key) in recipient.chain.enumerated() { session["\(holder.id).CK_\(index)"] = hex(key) }
    }
    session["state"] = hex(try state())
    var values = ["session.json": session]
    for (index, deposit) in deposits.enumerated() { values["deposit-\(index).json"] = Self.values(deposit) }
    var release = ["warrantDigest": example.warrant.digest.hex]
    for (number, holder) in ["judge", "agency"].enumerated() {
      release["\(holder).encapsulation"] = hex(releases[number].encapsulation)
      release["\(holder).table"] = hex(releases[number].table)
      for (index, chunk) in releases[number].chunks.enumerated() {
        release["\(holder).chunk.\(index).front"] = hex(chunk.front)
        release["\(holder).chunk.\(index).body"] = hex(chunk.body)
        release["\(holder).chunk.\(index).digest"] = hex(chunk.digest)
      }
      release["\(holder).file"] = hex(releaseFiles[number])
    }
    values["release.json"] = release
    values["extract.json"] = ["file": hex(extract)]
    values["log.json"] = logged.values
    return values
  }

  private static func values(_ deposit: SpecOracle.Deposit) -> [String: String] {
    var values = [
      "header": hex(deposit.header), "publicDigest": hex(deposit.publicDigest),
      "depositDigest": hex(deposit.digest), "bytes": hex(deposit.bytes),
    ]
    for (label, salt) in deposit.salts { values["salt.\(label)"] = hex(salt) }
    for (position, record) in deposit.records.enumerated() {
      values["T.\(position)"] = hex(record.tag)
      values["C.\(position)"] = hex(record.commitment)
      values["coefficient.1.\(position)"] = hex(record.coefficient)
      for row in record.shares.indices {
        values["share.\(row + 1).\(position)"] = hex(record.shares[row])
        values["D.\(row + 1).\(position)"] = hex(record.shareDigests[row])
      }
    }
    for (row, key) in deposit.columnKeys.enumerated() {
      values["columnKey.\(row + 1)"] = hex(key)
      values["ct.\(row + 1)"] = hex(deposit.sealedColumns[row])
    }
    return values
  }
}
