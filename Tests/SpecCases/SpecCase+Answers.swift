import KeyEscrow
import LibCrypto
import SecretSharing
import TestSupport
import TransparencyLog

extension SpecCase {
  static var answers: [String: Operation] {
    [
      "warrant": warrant, "release": release, "refusal": refusal, "extract": extract, "recover": recover,
      "recipient-certificate": recipientCertificate,
    ]
  }

  private static func warrant(_ input: CaseInput) throws -> [String: Any] {
    let warrant = try input.warrant()
    let roster = try input.roster()
    guard input.has("now") else {
      let verified = try warrant.verifiedForRecovery(by: roster, proof: try input.warrantProof())
      return ["digest": verified.digest.hex, "judges": verified.judges.map(\.description).sorted()]
    }
    let inForce = try warrant.verified(by: roster, now: try input.time("now"))
    if input.has("holder") { try inForce.requireAnswer(of: try input.holderID("holder")) }
    return [
      "digest": inForce.digest.hex, "judges": inForce.judges.map(\.description).sorted(),
      "checked": inForce.checked,
    ]
  }

  private static func verifiedRelease(_ bytes: [UInt8], for warrant: Warrant) throws -> Release {
    try UnverifiedRelease(MemoryBytes(bytes)).verified(for: warrant)
  }

  private static func release(_ input: CaseInput) throws -> [String: Any] {
    let warrant = try input.warrantForRecovery(by: try input.roster())
    let body = try verifiedRelease(try input.hex("release"), for: warrant).body
    return [
      "holder": body.holder.description, "keys": Int(body.keys), "records": Int(body.records),
      "passedOver": Int(body.passedOver),
    ]
  }

  private static func refusal(_ input: CaseInput) throws -> [String: Any] {
    let note = try input.text("refusal")
    let refusal = try UnverifiedRefusal(parsing: note.span)
    let body = try refusal.verified(roster: try input.roster(), warrant: try input.digest("warrant"))
    return ["holder": body.holder.description, "ground": body.ground.rawValue]
  }

  /// A holder answers from an extract; what comes out is random but for its size and its deposits.
  private static func extract(_ input: CaseInput) throws -> [String: Any] {
    let file = try ExtractFile(MemoryBytes(try input.hex("extract")))
    let holder = try input.inputs("holder")[0].holder()
    let bytes = try answer(input, by: holder, from: file)
    let warrant = try input.warrantForRecovery(by: try input.roster())
    let body = try verifiedRelease(bytes, for: warrant).body
    return [
      "keys": Int(body.keys), "records": Int(body.records), "chunks": Int(body.chunks),
      "passedOver": Int(body.passedOver),
    ]
  }

  /// The release file of `holder`.
  static func answer(
    _ input: CaseInput, by holder: borrowing Holder, from source: some HolderDepositSource
  ) throws -> [UInt8] {
    let now = try input.time("now")
    let roster = try input.roster()
    let inForce = try input.warrant().verified(by: roster, now: now)
    let authorization: ReleaseAuthorization
    if input.has("proof"), let log = roster.body.log {
      var memory = HolderMemory(of: log.identity)
      let proof = try publicProof(input, roster: roster, holder: holder.record, memory: &memory)
      authorization = try inForce.authorization(for: holder.id, proof: proof)
    } else {
      authorization = try inForce.authorization(for: holder.id)
    }
    let spool = MemorySpool()
    return try Releaser.release(authorization, by: holder, from: source, spool: spool, now: now) + spool.bytes
  }

  private static func recover(_ input: CaseInput) throws -> [String: Any] {
    let warrant = try input.warrantForRecovery(by: try input.roster())
    let releases = try input.hexes("releases").map { try verifiedRelease($0, for: warrant) }
    var records: [String] = []
    let report = try Recovery.recover(
      warrant: warrant, releases: releases, recipientKey: try input.sealingKey("recipientKey"),
      source: try CaseStore(input), jobs: 2
    ) { locators, keys throws(EscrowError) in
      for index in 0..<locators.count / RecordLocator.byteCount {
        let locator = locators[index * RecordLocator.byteCount..<(index + 1) * RecordLocator.byteCount]
        let key = (0..<KeyBatch.keyByteCount).map { keys[index * KeyBatch.keyByteCount + $0] }
        records.append(hex(locator + key))
      }
    }
    let faults = report.faults.map { fault in
      let culprit =
        switch fault.culprit {
        case .holder(let id): id.description
        case .store: "store"
        case .depositor: "depositor"
        case .disputed: "nobody"
        }
      return "\(culprit): \(FailureClass.of(fault.failure))"
    }
    return ["records": records.sorted(), "missing": Int(report.missing), "faults": Set(faults).sorted()]
  }

  private static func recipientCertificate(_ input: CaseInput) throws -> [String: Any] {
    let warrant = try input.warrantForRecovery(by: try input.roster())
    return try conviction {
      try BlameCertificate.checkRelease(
        try verifiedRelease(try input.hex("release"), for: warrant), warrant: warrant,
        recipientKey: try input.sealingKey("recipientKey"), publicPart: try input.deposit().publicPart)
    }
  }
}
