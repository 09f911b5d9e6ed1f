import KeyEscrow
import LibCrypto
import SecretSharing
import TransparencyLog

extension SpecCase {
  static var entries: [String: Operation] {
    ["entry": entry, "warrant-proof": warrantProof, "public-proof": publicProof]
  }

  private static func entry(_ input: CaseInput) throws -> [String: Any] {
    let bytes = try input.text("entry")
    let entry = try UnverifiedLogEntry(parsing: bytes.span)
    return ["kind": try entry.verified(by: try input.roster()).kind.rawValue]
  }

  private static func warrantProof(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    guard let proof = try input.warrantProof() else { throw CaseInput.Unusable(description: "no proof") }
    let logged = try proof.verified(for: try input.warrant().verifiedForRecovery(by: roster))
    var result: [String: Any] = ["index": "\(logged.index)"]
    if let time = logged.logged.checkpoint.witnessTime { result["witnessTime"] = "\(time)" }
    return result
  }

  /// What a holder is asked, one state of the log after the other: the answer to the last.
  private static func publicProof(_ input: CaseInput) throws -> [String: Any] {
    let roster = try input.roster()
    guard let log = roster.body.log else { throw EscrowError.logRefused(.rosterWithoutLog) }
    var memory = HolderMemory(of: log.identity)
    let states = try input.inputs("states")
    for state in states.dropLast() {
      // What was seen is remembered, whatever came of it.
      do { _ = try publicProof(state, of: input, roster: roster, memory: &memory) } catch {
        guard FailureClass.of(error) != nil else { throw error }
      }
    }
    guard let last = states.last else { throw CaseInput.Unusable(description: "no state") }
    let proof = try publicProof(last, of: input, roster: roster, memory: &memory)
    var result: [String: Any] = [
      "checked": proof.checked, "index": "\(proof.logIndex ?? 0)", "size": "\(proof.logSize ?? 0)",
    ]
    if let time = proof.witnessTime { result["witnessTime"] = "\(time.secondsSince1970)" }
    return result
  }

  private static func publicProof(
    _ state: CaseInput, of input: CaseInput, roster: Roster, memory: inout HolderMemory
  ) throws -> PublicProof {
    let inForce = try state.warrant().verified(by: roster, now: try state.time("now"))
    let holder = try inForce.requireAnswer(of: try input.holderID("holder"))
    return try publicProof(state, roster: roster, holder: holder, memory: &memory)
  }

  /// Members `warrant`, `proof`, `now`, `answers`, `checkpoint`, `entries`.
  static func publicProof(
    _ input: CaseInput, roster: Roster, holder: HolderRecord, memory: inout HolderMemory
  ) throws -> PublicProof {
    let now = try input.time("now")
    guard let proof = try input.warrantProof() else { throw EscrowError.logRefused(.proofMissing) }
    return try PublicProof.verify(
      proof, of: try input.warrant().verified(by: roster, now: now), in: try CaseLog(input), by: holder,
      memory: &memory, answers: Set(try input.strings("answers").compactMap { Digest(hex: $0) }), now: now)
  }
}
