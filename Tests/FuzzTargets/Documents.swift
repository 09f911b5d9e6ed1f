import FlowSupport
import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

// Signed documents: what is accepted is written again byte for byte, names no key twice, and is one of the documents
// that somebody signed.

extension FuzzTarget {
  static let documents: [FuzzTarget] = [
    FuzzTarget("roster", isText: true, samples: { [try Samples.get().world.rosterBytes] }) { bytes in
      guard let draft = try? UnverifiedRoster(parsing: bytes.span) else { return false }
      claim(draft.bytes == bytes, "a roster is written as it was read")
      var keys = draft.body.holders.map { $0.sealingKey.bytes }
      keys += draft.body.holders.map { $0.verifierKey.publicKey.bytes }
      claim(Set(keys).count == keys.count, "no key appears twice in a roster")
      guard let roster = try? draft.verified() else { return false }
      claim(
        isSigned(bytes, by: roster.holders.map(\.verifierKey)), "only what every holder signed is a roster")
      return true
    },
    FuzzTarget("holder", isText: true, samples: { try holderRecords() }) { bytes in
      guard let text = String(validating: bytes, as: UTF8.self), let record = try? HolderRecord(parsing: text)
      else { return false }
      claim(Array(record.text.utf8) == bytes, "a holder's record is written as it was read")
      return true
    },
    FuzzTarget("session", isText: true, samples: { [try Samples.get().submission.session.bytes] }) { bytes in
      guard let samples = try? Samples.get(), let session = try? UnverifiedSession(parsing: bytes.span) else {
        return false
      }
      claim(session.bytes == bytes, "a session is written as it was read")
      guard let verified = try? session.verified(roster: samples.world.roster) else { return false }
      claim(isSigned(bytes, by: [verified.header.depositor]), "only what its depositor signed is a session")
      return true
    },
    FuzzTarget("head", isText: true, samples: { [try Samples.get().submission.head.bytes] }) { bytes in
      guard let samples = try? Samples.get(), let head = try? UnverifiedHead(parsing: bytes.span),
        let session = try? samples.submission.session.verified(roster: samples.world.roster)
      else { return false }
      claim(head.bytes == bytes, "a head is written as it was read")
      guard (try? head.verified(for: session)) != nil else { return false }
      claim(
        isSigned(bytes, by: [session.header.depositor]), "only what the session's depositor signed is a head")
      return true
    },
    FuzzTarget("receipt", isText: true, samples: { [try Samples.get().receipt] }) { bytes in
      guard let receipt = try? StoreReceipt(parsing: bytes.span) else { return false }
      claim(receipt.bytes == bytes, "a receipt is written as it was read")
      claim(isSigned(bytes, by: [receipt.store]), "only what its store signed is a receipt")
      return true
    },
    FuzzTarget("intake", isText: true, samples: { [try Samples.get().intakeReceipt] }) { bytes in
      guard let samples = try? Samples.get(),
        let receipt = try? IntakeReceipt(parsing: bytes.span, roster: samples.world.roster)
      else { return false }
      claim(receipt.bytes == bytes, "an intake receipt is written as it was read")
      let signer = samples.world.roster.holder(receipt.holder)?.verifierKey
      claim(isSigned(bytes, by: [signer]), "only what its holder signed is an intake receipt")
      return true
    },
    FuzzTarget("warrant", isText: true, samples: { [try Samples.get().warrant.bytes] }) { bytes in
      guard let samples = try? Samples.get(), let warrant = try? UnverifiedWarrant(parsing: bytes.span) else {
        return false
      }
      claim(warrant.bytes == bytes, "a warrant is written as it was read")
      let roster = samples.world.roster
      guard let verified = try? warrant.verified(by: roster, now: FlowWorld.now) else { return false }
      let signers = [verified.body.recipient] + roster.policy.holders.filter { $0.role == .judge }
      claim(
        isSigned(bytes, by: signers.map { roster.holder($0)?.verifierKey }),
        "only what its recipient and the judge signed is in force")
      return true
    },
    FuzzTarget("refusal", isText: true, samples: { [try Samples.get().refusal] }) { bytes in
      guard let samples = try? Samples.get(), let refusal = try? UnverifiedRefusal(parsing: bytes.span) else {
        return false
      }
      claim(refusal.bytes == bytes, "a refusal is written as it was read")
      return (try? refusal.verified(roster: samples.world.roster, warrant: samples.warrant.digest)) != nil
    },
    FuzzTarget("release", samples: { Array(try Samples.get().releases.values) }) { bytes in
      guard let samples = try? Samples.get(), let release = try? UnverifiedRelease(MemoryBytes(bytes)) else {
        return false
      }
      guard (try? release.verified(for: samples.verifiedWarrant)) != nil else { return false }
      let signer = samples.world.roster.holder(release.body.holder)?.verifierKey
      claim(isSigned(release.note, by: [signer]), "only what its holder signed is a release")
      return true
    },
    FuzzTarget("extract", samples: { [try Samples.get().extract] }) { bytes in
      guard let samples = try? Samples.get(), let extract = try? ExtractFile(MemoryBytes(bytes)) else {
        return false
      }
      return read(extract, samples)
    },
    FuzzTarget("log-entry", isText: true, samples: { try logEntries() }) { bytes in
      guard let entry = try? UnverifiedLogEntry(parsing: bytes.span) else { return false }
      claim(entry.bytes == bytes, "an entry of the log is written as it was read")
      return true
    },
  ]

