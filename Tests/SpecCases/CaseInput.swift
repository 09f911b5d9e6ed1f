import Foundation
import KeyEscrow
import LibCrypto
import SecretMemory
import SecretSharing
import TransparencyLog

/// What one case gives an operation, by name (`Spec/vectors/README.md`, Values).
package struct CaseInput {
  private let members: [String: Any]

  package init(_ members: [String: Any]) {
    self.members = members
  }

  /// The case is not of the form that its operation takes: a mistake in the case, not an answer to it.
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  func has(_ name: String) -> Bool { members[name] != nil }

  private func member<Value>(_ name: String, as type: Value.Type) throws -> Value {
    guard let value = members[name] as? Value else { throw Unusable(description: "\(name) is not a \(type)") }
    return value
  }

  func string(_ name: String) throws -> String { try member(name, as: String.self) }
  func strings(_ name: String) throws -> [String] { try member(name, as: [String].self) }
  func integer(_ name: String) throws -> Int { try member(name, as: NSNumber.self).intValue }
  func flag(_ name: String) throws -> Bool { try member(name, as: Bool.self) }
  func dictionary(_ name: String) throws -> [String: String] { try member(name, as: [String: String].self) }

  func inputs(_ name: String) throws -> [CaseInput] {
    try member(name, as: [[String: Any]].self).map(CaseInput.init)
  }

  /// Bytes in hexadecimal.
  func hex(_ name: String) throws -> [UInt8] { try Self.hex(try string(name)) }
  func hexes(_ name: String) throws -> [[UInt8]] { try strings(name).map(Self.hex) }

  private static func hex(_ text: String) throws -> [UInt8] {
    guard let bytes = Hexadecimal.decode(text) else {
      throw Unusable(description: "not hexadecimal: \(text)")
    }
    return bytes
  }

  /// A text, or `{"hex": …}` where its bytes are no text.
  func text(_ name: String) throws -> [UInt8] { try Self.text(try member(name, as: Any.self)) }
  func texts(_ name: String) throws -> [[UInt8]] { try member(name, as: [Any].self).map(Self.text) }

  private static func text(_ value: Any) throws -> [UInt8] {
    if let text = value as? String { return Array(text.utf8) }
    guard let members = value as? [String: String], let text = members["hex"] else {
      throw Unusable(description: "neither a text nor its bytes")
    }
    return try hex(text)
  }

  func digest(_ name: String) throws -> Digest {
    guard let digest = Digest(hex: try string(name)) else {
      throw Unusable(description: "\(name) is no digest")
    }
    return digest
  }

  /// Seconds since 1970.
  func time(_ name: String) throws -> Timestamp {
    guard let time = Timestamp(secondsSince1970: Int64(try integer(name))) else {
      throw Unusable(description: "\(name) is no time")
    }
    return time
  }

  func holderID(_ name: String) throws -> HolderID { try HolderID(parsing: try string(name)) }

  func secret(_ name: String) throws -> SecretBytes {
    let bytes = try hex(name)
    return try SecretBytes.copying(bytes.span)
  }

  func sealingKey(_ name: String) throws -> X25519PrivateKey {
    let bytes = try hex(name)
    return try X25519PrivateKey.fromRaw(bytes.span)
  }

  func signingKey(_ name: String) throws -> Ed25519PrivateKey {
    let bytes = try hex(name)
    return try Ed25519PrivateKey.fromSeed(bytes.span)
  }

  /// Members `id`, `signing`, `sealing`, `notAfter`, and `earlier` sealing keys if there are any.
  func holder() throws -> Holder {
    var holder = try Holder(
      id: try holderID("id"), sealingKey: try sealingKey("sealing"),
      sealingKeyNotAfter: try time("notAfter"),
      signingKey: try signingKey("signing"))
    if has("earlier") {
      for key in try hexes("earlier") {
        holder.addEarlierSealingKey(try X25519PrivateKey.fromRaw(key.span))
      }
    }
    return holder
  }

  /// The rosters verified last: a run of cases is mostly about the same.
  private static let verified = Locked<(texts: [[UInt8]], roster: Roster)?>(nil)

  /// The last of `rosters`, each verified as the successor of the one before it.
  func roster() throws -> Roster {
    let texts = try texts("rosters")
    if let known = Self.verified.withLock({ $0 }), known.texts == texts { return known.roster }
    var roster: Roster?
    for text in texts {
      roster = try UnverifiedRoster(parsing: text.span).verified(succeeding: roster)
    }
    guard let roster else { throw Unusable(description: "no roster") }
    Self.verified.withLock { $0 = (texts, roster) }
    return roster
  }

  func unverifiedSession() throws -> UnverifiedSession {
    let note = try text("session")
    return try UnverifiedSession(parsing: note.span)
  }

  func unverifiedHead(_ name: String) throws -> UnverifiedHead {
    let note = try text(name)
    return try UnverifiedHead(parsing: note.span)
  }

  func session(under roster: Roster) throws -> Session {
    try unverifiedSession().verified(roster: roster)
  }

  func deposit() throws -> Deposit { try Deposit(parsing: try hex("deposit")) }

  func warrant() throws -> UnverifiedWarrant {
    let note = try text("warrant")
    return try UnverifiedWarrant(parsing: note.span)
  }

  /// The warrant's proof, if the case gives one.
  func warrantProof() throws -> UnverifiedWarrantProof? {
    guard has("proof") else { return nil }
    let file = try text("proof")
    return try UnverifiedWarrantProof(parsing: file.span)
  }

  /// The warrant, verified for recovery; with its place in the log, if it is proved.
  func warrantForRecovery(by roster: Roster) throws -> Warrant {
    try warrant().verifiedForRecovery(by: roster, proof: try warrantProof())
  }

  /// Members `origin`, `vkey`, `policy`.
  func rosterLog() throws -> RosterLog {
    let identity = LogIdentity(
      origin: try string("origin"), key: try NoteVerifierKey(vkey: try string("vkey")))
    return try RosterLog(identity: identity, policy: try text("policy"))
  }

  func witnessPolicy() throws -> WitnessPolicy {
    let policy = try text("policy")
    return try WitnessPolicy(parsing: policy.span)
  }
}
