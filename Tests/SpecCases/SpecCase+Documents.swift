import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

extension SpecCase {
  static var documents: [String: Operation] {
    [
      "note": note, "holder-record": holderRecord, "roster": roster, "session": session,
      "open-session": openSession, "state": state,
    ]
  }

  private static func note(_ input: CaseInput) throws -> [String: Any] {
    let bytes = try input.text("note")
    let note = try UnverifiedNote(parsing: bytes.span)
    let keys = try input.strings("keys").map { try NoteVerifierKey(vkey: $0) }
    return ["signers": try note.verified(by: keys).signers.map(\.vkey).sorted()]
  }

  private static func holderRecord(_ input: CaseInput) throws -> [String: Any] {
    let text = try input.text("text")
    guard let text = String(validating: text, as: UTF8.self) else {
      throw EscrowError.malformed(.holderRecord, reason: "it is not UTF-8")
    }
    return ["holder": try HolderRecord(parsing: text).id.description]
  }

  private static func roster(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    return [
      "id": roster.id.hex, "genesis": roster.genesis.hex, "holders": roster.holders.map(\.id.description),
    ]
  }

  private static func session(_ input: CaseInput) throws -> [String: Any] {
    let session = try input.session(under: try input.roster())
    return ["id": session.id.hex, "roster": session.roster.id.hex]
  }

  private static func openSession(_ input: CaseInput) throws -> [String: Any] {
    let session = try input.session(under: try input.roster())
    let chain = try HolderChain.open(
      session, holder: try input.holderID("holder"), key: try input.sealingKey("sealing"))
    return ["row": Int(chain.row)]
  }

  private static func state(_ input: CaseInput) throws -> [String: Any] {
    let session = try DepositSession.resume(
      try input.hex("state"), roster: try input.roster(),
      depositor: try Depositor(signingKey: try input.signingKey("depositor")),
      stateKey: try input.secret("stateKey"), storage: EphemeralSessionState(),
      stored: input.has("head") ? try input.unverifiedHead("head") : nil,
      now: try input.time("now"))
    return ["session": session.session.id.hex, "sequence": Int(session.sequence)]
  }
}
