import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

extension SpecCase {
  static var deposits: [String: Operation] {
    [
      "deposit": deposit, "head": head, "submission": submission, "intake": intake, "member": member,
      "receipt": receipt, "intake-receipt": intakeReceipt, "member-certificate": memberCertificate,
      "holder-certificate": holderCertificate,
    ]
  }

  private static func deposit(_ input: CaseInput) throws -> [String: Any] {
    let deposit = try input.deposit()
    return ["digest": deposit.digest.hex, "publicDigest": deposit.publicDigest.hex]
  }

  private static func head(_ input: CaseInput) throws -> [String: Any] {
    let session = try input.session(under: try input.roster())
    let head = try input.unverifiedHead("head").verified(for: session).head
    return ["sequence": Int(head.sequence), "deposit": head.deposit.hex]
  }

  private static func submission(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    let session = try input.unverifiedSession()
    let submission = DepositSubmission(
      session: session,
      deposits: try input.inputs("deposits").map {
        ListedDeposit(deposit: try $0.deposit(), locators: try $0.hex("locators"))
      },
      head: try input.unverifiedHead("head"))
    let verified = try session.verified(roster: roster)
    let newest = input.has("newest") ? try input.unverifiedHead("newest") : nil
    let last = try newest?.verified(for: verified).head
    return ["deposit": try submission.verified(session: verified, after: last).head.head.deposit.hex]
  }

  private static func intake(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    let holder = try input.inputs("holder")[0].holder()
    let session = try input.unverifiedSession()
    let row = try session.verified(roster: roster).roster.holders.firstIndex { $0.id == holder.id } ?? 0
    var check = try IntakeCheck(roster: roster, holder: holder.id)
    for item in try input.inputs("deposits") {
      let deposit = try item.deposit()
      try check.check(
        try CaseStore.view(
          of: deposit, filedUnder: item.has("filedUnder") ? try item.digest("filedUnder") : deposit.digest,
          row: row, records: []), session: session, by: holder)
    }
    let receipt = try check.receipt(signedBy: holder, now: try input.time("now"))
    return ["records": Int(receipt.records), "digest": receipt.digest.hex]
  }

  private static func member(_ input: CaseInput) throws -> [String: Any] {
    var check = MemberCheck(roster: try input.roster())
    guard let locator = RecordLocator.unpack(try input.hex("locator"))?.first else {
      throw CaseInput.Unusable(description: "no locator")
    }
    let key = try input.hex("key")
    try check.check(locator, uniformKey: key.span, in: try CaseStore(input))
    return [:]
  }

  private static func receipt(_ input: CaseInput) throws -> [String: Any] {
    let note = try input.text("receipt")
    let receipt = try StoreReceipt(parsing: note.span)
    return ["deposit": receipt.deposit.hex, "store": receipt.store.vkey]
  }

  private static func intakeReceipt(_ input: CaseInput) throws -> [String: Any] {
    let note = try input.text("receipt")
    let receipt = try IntakeReceipt(parsing: note.span, roster: try input.roster())
    return ["holder": receipt.holder.description, "digest": receipt.digest.hex]
  }

  /// Members `session`, `deposits` (the one in question and those behind it) and `head`.
  private static func evidence(_ input: CaseInput) throws -> DepositEvidence {
    let deposits = try input.inputs("deposits").map { try $0.deposit() }
    return DepositEvidence(
      session: try input.unverifiedSession(), deposit: deposits[0],
      later: try deposits.dropFirst().map { try DepositLink($0) },
      head: try input.unverifiedHead("head"))
  }

  /// What a certificate convicts of; it is unfounded whatever in it did not verify.
  static func conviction(_ check: () throws -> Blame) throws -> [String: Any] {
    let blame: Blame
    do { blame = try check() } catch let error as EscrowError {
      switch error {
      case .failedVerification, .sessionRefused, .warrantRefused:
        throw EscrowError.failedVerification(.certificateUnfounded)
      default: throw error
      }
    }
    return switch blame {
    case .depositorPublicPart(let failure), .depositorColumn(let failure):
      ["convicted": "depositor", "of": FailureClass.of(failure)]
    case .holderRelease(let holder, let failure):
      ["convicted": holder.description, "of": FailureClass.of(failure)]
    }
  }

  private static func memberCertificate(_ input: CaseInput) throws -> [String: Any] {
    guard let locator = RecordLocator.unpack(try input.hex("locator"))?.first else {
      throw CaseInput.Unusable(description: "no locator")
    }
    let key = try input.hex("key")
    return try conviction {
      try BlameCertificate.checkPublicPart(
        try evidence(input), position: try input.integer("position"), locator: locator, uniformKey: key.span,
        roster: try input.roster())
    }
  }

  private static func holderCertificate(_ input: CaseInput) throws -> [String: Any] {
    try conviction {
      try BlameCertificate.checkColumn(
        try evidence(input), holder: try input.holderID("holder"),
        exporterSecret: try input.secret("exporterSecret"), roster: try input.roster())
    }
  }
}
