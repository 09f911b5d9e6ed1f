import LibCrypto
import TransparencyLog

/// One step in a transcript: its statement, the actor's signature of it, and the chain up to it.
struct TranscriptEntry: Hashable, Sendable {
  private static let label = Array("key-escrow/v1 transcript".utf8)
  /// What the chain begins with: 32 zero bytes.
  static let start = [UInt8](repeating: 0, count: Digest.byteCount)

  let statement: CeremonyStatement
  /// SHA-256 of the statement's text.
  let digest: Digest
  /// The Ed25519 signature, 64 bytes.
  let signature: [UInt8]
  /// `SHA-256("key-escrow/v1 transcript" ‖ chain before ‖ digest ‖ signature)`.
  let chain: Digest

  /// The entry of a step that comes after `previous`.
  init(_ record: CeremonyRecord, after previous: TranscriptEntry?) throws(EscrowError) {
    guard let line = record.signature else {
      throw .ceremony(
        .statement(step: record.statement.number, actor: record.statement.actor.description))
    }
    statement = record.statement
    digest = record.digest
    signature = line.signature
    chain = try Self.chain(after: previous, digest: digest, signature: signature)
  }

  init(_ fields: inout DocumentFields) throws(EscrowError) {
    var nested = try fields.object("statement")
    guard try nested.string("type") == DocumentType.ceremonyStep.rawValue else {
      throw nested.fault("type", "is not \(DocumentType.ceremonyStep.rawValue)")
    }
    statement = try CeremonyStatement(&nested)
    try nested.finish()
    let text = statement.text
    digest = try EscrowError.wrapping { () throws(CryptoError) in try SHA256.digest(Array(text.utf8)) }
    signature = try fields.bytes("signature", count: Ed25519PublicKey.signatureByteCount)
    chain = try fields.digest("chain")
  }

  static func chain(
    after previous: TranscriptEntry?, digest: Digest, signature: [UInt8]
  ) throws(EscrowError) -> Digest {
    let before = previous?.chain.bytes ?? start
    do { return try SHA256.digest(label + before + digest.bytes + signature) } catch { throw .crypto(error) }
  }

  var member: CanonicalJSON {
    var members = statement.members
    members["type"] = .string(DocumentType.ceremonyStep.rawValue)
    return .object([
      "statement": .object(members),
      "signature": .string(Hexadecimal.encode(signature.span)),
      "chain": .string(chain.hex),
    ])
  }

  /// Succeeds only if `key` signed the statement.
  func requireSignature(of key: NoteVerifierKey) throws(EscrowError) {
    let isValid = try EscrowError.wrapping { () throws(CryptoError) in
      try key.publicKey.isValid(signature: signature.span, for: Array(statement.text.utf8).span)
    }
    guard isValid else {
      throw .ceremony(.statement(step: statement.number, actor: statement.actor.description))
    }
  }
}
