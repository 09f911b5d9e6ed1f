import Foundation
import TransparencyLog
import KeyEscrow
import LibCrypto
import SecretSharing

/// How documents are shown: every field, under the name it has in the document.
extension Report {
  init(_ record: HolderRecord) {
    add("id", record.id.description)
    add("sealingKey", Hexadecimal.encode(record.sealingKey.bytes.span))
    add("sealingKeyNotAfter", record.sealingKeyNotAfter)
    add("vkey", record.verifierKey.vkey)
  }

  init(_ body: RosterBody, id: Digest, signers: [HolderID]) {
    add("roster", id.hex)
    add("generation", body.generation)
    if let previous = body.previous { add("previous", previous.hex) }
    if let genesis = body.genesis { add("genesis", genesis.hex) }
    add("issued", body.issued)
    add("policy", body.policy.description)
    add("depositors", body.depositors.rawValue)
    if let maximum = body.limits.maximumKeys { add("maximumKeys", maximum) }
    if let maximum = body.limits.maximumDays { add("maximumDays", maximum) }
    if let maximum = body.limits.maximumKeysPerMonth { add("maximumKeysPerMonth", maximum) }
    if let maximum = body.limits.maximumSealedDays { add("maximumSealedDays", maximum) }
    if !body.limits.caps.isEmpty {
      add("caps", body.limits.caps.map { "up to \($0.keys) keys: \($0.judges) judges" })
    }
    if let log = body.log {
      add("log", log.identity.origin)
      add("logKey", log.identity.key.vkey)
      add("witnessPolicy", log.policyLines)
      add("maximumWitnessAgeHours", log.maximumWitnessAgeHours)
      add("unwitnessed", log.isUnwitnessed)
    }
    add("test", body.isTest)
    add("holders", body.holders.map { Report($0) })
    add("signedBy", signers.map(\.description))
    add("missing", body.holders.map(\.id).filter { !signers.contains($0) }.map(\.description))
  }

  /// What a warrant says, in the order in which a judge reads it.
  init(_ warrant: UnverifiedWarrant) {
    let body = warrant.body
    add("warrant", warrant.digest.hex)
    add("id", body.id.uuidString.lowercased())
    add("roster", body.roster.hex)
    add("case", body.caseReference)
    add("legalBasis", body.legalBasis)
    if let authority = body.authority { add("authority", authority) }
    if let jurisdiction = body.jurisdiction { add("jurisdiction", jurisdiction) }
    if let offence = body.offence { add("offence", offence) }
    add("issued", body.issued)
    add("notBefore", body.notBefore)
    add("notAfter", body.notAfter)
    add("priority", body.priority.rawValue)
    add("recipient", body.recipient.description)
    add("recipientKey", Hexadecimal.encode(body.recipientKey.bytes.span))
    add("conversations", body.scope.conversations.map(\.hex))
    add("epochFrom", body.scope.epochs.lowerBound)
    add("epochTo", body.scope.epochs.upperBound)
    if let deposited = body.scope.deposited {
      add("depositedFrom", deposited.lowerBound)
      add("depositedTo", deposited.upperBound)
    }
    add("maximumKeys", body.maximumKeys)
    if let notifyBy = body.notifyBy { add("notifyBy", notifyBy) }
    if let unsealAfter = body.unsealAfter { add("unsealAfter", unsealAfter) }
    add("test", body.isTest)
  }
}