  private static func logEntries() throws -> [[UInt8]] {
    let samples = try Samples.get()
    let seed = [UInt8](repeating: 5, count: 32)
    guard let opening = SealOpening(bytes: seed) else { return [] }
    let warrant = try WarrantEntry(
      sealing: samples.warrant, opening: opening, roster: samples.world.roster, logged: FlowWorld.now)
    return [
      try UnverifiedLogEntry(RosterEntry(samples.world.roster)).bytes, try UnverifiedLogEntry(warrant).bytes,
    ]
  }

  // Whether every one of `keys` signed, as the notes' own module says.
  static func isSigned(_ bytes: [UInt8], by keys: [NoteVerifierKey?]) -> Bool {
    let known = keys.compactMap { $0 }
    guard known.count == keys.count, let note = try? UnverifiedNote(parsing: bytes.span),
      let verified = try? note.verified(by: known)
    else { return false }
    return Set(verified.signers) == Set(known)
  }

  /// A chunk of an extract that its store signed whatever is in it.
  static let extractChunk = FuzzTarget("extract-chunk", samples: { [try signedExtract(nil).chunk] }) {
    bytes in
    guard let samples = try? Samples.get(), let file = try? signedExtract(bytes).file,
      let extract = try? ExtractFile(MemoryBytes(file))
    else { return false }
    return read(extract, samples)
  }

  private static func holderRecords() throws -> [[UInt8]] {
    try Samples.get().world.roster.holders.map { Array($0.text.utf8) }
  }

  // Answers from an extract as a holder does; only honest deposits may come through.
  private static func read(_ extract: ExtractFile, _ samples: Samples) -> Bool {
    guard
      let bytes = try? samples.world.releaseBytes(
        samples.warrant, by: samples.world.recipient, from: extract),
      let release = try? UnverifiedRelease(MemoryBytes(bytes))
    else { return false }
    claim(release.body.records <= UInt64(samples.keys.count), "an extract answers for what was deposited")
    return true
  }

  // The sample extract with `chunk` in the place of its last, or with its own last chunk.
  private static func signedExtract(_ chunk: [UInt8]?) throws -> (file: [UInt8], chunk: [UInt8]) {
    let samples = try Samples.get()
    let separator = Array("\n=== key-escrow/v1 chunks ===\n".utf8)
    let bytes = samples.extract
    let body = try ExtractFile(MemoryBytes(bytes)).body
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
      return ([], [])
    }
    let tableStart = start + separator.count
    let chunksStart = tableStart + 76 * Int(body.chunks)
    var entry = Array(bytes[chunksStart - 76..<chunksStart])
    let byteCount = entry[36..<40].reduce(0) { $0 << 8 | Int($1) }
    let last = chunk ?? Array(bytes[(bytes.count - byteCount)...])
    for (place, shift) in zip(36..<40, [24, 16, 8, 0]) {
      entry[place] = UInt8(truncatingIfNeeded: last.count >> shift)
    }
    entry.replaceSubrange(44..<76, with: try SHA256.digest(last).bytes)
    let table = Array(bytes[tableStart..<chunksStart - 76]) + entry
    let signed = Array(bytes[...start])
    let text = try UnverifiedNote(parsing: signed.span).text
      .replacing(body.table.hex, with: try SHA256.digest(table).hex)
    var note = try UnverifiedNote(text: text)
    let seed = Samples.storeSeed
    let signer = try NoteSigner(name: StoreReceipt.keyName, key: Ed25519PrivateKey.fromSeed(seed.span))
    note.add(try signer.sign(text))
    let front = note.bytes + separator.dropFirst() + table
    return (front + bytes[chunksStart..<bytes.count - byteCount] + last, last)
  }
}
